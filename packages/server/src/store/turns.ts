import type { Updateable } from 'kysely';
import { toDecimal, toNano } from '../model/money.ts';
import type { TurnRecord } from '../model/record.ts';
import type { Prompt } from '../model/turn.ts';
import type { Tx } from './database.ts';
import { type Tables, TURN_COLUMNS } from './tables.ts';

export interface NewTurn {
  id: string;
  sessionId: string;
  agent: string;
  fromAgent: string | null;
  depth: number;
  prompt: Prompt;
  /** The lease under which it is given at once, or null to queue it. */
  epoch: number | null;
  /** The trace that it is to be part of. */
  traceparent?: string | null;
}

export type TurnPatch = Partial<
  Pick<
    TurnRecord,
    | 'status'
    | 'attempt'
    | 'epoch'
    | 'startedAt'
    | 'finishedAt'
    | 'sdkCost'
    | 'numTurns'
    | 'response'
    | 'result'
    | 'error'
    | 'deaths'
    | 'stopRequested'
  >
>;

const fromRow = <R extends { cost: string; sdkCost: string | null; prompt: unknown }>(row: R) => ({
  ...row,
  cost: toNano(row.cost),
  sdkCost: row.sdkCost === null ? null : toNano(row.sdkCost),
  prompt: row.prompt as Prompt,
});

/** Puts a turn into its agent's queue. Null when a turn of this id is there already: the same message, sent twice. */
export async function insertTurn(tx: Tx, turn: NewTurn): Promise<TurnRecord | null> {
  const row = await tx
    .insertInto('sessionTurns')
    .values({ ...turn, status: 'queued', prompt: JSON.stringify(turn.prompt) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(TURN_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export async function updateTurn(tx: Tx, id: string, patch: TurnPatch): Promise<void> {
  const { sdkCost, result, error, ...rest } = patch;
  const columns: Updateable<Tables['sessionTurns']> = { ...rest };
  if (sdkCost !== undefined) columns.sdkCost = sdkCost === null ? null : toDecimal(sdkCost);
  if (result !== undefined) columns.result = result === null ? null : JSON.stringify(result);
  if (error !== undefined) columns.error = error === null ? null : JSON.stringify(error);
  await tx.updateTable('sessionTurns').set(columns).where('id', '=', id).execute();
}

export async function findTurn(tx: Tx, sessionId: string, id: string): Promise<TurnRecord | null> {
  const row = await tx
    .selectFrom('sessionTurns')
    .select(TURN_COLUMNS)
    .where('id', '=', id)
    .where('sessionId', '=', sessionId)
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** Every queued or running turn of a session, in order. */
export async function pendingTurns(tx: Tx, sessionId: string): Promise<TurnRecord[]> {
  const rows = await tx
    .selectFrom('sessionTurns')
    .select(TURN_COLUMNS)
    .where('sessionId', '=', sessionId)
    .where('status', 'in', ['queued', 'running'])
    .orderBy('ordinal')
    .execute();
  return rows.map(fromRow);
}

/** Turns of a session in order, after the given ordinal. */
export async function listTurns(tx: Tx, sessionId: string, after: number, limit: number): Promise<TurnRecord[]> {
  const rows = await tx
    .selectFrom('sessionTurns')
    .select(TURN_COLUMNS)
    .where('sessionId', '=', sessionId)
    .where('ordinal', '>', after)
    .orderBy('ordinal')
    .limit(limit)
    .execute();
  return rows.map(fromRow);
}

/** The place of a session's last turn; 0 where it had none. A later turn has a later place. */
export async function lastTurn(tx: Tx, sessionId: string): Promise<number> {
  const found = tx.selectFrom('sessionTurns').select('ordinal').where('sessionId', '=', sessionId);
  return (await found.orderBy('ordinal', 'desc').limit(1).executeTakeFirst())?.ordinal ?? 0;
}
