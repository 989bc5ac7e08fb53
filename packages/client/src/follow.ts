/** A session's log as it grows, over as many connections as it takes. */
import { RiggerApiError, RiggerConnectionError } from './errors.ts';
import { backoffMs, isWorthRetrying, pause, retryAfterMs } from './retry.ts';
import { readEvents } from './sse.ts';
import { type CallOptions, problemOf, type Transport } from './transport.ts';
import type { Delta, Session, SessionEvent, SessionStatus } from './types.ts';

export interface FollowOptions extends CallOptions {
  /** The last `seq` that you have; default 0, the whole log. */
  after?: number;
  /** Also yield what is of the moment: the model's words as they come. Some are missed where the connection breaks. */
  deltas?: boolean;
  /** End when the session has ended, after the event that says so. Else only its deletion or the signal ends it. */
  untilEnded?: boolean;
  /** Told whenever a connection stands, the first one too. */
  onConnect?: () => void;
  /** Told whenever the connection is lost, with how long it is until the next try. */
  onReconnect?: (about: { error: Error | null; waitMs: number }) => void;
}

const ENDED: readonly SessionStatus[] = ['completed', 'error', 'terminated'];
/** Whether a session of this status takes no more messages and its agents are gone. */
export const hasEnded = (status: SessionStatus): boolean => ENDED.includes(status);

/** Three heartbeats of the server's. */
export const SILENCE_MS = 45_000;
/** How soon to come back to a server that ended the stream properly, unless it says. */
const COME_BACK_MS = 500;

/**
 * The events of a session after a cursor, each once and without a gap, reconnecting where the connection breaks.
 * @throws RiggerApiError `session_not_found` if it was not there to begin with; RiggerConnectionError when the server stays
 * away for longer than `retryForMs`; the signal's reason.
 */
export async function* follow(
  transport: Transport,
  path: string,
  options: FollowOptions,
): AsyncGenerator<SessionEvent | Delta, void, undefined> {
  const { signal, deltas = false, untilEnded = false } = options;
  let cursor = options.after ?? 0;
  let attempt = 0;
  let waited = 0;
  let known = false;
  let comeBackMs = COME_BACK_MS;

  for (;;) {
    let error: Error | null = null;
    let asked: number | null = null;
    try {
      // What had ended before the cursor leaves no event that would say so.
      let last = untilEnded ? await endOf(transport, path, signal) : null;
      known ||= untilEnded;
      if (last !== null && cursor >= last) return;
      const answer = await transport.once('GET', `${path}/events`, {
        query: { after: cursor },
        headers: { accept: 'text/event-stream' },
        ...(signal === undefined ? {} : { signal }),
      });
      if (!answer.ok || answer.body === null) {
        asked = retryAfterMs(answer.headers.get('retry-after'), Date.now());
        throw await problemOf(answer);
      }
      known = true;
      options.onConnect?.();
      for await (const { data } of readEvents(answer.body, SILENCE_MS, (ms) => (comeBackMs = ms))) {
        attempt = 0;
        waited = 0;
        const event = JSON.parse(data) as SessionEvent | Delta;
        if (event.seq === undefined) {
          if (deltas) yield event;
          continue;
        }
        if (event.seq <= cursor) continue;
        cursor = event.seq;
        yield event;
        if (untilEnded && isEnd(event)) last ??= cursor;
        if (last !== null && cursor >= last) return;
      }
      asked = comeBackMs;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof RiggerApiError) {
        // Deleted while it was followed: its log has ended.
        if (known && thrown.code === 'session_not_found') return;
        if (!isWorthRetrying(thrown.status, thrown.body.retry, 'always')) throw thrown;
      }
      error =
        thrown instanceof RiggerApiError || thrown instanceof RiggerConnectionError
          ? thrown
          : new RiggerConnectionError(transport.baseUrl, thrown);
    }
    const waitMs = error === null ? (asked ?? COME_BACK_MS) : backoffMs(attempt, Math.random(), asked);
    if (error !== null && waited + waitMs > transport.retryForMs) throw error;
    options.onReconnect?.({ error, waitMs });
    await pause(waitMs, signal);
    attempt += 1;
    waited += waitMs;
  }
}

const isEnd = (event: SessionEvent): boolean =>
  event.type === 'session.status_changed' && hasEnded(event.data.status as SessionStatus);

/** The last event of a session that has ended, or null while it lives. */
async function endOf(transport: Transport, path: string, signal: AbortSignal | undefined): Promise<number | null> {
  const session = await transport.json<Session>('GET', path, signal === undefined ? {} : { signal });
  return hasEnded(session.status) ? session.lastEventSeq : null;
}
