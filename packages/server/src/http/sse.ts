import type { FastifyReply } from 'fastify';

/** A reader that lets this much pile up is dropped; it can come back with its cursor. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 15_000;

/** One open event stream. Writing never waits: a slow reader is dropped rather than waited for. */
export interface EventStream {
  send(data: unknown, id?: number): void;
  /** Resolves when the buffer has drained or the stream is closed. */
  drained(): Promise<void>;
  end(): void;
  /** Aborts when the reader has gone, for whatever reason. */
  closed: AbortSignal;
}

/** Takes over the answer as `text/event-stream`. */
export function openEventStream(reply: FastifyReply): EventStream {
  reply.hijack();
  const { raw } = reply;
  const closed = new AbortController();
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
    'x-request-id': reply.request.id,
  });
  raw.flushHeaders();
  const write = (text: string) => {
    if (closed.signal.aborted) return;
    // Judged before writing: one large event to a reader that keeps up is no reason to drop it.
    if (raw.writableLength > MAX_BUFFERED_BYTES) raw.destroy();
    else raw.write(text);
  };
  if (raw.destroyed || raw.closed) closed.abort();
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  if (closed.signal.aborted) clearInterval(heartbeat);
  raw.once('close', () => {
    clearInterval(heartbeat);
    closed.abort();
  });
  raw.on('error', () => {});
  return {
    closed: closed.signal,
    send(data, id) {
      write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
    },
    drained() {
      if (!raw.writableNeedDrain || closed.signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          raw.off('drain', done);
          raw.off('close', done);
          resolve();
        };
        raw.on('drain', done);
        raw.on('close', done);
      });
    },
    end() {
      if (!closed.signal.aborted) raw.end();
    },
  };
}
