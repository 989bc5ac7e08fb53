import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import { isOver, type MessageRequest } from '../model/turn.ts';
import { findSession } from '../store/sessions.ts';
import { findTurn } from '../store/turns.ts';
import { agentNames, defaultAgent } from './agents.ts';
import { changeSession } from './change.ts';
import { type Engine, untilCommitted } from './engine.ts';

/**
 * Takes a message: its turn is stored before this returns.
 * @throws RiggerError `session_not_found`, `session_not_active`, `agent_not_found`.
 */
export async function queueMessage(
  engine: Engine,
  id: string,
  message: Pick<MessageRequest, 'prompt' | 'agent'>,
): Promise<{ turnId: string; session: SessionRecord }> {
  const turnId = newId('turn');
  const { committed } = await changeSession(engine, id, async (change) => {
    const agents = agentNames(change.session.config, change.policy);
    const agent = message.agent ?? defaultAgent(change.policy);
    if (!agents.includes(agent)) throw new RiggerError('agent_not_found', { extra: { id, agent, agents } });
    await change.queueTurn({ id: turnId, agent, fromAgent: null, depth: 0, prompt: message.prompt });
  });
  return { turnId, session: committed.session };
}

/** The turn once it is over, and its session then. */
export async function whenTurnOver(
  engine: Engine,
  sessionId: string,
  turnId: string,
  signal: AbortSignal,
): Promise<{ turn: TurnRecord; session: SessionRecord }> {
  const over = new AbortController();
  const ended = untilCommitted(
    engine,
    sessionId,
    (change) =>
      change.deleted || change.events.some((event) => event.type === 'turn.finished' && event.turnId === turnId),
    AbortSignal.any([signal, over.signal]),
  );
  ended.catch(() => {});
  try {
    // It may be over before we listened.
    const already = await findTurn(engine.database.db, sessionId, turnId);
    if (already === null || !isOver(already.status)) {
      const change = await ended;
      const turn = change.ended.find((one) => one.id === turnId);
      if (turn !== undefined) return { turn, session: change.session };
    }
    const [turn, session] = await Promise.all([
      findTurn(engine.database.db, sessionId, turnId),
      findSession(engine.database.db, sessionId),
    ]);
    if (turn === null || session === null) throw new RiggerError('session_not_found', { extra: { id: sessionId } });
    return { turn, session };
  } finally {
    over.abort();
  }
}
