import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Delta, SessionEvent } from '../model/turn.ts';
import type { LogStream } from './log-stream.ts';
import type { Streams } from './streams.ts';

/** A reader that lets this much pile up is dropped; it can come back with its cursor. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Beats in a row. A slow link may take nothing between two: the system's own buffers are large. */
const MOST_STALLS = 2;
/** For readers of the log: an EventSource comes back by itself, with the last `id` it had. */
export const COME_BACK = 'retry: 500\n: the server goes away; come back with your cursor\n\n';

const ignore = (): void => {};

/**
 * One answer as `text/event-stream`. Writing never waits: a slow reader is dropped rather than waited for.
 *
 * Ten thousand of these wait side by side, so what a reader of the log needs is methods and not closures, which would
 * keep the request alive.
 */
export class EventStream implements LogStream {
  readonly #raw: ServerResponse;
  readonly #streams: Streams;
  readonly #lastWords: string;
  readonly #closed = new AbortController();
  #reply: FastifyReply | null;
  #ended = false;
  /** What waited to be taken at the last beat, of a reader that was waited for, and for how many beats nothing of it was. */
  #pending: number | null = null;
  #stalls = 0;
  onFull: (() => void) | null = null;

  /** Until it is opened, by the first word at the latest, the answer may still become a problem. */
  constructor(reply: FastifyReply, streams: Streams, lastWords = COME_BACK) {
    this.#reply = reply;
    this.#raw = reply.raw;
    this.#streams = streams;
    this.#lastWords = lastWords;
    if (this.#raw.destroyed || this.#raw.closed) this.#close();
    else this.#raw.on('close', () => this.#close());
  }

  /** Takes over the answer and sends its headers. */
  open(): void {
    const reply = this.#reply;
    if (reply === null) return;
    this.#reply = null;
    reply.hijack();
    if (this.#ended) return;
    this.#raw.on('error', ignore);
    this.#raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
      'x-request-id': reply.request.id,
    });
    this.#raw.flushHeaders();
    this.#streams.add(this);
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  event(event: SessionEvent): void {
    this.send(event, event.seq);
  }

  delta(delta: Delta): void {
    this.send(delta);
  }

  send(data: unknown, id?: number): void {
    this.#write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
  }

  ready(): Promise<void> | undefined {
    const raw = this.#raw;
    if (!raw.writableNeedDrain || this.#ended) return undefined;
    this.onFull?.();
    return new Promise((resolve) => {
      const done = () => {
        raw.off('drain', done);
        raw.off('close', done);
        resolve();
      };
      raw.on('drain', done);
      raw.on('close', done);
    });
  }

  end(): void {
    this.open();
    if (this.#ended) return;
    this.#ended = true;
    this.#raw.end();
  }

  /** Also drops a reader that is waited for and has taken nothing for a while. */
  beat(): void {
    const { writableNeedDrain, writableLength } = this.#raw;
    this.#stalls = writableNeedDrain && this.#pending === writableLength ? this.#stalls + 1 : 0;
    this.#pending = writableNeedDrain ? writableLength : null;
    if (this.#stalls >= MOST_STALLS) this.destroy();
    else if (!writableNeedDrain) this.#write(': still here\n\n');
  }

  farewell(): void {
    if (this.#ended) return;
    // The connection goes too: what the reader asks next is for another server.
    const { socket } = this.#raw;
    this.#raw.on('finish', () => socket?.end());
    this.#raw.write(this.#lastWords);
    this.end();
  }

  destroy(): void {
    this.#raw.destroy();
  }

  #write(text: string): void {
    this.open();
    if (this.#ended) return;
    // Judged before writing: one large event to a reader that keeps up is no reason to drop it.
    if (this.#raw.writableLength > MAX_BUFFERED_BYTES) this.#raw.destroy();
    else this.#raw.write(text);
  }

  #close(): void {
    this.#ended = true;
    this.#streams.remove(this);
    this.#closed.abort();
  }
}
