/** Keys by which a request that is sent twice has one effect. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

export interface KeptRequest {
  requestHash: string;
  sessionId: string;
  turnId: string | null;
  answer: Record<string, unknown> | null;
}

/**
 * Takes a key for a request within the transaction that has its effect. Where another transaction is taking the same key,
 * this waits for it. @returns null when the key is this transaction's now, else the request that has it.
 */
export async function takeKey(tx: Tx, scope: string, key: string, request: KeptRequest): Promise<KeptRequest | null> {
  const taken = await tx
    .insertInto('idempotencyKeys')
    .values({ scope, key, ...request, answer: request.answer === null ? null : JSON.stringify(request.answer) })
    .onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  return taken === undefined ? findKey(tx, scope, key) : null;
}

export async function findKey(tx: Tx, scope: string, key: string): Promise<KeptRequest | null> {
  const row = await tx
    .selectFrom('idempotencyKeys')
    .select(['requestHash', 'sessionId', 'turnId', 'answer'])
    .where('scope', '=', scope)
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

export async function forgetKeys(tx: Tx, olderThanMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM idempotency_keys WHERE created_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0);
}
