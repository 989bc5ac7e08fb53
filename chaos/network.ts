/** A bare TCP proxy that can cut, fall silent and be slow: the network between two processes, with its faults. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './ports.ts';

/** What waits in one direction before its sender is told to wait: a network holds little. */
const MAX_WAITING_BYTES = 1024 * 1024;

export class Network {
  readonly name: string;
  readonly port: number;
  readonly #target: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  silent = false;
  latencyMs = 0;

  private constructor(name: string, port: number, target: number) {
    this.name = name;
    this.port = port;
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const link = new Link(this, socket, this.#target, () => this.#links.delete(link));
      this.#links.add(link);
    });
  }

  /** Listens on a port of its own for connections to `target` on this machine. */
  static async open(name: string, target: number): Promise<Network> {
    const proxy = new Network(name, await freePort(), target);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject).listen(proxy.port, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** Breaks every connection, as a reset does. @returns how many there were */
  cut(): number {
    const links = [...this.#links];
    for (const link of links) link.break();
    return links.length;
  }

  /** Takes connections and bytes and passes nothing on, not even that somebody hung up. */
  fallSilent(): void {
    this.silent = true;
  }

  /** Passes on what came meanwhile. */
  speakAgain(): void {
    this.silent = false;
    for (const link of this.#links) link.flow();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}

class Link {
  readonly #proxy: Network;
  readonly #near: Socket;
  readonly #target: number;
  readonly #onGone: () => void;
  readonly #lanes: Lane[] = [];
  #far: Socket | null = null;
  /** A side that hung up while nothing was passed on. */
  #hungUp = false;

  constructor(proxy: Network, near: Socket, target: number, onGone: () => void) {
    this.#proxy = proxy;
    this.#near = near;
    this.#target = target;
    this.#onGone = onGone;
    near.on('error', () => {});
    near.on('close', () => this.#closed(near));
    this.flow();
  }

  flow(): void {
    if (this.#proxy.silent) return;
    if (this.#hungUp) return this.break();
    if (this.#far === null) {
      const far = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      this.#far = far;
      far.on('error', () => {});
      far.on('close', () => this.#closed(far));
      this.#lanes.push(new Lane(this.#proxy, this.#near, far), new Lane(this.#proxy, far, this.#near));
    }
    for (const lane of this.#lanes) lane.flow();
  }

  break(): void {
    this.#near.resetAndDestroy();
    this.#far?.resetAndDestroy();
    this.#onGone();
  }

  #closed(side: Socket): void {
    const other = side === this.#near ? this.#far : this.#near;
    if (other === null || other.destroyed) return this.#onGone();
    if (this.#proxy.silent) this.#hungUp = true;
    // After an orderly end the lane passes on what it still has.
    else if (!side.readableEnded) this.break();
  }
}

/** One direction: what comes is passed on in order, each piece after the latency that held when it came. */
class Lane {
  readonly #proxy: Network;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #waiting: { due: number; piece: Buffer | null }[] = [];
  #bytes = 0;
  #blocked = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(proxy: Network, from: Socket, to: Socket) {
    this.#proxy = proxy;
    this.#from = from;
    this.#to = to;
    from.on('data', (piece) => this.#take(piece));
    from.on('end', () => this.#take(null));
    to.on('drain', () => {
      this.#blocked = false;
      this.flow();
    });
  }

  #take(piece: Buffer | null): void {
    this.#waiting.push({ due: Date.now() + this.#proxy.latencyMs, piece });
    this.#bytes += piece?.length ?? 0;
    if (this.#bytes > MAX_WAITING_BYTES) this.#from.pause();
    this.flow();
  }

  flow(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (!this.#proxy.silent && !this.#blocked && !this.#to.destroyed) {
      const next = this.#waiting[0];
      if (next === undefined) break;
      const early = next.due - Date.now();
      if (early > 0) {
        this.#timer = setTimeout(() => this.flow(), early);
        break;
      }
      this.#waiting.shift();
      if (next.piece === null) this.#to.end();
      else {
        this.#bytes -= next.piece.length;
        this.#blocked = !this.#to.write(next.piece);
      }
    }
    if (this.#bytes <= MAX_WAITING_BYTES && this.#from.isPaused()) this.#from.resume();
  }
}
