import { RiggerError } from '../model/errors.ts';
import type { TurnRecord } from '../model/record.ts';
import { findTurn, listTurns } from '../store/turns.ts';
import type { Engine } from './engine.ts';
import { getSession } from './queries.ts';

/** @throws RiggerError `session_not_found`, `turn_not_found`. */
export async function getTurn(engine: Engine, sessionId: string, turnId: string): Promise<TurnRecord> {
  const turn = await findTurn(engine.database.db, sessionId, turnId);
  if (turn !== null) return turn;
  await getSession(engine, sessionId);
  throw new RiggerError('turn_not_found', { extra: { id: sessionId, turnId } });
}

/** Turns in their order; `after` is the `next` of the page before. */
export async function pageOfTurns(
  engine: Engine,
  sessionId: string,
  after: number,
  limit: number,
): Promise<{ turns: TurnRecord[]; next: number | null }> {
  await getSession(engine, sessionId);
  const found = await listTurns(engine.database.db, sessionId, after, limit + 1);
  const turns = found.slice(0, limit);
  return { turns, next: found.length > limit ? (turns.at(-1)?.ordinal ?? null) : null };
}
