/** Pods, as this database knows them. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

export interface PodRow {
  name: string;
  label: string;
  shape: Record<string, unknown>;
  revision: string;
  ageMs: number;
  applied: boolean;
  joined: boolean;
  claimed: boolean;
  ending: boolean;
  endingWhy: string | null;
  told: string | null;
  /** The session it holds, and under which lease. */
  sessionId: string | null;
  epoch: number | null;
  /** It has no connection, or its lease has passed. */
  away: boolean;
  /** And that for long. */
  lost: boolean;
}

/** A runner that is told to dial another server is back within seconds. */
const LOST_AFTER_MS = 30_000;

/** Every pod, with the session that it holds. */
export async function listPods(tx: Tx): Promise<PodRow[]> {
  const { rows } = await sql<PodRow>`
    SELECT p.name, p.label, p.shape, p.revision, p.told, p.ending_why,
      (extract(epoch FROM clock_timestamp() - p.created_at) * 1000)::float8 AS age_ms,
      p.applied_at IS NOT NULL AS applied, p.ending_at IS NOT NULL AS ending,
      p.joined_at IS NOT NULL AS joined, p.claimed_at IS NOT NULL AS claimed,
      s.id AS session_id, s.epoch,
      r.id IS NULL OR r.parted_at IS NOT NULL OR r.expires_at <= clock_timestamp() AS away,
      r.id IS NOT NULL AND r.expires_at <= clock_timestamp() - ${LOST_AFTER_MS} * interval '1 millisecond' AS lost
    FROM pods p LEFT JOIN runners r ON r.id = p.name
    LEFT JOIN LATERAL (SELECT id, epoch FROM agent_sessions WHERE runner_id = p.name LIMIT 1) AS s ON true
    ORDER BY p.created_at, p.name`.execute(tx);
  return rows;
}

/** Notes which pods' runners have joined and which were given a session since. @returns the labels of the latter, one for each. */
export async function noteProgress(tx: Tx): Promise<string[]> {
  await sql`
    UPDATE pods SET joined_at = clock_timestamp() FROM runners r
    WHERE r.id = pods.name AND pods.joined_at IS NULL`.execute(tx);
  const { rows } = await sql<{ label: string }>`
    UPDATE pods SET claimed_at = clock_timestamp() FROM runners r
    WHERE r.id = pods.name AND r.used AND pods.claimed_at IS NULL RETURNING pods.label`.execute(tx);
  return rows.map((row) => row.label);
}

/** Sessions that wait for a runner with one of these labels' kinds: how many of each, since when, and one's configuration. */
export async function waitingKinds(
  tx: Tx,
): Promise<{ label: string; waiting: number; config: Record<string, unknown> }[]> {
  const { rows } = await sql<{ label: string; waiting: number; config: Record<string, unknown> }>`
    SELECT kind.label, kind.waiting, s.config FROM (
      SELECT label, count(*)::int AS waiting, min(id) AS id, min(coalesce(waiting_order, created_at)) AS since
      FROM agent_sessions CROSS JOIN LATERAL unnest(runner_labels) AS label
      WHERE wants_runner AND runner_id IS NULL AND label LIKE 'pod:%' GROUP BY label) AS kind
    JOIN agent_sessions s ON s.id = kind.id ORDER BY kind.since`.execute(tx);
  return rows;
}

/** Sessions that wait and ask for no kind of pod, or for one of these which there are no more. */
export async function waitingWithoutKind(
  tx: Tx,
  stale: string[],
  limit: number,
): Promise<{ id: string; config: Record<string, unknown>; labels: string[] }[]> {
  const { rows } = await sql<{ id: string; config: Record<string, unknown>; labels: string[] }>`
    SELECT id, config, runner_labels AS labels FROM agent_sessions
    WHERE wants_runner AND runner_id IS NULL AND (runner_labels && ${stale}::text[]
      OR NOT EXISTS (SELECT FROM unnest(runner_labels) AS label WHERE label LIKE 'pod:%'))
    LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(tx);
  return rows;
}

export async function relabel(tx: Tx, id: string, labels: string[]): Promise<void> {
  await sql`UPDATE agent_sessions SET runner_labels = ${labels}::text[] WHERE id = ${id}`.execute(tx);
}

/** Sessions that wait for a pod of this kind, the longest waiting first. */
export async function waitingFor(tx: Tx, label: string, waitedMs: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM agent_sessions
    WHERE wants_runner AND runner_id IS NULL AND runner_labels @> ${[label]}::text[]
      AND coalesce(waiting_since, created_at) <= clock_timestamp() - ${waitedMs} * interval '1 millisecond'
    ORDER BY coalesce(waiting_order, created_at), id LIMIT ${limit}`.execute(tx);
  return rows.map((row) => row.id);
}

