import type { RunnerReport, SessionUsage } from '@rigger/runner/protocol';
import { sql } from 'kysely';
import type { RunnerRecord } from '../model/record.ts';
import type { Tx } from './database.ts';

export type RunnerInfo = Pick<RunnerRecord, 'id' | 'instance' | 'version' | 'capacity' | 'labels' | 'isolation'> & {
  /** Whether it serves one session and ends with it. */
  singleUse?: boolean;
};

/**
 * Notes that a runner has joined over a connection of this server, and extends every lease it has, by the database's clock.
 * Whatever process joined under this id before is replaced.
 */
export async function joinRunner(
  tx: Tx,
  runner: RunnerInfo,
  server: { id: string; url: string },
  leaseMs: number,
): Promise<void> {
  await sql`
    INSERT INTO runners (id, instance, server_id, server_url, version, capacity, labels, isolation, single_use, expires_at)
    VALUES (${runner.id}, ${runner.instance}, ${server.id}, ${server.url}, ${runner.version}, ${runner.capacity}, ${runner.labels}::text[],
            ${runner.isolation}, ${runner.singleUse === true}, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
    ON CONFLICT (id) DO UPDATE SET instance = excluded.instance, server_id = excluded.server_id, server_url = excluded.server_url, version = excluded.version,
      capacity = excluded.capacity, labels = excluded.labels, isolation = excluded.isolation, expires_at = excluded.expires_at, parted_at = NULL,
      short_of_memory = runners.short_of_memory AND runners.instance = excluded.instance`.execute(tx);
}

/** Extends every lease of a runner and notes what it says of itself; with no `server`, nothing more is placed on it. False when another process has joined under its id. */
export async function keepRunner(
  tx: Tx,
  runner: Pick<RunnerInfo, 'id' | 'instance'>,
  server: string | null,
  leaseMs: number,
  { usage, ...report }: Partial<RunnerReport> = {},
): Promise<boolean> {
  const { rows } = await sql`
    UPDATE runners SET expires_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond', server_id = ${server},
      report = ${JSON.stringify(report)}::jsonb, short_of_memory = ${report.memory?.short === true},
      usage = coalesce(${usage === undefined ? null : JSON.stringify(usage)}::jsonb, usage),
      usage_at = CASE WHEN ${usage !== undefined} THEN clock_timestamp() ELSE usage_at END
    WHERE id = ${runner.id} AND instance = ${runner.instance} RETURNING id`.execute(tx);
  return rows.length > 0;
}

/**
 * Its connection to this server is gone, or it is about to end: nothing is placed on it until it joins again.
 * @param gone whether the connection is: what it holds cannot be told of any more.
 */
export async function partRunner(
  tx: Tx,
  runner: Pick<RunnerInfo, 'id' | 'instance'>,
  server: string,
  gone = false,
): Promise<void> {
  await sql`
    UPDATE runners SET server_id = NULL, parted_at = CASE WHEN ${gone} THEN clock_timestamp() END
    WHERE id = ${runner.id} AND instance = ${runner.instance} AND (server_id = ${server} OR ${gone} AND server_id IS NULL)`.execute(
    tx,
  );
}

/** Every runner that is known, with the sessions it holds. */
export async function listRunners(tx: Tx): Promise<(RunnerRecord & { sessions: number; live: boolean })[]> {
  const { rows } = await sql<RunnerRecord & { sessions: number; live: boolean }>`
    SELECT id, instance, server_id, version, capacity, labels, isolation, draining, joined_at, expires_at, report, server_url,
           short_of_memory, usage, usage_at, expires_at > clock_timestamp() AS live,
           (SELECT count(*) FROM agent_sessions s WHERE s.runner_id = r.id)::int AS sessions
    FROM runners r ORDER BY id`.execute(tx);
  return rows;
}

/** What these sessions used when their runners last measured it; those that were not measured are left out. */
export async function usageOf(tx: Tx, sessions: string[]): Promise<(SessionUsage & { id: string; at: Date })[]> {
  const { rows } = await sql<SessionUsage & { id: string; at: Date }>`
    SELECT s.id, r.usage_at AS at, u.* FROM agent_sessions s JOIN runners r ON r.id = s.runner_id,
      jsonb_to_record(r.usage -> s.id) AS u ("memoryBytes" bigint, "cpuMs" bigint, processes integer)
    WHERE s.id = ANY(${sessions}::text[]) AND r.usage ? s.id`.execute(tx);
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

const ready = (runner: string) =>
  sql.raw(`${runner}.expires_at > clock_timestamp() AND ${runner}.server_id IS NOT NULL AND NOT ${runner}.draining`);

/** A runner that would have room for a session with these labels, the least loaded; null when there is none. */
export async function runnerFor(tx: Tx, labels: string[]): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT r.id FROM runners r
    CROSS JOIN LATERAL (SELECT count(*) AS sessions FROM agent_sessions s WHERE s.runner_id = r.id) AS held
    -- A pod that waits is nobody's yet: what one session put there another would find.
    WHERE ${ready('r')} AND NOT r.single_use AND r.labels @> ${labels}::text[]
    ORDER BY held.sessions::float8 / r.capacity, r.id LIMIT 1`.execute(tx);
  return rows[0]?.id ?? null;
}

/** Where a runner is connected: the server's id and address; null while it is nowhere. */
export async function whereIs(tx: Tx, runner: string): Promise<{ serverId: string; serverUrl: string | null } | null> {
  const row = await tx
    .selectFrom('runners')
    .select(['serverId', 'serverUrl'])
    .where('id', '=', runner)
    .executeTakeFirst();
  return row === undefined || row.serverId === null ? null : { serverId: row.serverId, serverUrl: row.serverUrl };
}

/** A session that a runner holds by the database, and the attempts of turns (`<turn>#<attempt>`) it was given. */
export interface HeldSession {
  id: string;
  epoch: number;
  wantsRunner: boolean;
  releasing: boolean;
  given: string[];
  /** Its turn waits for nothing but a person, and can go on elsewhere. */
  waits: boolean;
  /** Requests for permission that have an answer which nobody has used. */
  answered: string[];
}

export async function heldSessions(tx: Tx, runnerId: string): Promise<HeldSession[]> {
  const { rows } = await sql<HeldSession>`
    SELECT s.id, s.epoch, s.wants_runner, s.releasing, s.waits_since IS NOT NULL AS waits,
           array(SELECT t.id || '#' || t.attempt FROM session_turns t
                 WHERE t.session_id = s.id AND t.status IN ('queued', 'running') AND t.epoch = s.epoch) AS given,
           array(SELECT p.id FROM session_permissions p
                 WHERE p.session_id = s.id AND NOT p.taken AND p.status NOT IN ('pending', 'withdrawn') AND p.epoch = s.epoch) AS answered
    FROM agent_sessions s WHERE s.runner_id = ${runnerId}`.execute(tx);
  return rows;
}
