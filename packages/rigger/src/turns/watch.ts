/** One turn, from its message to its end. */
import { type Delta, hasEnded, type Rigger, type Session, type SessionEvent, type Turn } from '@rigger/client';

export interface Watched {
  sessionId: string;
  turnId: string;
  /** What to begin after in the log. */
  after: number;
  signal?: AbortSignal;
  onEvent(event: SessionEvent | Delta): void | Promise<void>;
}

const isOver = (turn: Turn): boolean => turn.status !== 'queued' && turn.status !== 'running';

/** Whether an event may mean that nothing more comes of a turn. */
function isLast(event: SessionEvent | Delta, turnId: string): boolean {
  if (event.type === 'turn.finished') return event.turnId === turnId;
  if (event.type === 'session.status_changed') return hasEnded(event.data.status as Session['status']);
  return event.type === 'limit.exceeded' && event.data.action === 'pause';
}

/**
 * Follows a turn until it is over, or waits for money. What belongs to other turns of the session is left out.
 * @returns the turn and its session then.
 */
export async function watchTurn(rigger: Rigger, watched: Watched): Promise<{ turn: Turn; session: Session }> {
  const { sessionId, turnId, after, signal, onEvent } = watched;
  const options = signal === undefined ? {} : { signal };
  for await (const event of rigger.sessions.follow(sessionId, { ...options, after, deltas: true })) {
    if (event.turnId === turnId || event.turnId === null) await onEvent(event);
    if (!isLast(event, turnId)) continue;
    const turn = await rigger.sessions.turn(sessionId, turnId, options);
    const session = await rigger.sessions.get(sessionId, options);
    if (isOver(turn) || session.paused) return { turn, session };
  }
  throw new Error(`The session ${sessionId} was deleted while its turn ran.`);
}
