/** What one user, or one key, has of everything. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

export interface Holder {
  tenant: string;
  /** Null: what the key made for no user. */
  userId: string | null;
  keyId: string | null;
}

/** Until the transaction ends, nobody else counts for this holder. */
export async function holdStill(tx: Tx, { tenant, userId, keyId }: Holder): Promise<void> {
  const name = JSON.stringify(['quota', tenant, userId, userId === null ? keyId : null]);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
}

export interface Use {
  active: number;
  today: number;
  /** Bytes; 0 where it was not asked for. */
  snapshots: number;
}

export async function useOf(tx: Tx, { tenant, userId, keyId }: Holder, withSnapshots = false): Promise<Use> {
  const mine =
    userId === null
      ? sql`tenant = ${tenant} AND user_id IS NULL AND key_id IS NOT DISTINCT FROM ${keyId}`
      : sql`tenant = ${tenant} AND user_id = ${userId}`;
  const bytes = withSnapshots
    ? sql`(SELECT coalesce(sum(stored_bytes), 0)::bigint FROM snapshots WHERE session_id IN (
        SELECT id FROM agent_sessions WHERE ${mine}))`
    : sql`0::bigint`;
  const { rows } = await sql<Use>`
    SELECT count(*) FILTER (WHERE status IN ('initializing', 'active', 'idle')) AS active,
           count(*) FILTER (WHERE created_at > now() - interval '24 hours') AS today, ${bytes} AS snapshots
    FROM agent_sessions
    WHERE ${mine} AND (status IN ('initializing', 'active', 'idle') OR created_at > now() - interval '24 hours')`.execute(
    tx,
  );
  return rows[0]!;
}

/** How many messages a session was sent from outside, counted up to a number. */
export async function countMessages(tx: Tx, sessionId: string, upTo: number): Promise<number> {
  const { rows } = await sql<{ sent: number }>`
    SELECT count(*) AS sent FROM (
      SELECT 1 FROM session_turns WHERE session_id = ${sessionId} AND from_agent IS NULL LIMIT ${upTo}) AS turn`.execute(
    tx,
  );
  return rows[0]!.sent;
}
