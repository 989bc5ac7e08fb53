/** Following a session's log: what is stored after a cursor, then what is committed from now on, each event once. */
import { RiggerError } from '../model/errors.ts';
import type { Delta, SessionEvent } from '../model/turn.ts';
import { firstSeqOf, readEvents } from '../store/events.ts';
import { existingSessions, findSession } from '../store/sessions.ts';
import type { Engine } from './engine.ts';

const PAGE = 500;
export interface LogReader {
  event(event: SessionEvent): void;
  delta?(delta: Delta): void;
  /** Nothing more will come: the session was deleted, or its log cannot be read for now. */
  end(deleted: boolean): void;
  /** Undefined if the reader can take more stored events; else resolves when it can, or is gone. */
  ready?(): Promise<void> | undefined;
}

/**
 * Reads the log after `after` and stays with it until `signal` aborts or the session is deleted.
 *
 * What is committed while the stored part is read is only noted by its number and read from the log too, so nothing piles
 * up for a slow reader, and an event that came out of order sends it back to the log.
 * Resolves once it has caught up; rejects with `session_not_found`.
 */
export async function followLog(
  engine: Engine,
  id: string,
  after: number,
  reader: LogReader,
  signal: AbortSignal,
): Promise<void> {
  let cursor = after;
  let newest = 0;
  let live = false;
  let deleted = false;

  const pass = (event: SessionEvent) => {
    if (event.seq <= cursor) return;
    cursor = event.seq;
    reader.event(event);
  };
  const end = () => {
    stop();
    if (!signal.aborted) reader.end(deleted);
  };
  async function catchUp(): Promise<void> {
    live = false;
    for (;;) {
      const page = await readEvents(engine.database.db, id, cursor, PAGE);
      for (const event of page) {
        pass(event);
        const full = reader.ready?.();
        if (full !== undefined) await full;
        if (signal.aborted) break;
      }
      if (signal.aborted || deleted || (page.length < PAGE && cursor >= newest)) break;
    }
    live = true;
    if (deleted) end();
  }
  /** Takes what was committed up to `lastSeq`, of which `events` are the last. */
  function take(lastSeq: number, events: SessionEvent[], gone: boolean): void {
    newest = Math.max(newest, lastSeq);
    deleted ||= gone;
    if (!live) return;
    for (const event of events) if (event.seq === cursor + 1) pass(event);
    if (cursor < newest) {
      catchUp().catch((error: unknown) => {
        engine.log.warn(
          { err: error, session: id },
          'A follower of a log could not catch up and is let go; it can come back with its cursor',
        );
        end();
      });
    } else if (deleted) end();
  }
  const stop = engine.followers.add(id, {
    committed: (change) => take(change.events.at(-1)?.seq ?? 0, change.events, change.deleted),
    elsewhere: (news) => take(news.lastSeq, news.events, news.deleted),
    delta: (delta) => {
      if (live) reader.delta?.(delta);
    },
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    await catchUp();
    // What has a log exists; only where none was read is there something to ask.
    if (cursor === after && !deleted && !(await existingSessions(engine.database.db, [id])).has(id))
      throw new RiggerError('session_not_found', { extra: { id } });
  } catch (error) {
    stop();
    throw error;
  }
}

/** Where the log has the event that queued a turn; 0 where it is gone. */
export async function turnQueuedAt(engine: Engine, id: string, turnId: string): Promise<number> {
  return (await firstSeqOf(engine.database.db, id, turnId)) ?? 0;
}

/** One page of the log. @throws RiggerError `session_not_found`. */
export async function pageOfEvents(
  engine: Engine,
  id: string,
  after: number,
  limit: number,
): Promise<{ events: SessionEvent[]; next: number | null; lastSeq: number }> {
  const session = await findSession(engine.database.db, id);
  if (session === null) throw new RiggerError('session_not_found', { extra: { id } });
  const found = await readEvents(engine.database.db, id, after, limit + 1);
  const events = found.slice(0, limit);
  return { events, next: found.length > limit ? (events.at(-1)?.seq ?? null) : null, lastSeq: session.lastEventSeq };
}
