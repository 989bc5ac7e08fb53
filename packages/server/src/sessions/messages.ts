import { currentActor } from '../access/actor.ts';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import { isOver, type MessageRequest } from '../model/turn.ts';
import { findSession } from '../store/sessions.ts';
import { findTurn } from '../store/turns.ts';
import { agentNames, defaultAgent } from './agents.ts';
import { changeSession } from './change.ts';
import { type Engine, untilSeen } from './engine.ts';
import { type RequestKey, takeOnce } from './idempotency.ts';
import { checkMessageQuota } from './quotas.ts';

/**
 * Takes a message: its turn is stored before this returns. Where it has come before under the same key, that turn is meant.
 * @throws RiggerError `idempotency_key_reused`, `session_not_found`, `session_not_active`, `agent_not_found`.
 */
export async function queueMessage(
  engine: Engine,
  id: string,
  message: Pick<MessageRequest, 'prompt' | 'agent'>,
  once?: RequestKey,
  traceparent: string | null = null,
): Promise<{ turnId: string; session: SessionRecord; replayed: boolean }> {
  const turnId = newId('turn');
  const { committed, result } = await changeSession(engine, id, async (change) => {
    const earlier = await takeOnce(change.tx, id, once, { sessionId: id, turnId, answer: null });
    if (earlier?.turnId != null) return earlier.turnId;
    const actor = currentActor();
    if (actor !== null) await checkMessageQuota(change.tx, change.session, actor.limits);
    const agents = agentNames(change.session.config, change.policy);
    const agent = message.agent ?? defaultAgent(change.policy);
    if (!agents.includes(agent)) throw new RiggerError('agent_not_found', { extra: { id, agent, agents } });
    await change.queueTurn({ id: turnId, agent, fromAgent: null, depth: 0, prompt: message.prompt, traceparent });
    return turnId;
  });
  return { turnId: result, session: committed.session, replayed: result !== turnId };
}

/**
 * The turn once it is over, and its session then.
 * @throws RiggerError `session_not_found` when it was deleted, `session_paused` when it waits for money.
 */
export async function whenTurnOver(
  engine: Engine,
  sessionId: string,
  turnId: string,
  signal: AbortSignal,
): Promise<{ turn: TurnRecord; session: SessionRecord }> {
  const gone = () => new RiggerError('session_not_found', { extra: { id: sessionId } });
  const over = await untilSeen<{ turn: TurnRecord | null; session: SessionRecord }>(
    engine,
    sessionId,
    {
      seen(change) {
        const turn = change.ended.find((one) => one.id === turnId) ?? null;
        return turn === null && !change.session.paused ? undefined : { turn, session: change.session };
      },
      async look() {
        const turn = await findTurn(engine.database.db, sessionId, turnId);
        const session = await findSession(engine.database.db, sessionId);
        if (turn === null || session === null) throw gone();
        if (isOver(turn.status)) return { turn, session };
        return session.paused ? { turn: null, session } : undefined;
      },
    },
    signal,
  );
  if (over.turn === null) throw new RiggerError('session_paused', { extra: { id: sessionId, turnId } });
  return { turn: over.turn, session: over.session };
}
