import { sql } from 'kysely';
import type { SessionRecord } from '../model/record.ts';
import type { Tx } from './database.ts';

export interface RunnerInfo {
  id: string;
  version: string;
  capacity: number;
  labels: string[];
  isolation: string;
}

/** Notes that a runner is here and extends every lease it has, by the database's clock. */
export async function keepRunner(tx: Tx, runner: RunnerInfo, leaseMs: number): Promise<void> {
  await sql`
    INSERT INTO runners (id, version, capacity, labels, isolation, expires_at)
    VALUES (${runner.id}, ${runner.version}, ${runner.capacity}, ${runner.labels}::text[], ${runner.isolation},
            clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, capacity = excluded.capacity, labels = excluded.labels,
      isolation = excluded.isolation, expires_at = excluded.expires_at`.execute(tx);
}

export async function forgetRunner(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('runners').where('id', '=', id).execute();
}

/** Sessions held by runners that are gone or have let their lease pass. Costs what runners there are, not what they hold. */
export async function abandonedSessions(
  tx: Tx,
  limit: number,
): Promise<{ id: string; runnerId: string; epoch: number }[]> {
  const { rows } = await sql<{ id: string; runnerId: string; epoch: number }>`
    WITH RECURSIVE holders AS (
      SELECT min(runner_id) AS id FROM agent_sessions WHERE runner_id IS NOT NULL
      UNION ALL
      SELECT (SELECT min(runner_id) FROM agent_sessions WHERE runner_id > holders.id) FROM holders WHERE id IS NOT NULL
    )
    SELECT s.id, s.runner_id, s.epoch FROM holders
    LEFT JOIN runners r ON r.id = holders.id
    JOIN agent_sessions s ON s.runner_id = holders.id
    WHERE r.id IS NULL OR r.expires_at <= clock_timestamp()
    LIMIT ${limit}`.execute(tx);
  return rows;
}

/**
 * Gives up to the runner's free capacity of the waiting sessions to it, the longest waiting first: one statement, so no
 * two runners get the same session. Each gets a new epoch.
 */
export async function claimSessions(tx: Tx, runnerId: string): Promise<Pick<SessionRecord, 'id' | 'epoch'>[]> {
  const { rows } = await sql<Pick<SessionRecord, 'id' | 'epoch'>>`
    WITH room AS (
      SELECT r.id, r.isolation,
             r.capacity - (SELECT count(*) FROM agent_sessions s WHERE s.runner_id = r.id) AS free
      FROM runners r WHERE r.id = ${runnerId} AND r.expires_at > clock_timestamp()
    ), chosen AS (
      SELECT s.id FROM agent_sessions s
      WHERE s.wants_runner AND s.runner_id IS NULL
      ORDER BY s.created_at
      LIMIT (SELECT greatest(free, 0) FROM room)
      FOR UPDATE SKIP LOCKED
    )
    UPDATE agent_sessions s
    SET runner_id = room.id, releasing = false, epoch = s.epoch + 1, last_batch = 0, isolation = room.isolation
    FROM chosen, room WHERE s.id = chosen.id
    RETURNING s.id, s.epoch`.execute(tx);
  return rows;
}

/** Sessions that a runner holds by the database. */
export async function heldSessions(
  tx: Tx,
  runnerId: string,
): Promise<{ id: string; epoch: number; wantsRunner: boolean }[]> {
  return tx
    .selectFrom('agentSessions')
    .select(['id', 'epoch', 'wantsRunner'])
    .where('runnerId', '=', runnerId)
    .execute();
}
