/**
 * The runner's one connection to the server: it dials, says what it holds, keeps its leases alive and dials again.
 *
 * A lease is counted from the moment a heartbeat that was answered had been sent: the server extended it no earlier.
 * When that time has nearly passed without another answer, `onLeaseLost` is called, before anybody else can be given
 * the sessions.
 */
import type { Logger } from 'pino';
import WebSocket from 'ws';
import {
  ByteChannel,
  type FromRunner,
  type FromServer,
  fromServer,
  parseMessage,
  RUNNER_SOCKET_PATH,
  type RunnerReport,
} from '../protocol/index.ts';

type Hello = Extract<FromRunner, { type: 'hello' }>;

export interface LinkOptions {
  /** Asked at every attempt: a server of this machine may come back at another address. Empty: none is known yet. */
  serverUrls(): string[];
  token: string;
  hello(): Hello;
  onMessage(message: FromServer): void;
  /** A connection's stream of bytes: to be answered as HTTP/2. */
  onBytes(bytes: ByteChannel): void;
  /** Sent with each heartbeat. */
  report(): RunnerReport;
  onConnected(): void;
  onLeaseLost(): void;
  log: Logger;
}

const HANDSHAKE_PATIENCE_MS = 3_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
/** Agents are stopped when so much of a lease is left, which is time enough to kill them. */
const LEASE_MARGIN = 0.2;

export class Link {
  readonly #options: LinkOptions;
  #socket: WebSocket | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;
  #heartbeat: NodeJS.Timeout | null = null;
  #lease: NodeJS.Timeout | null = null;
  #leaseMs = 0;
  #askedAt: number[] = [];
  /** Which of the servers is dialled, counted on when one does not answer. */
  #server = 0;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  start(): void {
    this.#dial();
  }

  /** The address of the server that is dialled now; null while none is known. */
  get serverUrl(): string | null {
    const urls = this.#options.serverUrls();
    return urls[this.#server % Math.max(1, urls.length)] ?? null;
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Dropped while there is no connection: what must arrive is in an outbox. */
  send(message: FromRunner): void {
    if (this.connected) this.#socket?.send(JSON.stringify(message));
  }

  /** Says at once that it is there, and what it has to report. */
  beat(): void {
    if (!this.connected || this.#heartbeat === null) return;
    this.#askedAt.push(performance.now());
    this.send({ type: 'heartbeat', report: this.#options.report() });
  }

  /** Breaks the connection and dials anew: what is held has changed without the server's knowing. */
  redial(): void {
    this.#socket?.terminate();
  }

  close(): void {
    this.#closed = true;
    for (const timer of [this.#retry, this.#heartbeat, this.#lease]) if (timer !== null) clearTimeout(timer);
    this.#socket?.close(1000, 'runner ends');
  }

  #dial(): void {
    const { token, log } = this.#options;
    const base = this.serverUrl;
    if (base === null) return this.#again();
    const socket = new WebSocket(new URL(RUNNER_SOCKET_PATH, base.replace(/^http/, 'ws')), {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: HANDSHAKE_PATIENCE_MS,
      maxPayload: 256 * 1024 * 1024,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on('open', () => {
      this.#askedAt = [performance.now()];
      socket.send(JSON.stringify(this.#options.hello()));
    });
    // Bytes travel beside the words: what serves files speaks over them.
    const bytes = new ByteChannel(socket);
    bytes.on('error', () => {});
    socket.once('open', () => this.#options.onBytes(bytes));
    socket.on('message', (data, isBinary) => (isBinary ? bytes.receive(data as Buffer) : this.#take(String(data))));
    socket.on('error', (error) => log.debug({ error: error.message }, 'The server cannot be reached'));
    socket.on('close', (code, reason) => {
      bytes.gone();
      if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
      this.#heartbeat = null;
      if (this.#closed || this.#socket !== socket) return;
      if (this.#retryMs === FIRST_RETRY_MS)
        log.warn({ code, reason: String(reason) }, 'The connection to the server is gone; trying again');
      this.#server += 1;
      this.#again();
    });
  }

  #again(): void {
    this.#retry = setTimeout(() => this.#dial(), this.#retryMs);
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }

  #take(text: string): void {
    let message: FromServer | null;
    try {
      message = parseMessage(fromServer, text);
    } catch (error) {
      this.#options.log.error({ err: error }, 'The server said something that is not in the protocol');
      return this.#socket?.close(1002, 'not in the protocol');
    }
    if (message === null) return;
    if (message.type === 'reconnect') {
      this.#options.log.info('The server is going away; dialling another');
      this.#retryMs = FIRST_RETRY_MS;
      return this.#socket?.close(1000, 'as told');
    }
    if (message.type === 'welcome') {
      this.#retryMs = FIRST_RETRY_MS;
      this.#leaseMs = message.leaseMs;
      this.#extendLease();
      this.#heartbeat = setInterval(() => this.beat(), message.heartbeatMs);
      this.#options.onMessage(message);
      return this.#options.onConnected();
    }
    if (message.type === 'heartbeat') return this.#extendLease();
    this.#options.onMessage(message);
  }

  #extendLease(): void {
    const askedAt = this.#askedAt.shift();
    if (askedAt === undefined) return;
    if (this.#lease !== null) clearTimeout(this.#lease);
    const left = askedAt + this.#leaseMs * (1 - LEASE_MARGIN) - performance.now();
    this.#lease = setTimeout(() => this.#options.onLeaseLost(), Math.max(0, left));
  }
}
