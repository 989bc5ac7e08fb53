import type { Engine } from '../sessions/engine.ts';
import { followLog, type LogReader } from '../sessions/log.ts';
import type { OpenStream, Streams } from './streams.ts';

/** A stream that carries a session's log, whatever its wire. */
export interface LogStream extends OpenStream, LogReader {
  /** Aborts when the reader has gone, for whatever reason. */
  readonly closed: AbortSignal;
  /** Called when the reader has to be waited for. */
  onFull: (() => void) | null;
}

/** Passes a session's log to a stream. Resolves once it has caught up. @throws RiggerError `session_not_found`. */
export async function passLog(
  engine: Engine,
  streams: Streams,
  id: string,
  after: number,
  stream: LogStream,
): Promise<void> {
  const leave = await streams.catchingUp.enter();
  // A reader that has to be waited for must not keep the others waiting.
  stream.onFull = leave;
  try {
    if (!stream.closed.aborted) await followLog(engine, id, after, stream, stream.closed);
  } finally {
    stream.onFull = null;
    leave();
  }
}
