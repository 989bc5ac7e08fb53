import { sql } from 'kysely';
import type { RunnerRecord } from '../model/record.ts';
import type { Tx } from './database.ts';

export type RunnerInfo = Pick<RunnerRecord, 'id' | 'instance' | 'version' | 'capacity' | 'labels' | 'isolation'>;

/**
 * Notes that a runner has joined over a connection of this server, and extends every lease it has, by the database's clock.
 * Whatever process joined under this id before is replaced.
 */
export async function joinRunner(tx: Tx, runner: RunnerInfo, server: string, leaseMs: number): Promise<void> {
  await sql`
    INSERT INTO runners (id, instance, server_id, version, capacity, labels, isolation, expires_at)
    VALUES (${runner.id}, ${runner.instance}, ${server}, ${runner.version}, ${runner.capacity}, ${runner.labels}::text[],
            ${runner.isolation}, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    ON CONFLICT (id) DO UPDATE SET instance = excluded.instance, server_id = excluded.server_id, version = excluded.version,
      capacity = excluded.capacity, labels = excluded.labels, isolation = excluded.isolation, expires_at = excluded.expires_at`.execute(
    tx,
  );
}

/** Extends every lease of a runner; with no `server`, nothing more is placed on it. False when another process has joined under its id. */
export async function keepRunner(
  tx: Tx,
  runner: Pick<RunnerInfo, 'id' | 'instance'>,
  server: string | null,
  leaseMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    UPDATE runners SET expires_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond', server_id = ${server}
    WHERE id = ${runner.id} AND instance = ${runner.instance} RETURNING id`.execute(tx);
  return rows.length > 0;
}

/** Its connection to this server is gone, or it is about to end: nothing is placed on it until it joins again. */
export async function partRunner(tx: Tx, runner: Pick<RunnerInfo, 'id' | 'instance'>, server: string): Promise<void> {
  await tx
    .updateTable('runners')
    .set({ serverId: null })
    .where('id', '=', runner.id)
    .where('instance', '=', runner.instance)
    .where('serverId', '=', server)
    .execute();
}

/** Every runner that is known, with the sessions it holds. */
export async function listRunners(tx: Tx): Promise<(RunnerRecord & { sessions: number; live: boolean })[]> {
  const { rows } = await sql<RunnerRecord & { sessions: number; live: boolean }>`
    SELECT id, instance, server_id, version, capacity, labels, isolation, draining, joined_at, expires_at,
           expires_at > clock_timestamp() AS live,
           (SELECT count(*) FROM agent_sessions s WHERE s.runner_id = r.id)::int AS sessions
    FROM runners r ORDER BY id`.execute(tx);
  return rows;
}

/** @returns false when there is no such runner. */
export async function setDraining(tx: Tx, id: string, draining: boolean): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('runners')
    .set({ draining })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function drainingRunners(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('runners').select('id').where('draining', '=', true).execute();
  return rows.map((row) => row.id);
}

/** Removes what is known of runners that hold nothing and were last here so long ago. */
export async function forgetRunners(tx: Tx, olderThanMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM runners r WHERE expires_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'
      AND NOT EXISTS (SELECT FROM agent_sessions s WHERE s.runner_id = r.id)`.execute(tx);
  return Number(numAffectedRows ?? 0);
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

/** Notes that a runner could not bring a session up. */
export async function noteRefusal(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE runners SET refused_at = clock_timestamp() WHERE id = ${id}`.execute(tx);
}

/** A runner that cannot bring sessions up, as with a full disk, is the least loaded: it must not draw them all to itself. */
const REFUSAL_KEPT_MS = 30_000;

/** Any number, as long as nobody else takes an advisory lock by it in this database. */
const PLACEMENT_LOCK = 7_236_413;

/**
 * The sets of labels that waiting sessions ask for. The transaction then has placement for itself: two that counted a
 * runner's free places at once would both fill them.
 */
export async function waitingLabels(tx: Tx): Promise<string[][]> {
  await sql`SELECT pg_advisory_xact_lock(${PLACEMENT_LOCK})`.execute(tx);
  const { rows } = await sql<{ runnerLabels: string[] }>`
    SELECT DISTINCT runner_labels FROM agent_sessions WHERE wants_runner AND runner_id IS NULL`.execute(tx);
  return rows.map((row) => row.runnerLabels);
}

/**
 * Gives waiting sessions that ask for these labels to the runners that have them and a place free: the longest waiting
 * first, each to the runner that is then least loaded. One statement; each session gets a new epoch.
 */
export async function claimSessions(
  tx: Tx,
  labels: string[],
  limit: number,
): Promise<{ id: string; epoch: number; runnerId: string }[]> {
  const { rows } = await sql<{ id: string; epoch: number; runnerId: string }>`
    WITH waiting AS (
      SELECT id, row_number() OVER (ORDER BY created_at, id) AS n
      FROM (
        SELECT id, created_at FROM agent_sessions
        WHERE wants_runner AND runner_id IS NULL AND runner_labels = ${labels}::text[]
        ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) AS locked
    ), place AS (
      SELECT r.id, r.isolation, row_number() OVER (ORDER BY
        coalesce(r.refused_at > clock_timestamp() - ${REFUSAL_KEPT_MS} * interval '1 millisecond', false),
        (held.sessions + nth)::float8 / r.capacity, r.id) AS n
      FROM runners r
      CROSS JOIN LATERAL (SELECT count(*) AS sessions FROM agent_sessions s WHERE s.runner_id = r.id) AS held
      CROSS JOIN LATERAL generate_series(1, least(r.capacity - held.sessions, ${limit}::int)) AS nth
      WHERE r.expires_at > clock_timestamp() AND r.server_id IS NOT NULL AND NOT r.draining AND r.labels @> ${labels}::text[]
    )
    UPDATE agent_sessions s
    SET runner_id = place.id, releasing = false, epoch = s.epoch + 1, last_batch = 0, isolation = place.isolation
    FROM waiting JOIN place USING (n) WHERE s.id = waiting.id
    RETURNING s.id, s.epoch, s.runner_id`.execute(tx);
  return rows;
}

/** A session that a runner holds by the database, and the attempts of turns (`<turn>#<attempt>`) it was given. */
export interface HeldSession {
  id: string;
  epoch: number;
  wantsRunner: boolean;
  releasing: boolean;
  given: string[];
}

export async function heldSessions(tx: Tx, runnerId: string): Promise<HeldSession[]> {
  const { rows } = await sql<HeldSession>`
    SELECT s.id, s.epoch, s.wants_runner, s.releasing,
           array(SELECT t.id || '#' || t.attempt FROM session_turns t
                 WHERE t.session_id = s.id AND t.status IN ('queued', 'running') AND t.epoch = s.epoch) AS given
    FROM agent_sessions s WHERE s.runner_id = ${runnerId}`.execute(tx);
  return rows;
}