export async function insertPods(
  tx: Tx,
  pods: { name: string; label: string; shape: object; revision: string }[],
): Promise<void> {
  for (const { name, label, shape, revision } of pods)
    await sql`INSERT INTO pods (name, label, shape, revision)
      VALUES (${name}, ${label}, ${JSON.stringify(shape)}::jsonb, ${revision})`.execute(tx);
}

/** Has pods end: from here on no session is placed on them. The transaction has placement for itself. */
export async function endPods(tx: Tx, ends: { name: string; why: string }[]): Promise<void> {
  if (ends.length === 0) return;
  const names = ends.map((one) => one.name);
  await sql`
    UPDATE pods SET ending_at = clock_timestamp(), ending_why = e.why
    FROM unnest(${names}::text[], ${ends.map((one) => one.why)}::text[]) AS e (name, why)
    WHERE pods.name = e.name AND ending_at IS NULL`.execute(tx);
  await sql`UPDATE runners SET used = true WHERE id = ANY(${names}::text[])`.execute(tx);
}

export async function noteApplied(tx: Tx, name: string): Promise<void> {
  await sql`UPDATE pods SET applied_at = clock_timestamp() WHERE name = ${name}`.execute(tx);
}

/** Whether this is news to those whom it is told to: true for one server alone. */
export async function notePodTold(tx: Tx, name: string, told: string): Promise<boolean> {
  const { rows } = await sql`
    UPDATE pods SET told = ${told} WHERE name = ${name} AND told IS DISTINCT FROM ${told} RETURNING name`.execute(tx);
  return rows.length > 0;
}

/** What is known of a pod that is gone, and of its runner. One that still holds a session is left. */
export async function forgetPod(tx: Tx, name: string): Promise<void> {
  await sql`
    WITH gone AS (
      DELETE FROM pods p WHERE name = ${name} AND NOT EXISTS (SELECT FROM agent_sessions s WHERE s.runner_id = p.name)
      RETURNING name)
    DELETE FROM runners r USING gone WHERE r.id = gone.name`.execute(tx);
}

/** Which of these have no row. */
export async function unknownPods(tx: Tx, names: string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM unnest(${names}::text[]) AS n (name) WHERE NOT EXISTS (SELECT FROM pods p WHERE p.name = n.name)`.execute(
    tx,
  );
  return rows.map((row) => row.name);
}

/** @returns by label; `now` is the database's, in milliseconds. */
export async function readDemand(
  tx: Tx,
): Promise<{ now: number; demand: Map<string, { weight: number; at: number }> }> {
  const { rows } = await sql<{ label: string | null; weight: number | null; at: Date | null; now: Date }>`
    SELECT d.label, d.weight, d.at, n.now FROM (SELECT clock_timestamp() AS now) AS n LEFT JOIN pod_demand d ON true`.execute(
    tx,
  );
  const demand = new Map(
    rows.flatMap(({ label, weight, at }) =>
      label === null || weight === null || at === null ? [] : [[label, { weight, at: at.getTime() }] as const],
    ),
  );
  return { now: rows[0]!.now.getTime(), demand };
}

export async function writeDemand(
  tx: Tx,
  label: string,
  { weight, at }: { weight: number; at: number },
): Promise<void> {
  await sql`
    INSERT INTO pod_demand (label, weight, at) VALUES (${label}, ${weight}, ${new Date(at)})
    ON CONFLICT (label) DO UPDATE SET weight = excluded.weight, at = excluded.at`.execute(tx);
}

/** How many pods come up, wait for sessions, hold one or end. */
export async function countPods(tx: Tx): Promise<{ state: string; count: number }[]> {
  const { rows } = await sql<{ state: string; count: number }>`
    SELECT CASE WHEN ending_at IS NOT NULL THEN 'ending' WHEN claimed_at IS NOT NULL THEN 'used'
      WHEN joined_at IS NOT NULL THEN 'warm' ELSE 'starting' END AS state, count(*)::int AS count
    FROM pods GROUP BY 1`.execute(tx);
  return rows;
}
