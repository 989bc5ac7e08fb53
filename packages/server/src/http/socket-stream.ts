import type { WebSocket } from 'ws';
import type { Delta, SessionEvent } from '../model/turn.ts';
import type { LogStream } from './log-stream.ts';
import { MAX_BUFFERED_BYTES } from './sse.ts';
import type { Streams } from './streams.ts';

/** Less than this is on its way: no reason to wait. */
const FULL_BYTES = 64 * 1024;

/** Codes of RFC 6455 with which a socket ends; after all but the first a client comes back with its cursor. */
const DELETED = 1000;
const FAILED = 1011;
const GOING_AWAY = 1012;
const TOO_SLOW = 1013;

/** A session's log on a WebSocket, each event a frame of JSON. Writing never waits: a slow reader is dropped. */
export class SocketStream implements LogStream {
  readonly #socket: WebSocket;
  readonly #streams: Streams;
  readonly #closed = new AbortController();
  #heard = true;
  #waiting: (() => void)[] = [];
  onFull: (() => void) | null = null;

  constructor(socket: WebSocket, streams: Streams) {
    this.#socket = socket;
    this.#streams = streams;
    socket.on('pong', () => this.heard());
    socket.on('close', () => this.#close());
    if (socket.readyState !== socket.OPEN) this.#close();
    else streams.add(this);
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** The peer has given a sign of life. */
  heard(): void {
    this.#heard = true;
  }

  event(event: SessionEvent): void {
    this.send(event);
  }

  delta(delta: Delta): void {
    this.send(delta);
  }

  send(frame: unknown): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount <= MAX_BUFFERED_BYTES) socket.send(JSON.stringify(frame), this.#onSent);
    else this.#leave(TOO_SLOW, 'too slow; come back with your cursor');
  }

  ready(): Promise<void> | undefined {
    if (!this.#isFull()) return undefined;
    this.onFull?.();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  end(deleted: boolean): void {
    if (deleted) this.#leave(DELETED, 'the session was deleted');
    else this.#leave(FAILED, 'the log cannot be read; come back with your cursor');
  }

  /** Pings; a peer that has given no sign of life since the last one is gone. */
  beat(): void {
    if (!this.#heard) return this.#socket.terminate();
    this.#heard = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  farewell(): void {
    this.#leave(GOING_AWAY, 'the server goes away; come back with your cursor');
  }

  destroy(): void {
    this.#socket.terminate();
  }

  readonly #onSent = (): void => {
    if (!this.#isFull()) for (const resolve of this.#waiting.splice(0)) resolve();
  };

  #isFull(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.#socket.bufferedAmount > FULL_BYTES;
  }

  /** Nothing more is passed on; what was written and the reason go out, if the peer takes them before the next beats. */
  #leave(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.#release();
  }

  #close(): void {
    this.#streams.remove(this);
    this.#release();
  }

  #release(): void {
    this.#closed.abort();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
