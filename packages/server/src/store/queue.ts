/** The queue of sessions that wait for a runner, and what runners have room. */
import { sql } from 'kysely';
import type { WaitingReason } from '../model/residence.ts';
import type { SessionPattern } from '../model/session.ts';
import type { Tx } from './database.ts';

/** Any number, as long as nobody else takes an advisory lock by it in this database. */
const PLACEMENT_LOCK = 7_236_413;

/** A runner that cannot bring sessions up, as with a full disk, is the least loaded: it must not draw them all to itself. */
const REFUSAL_KEPT_MS = 30_000;

/** Whether the session of a row waits. */
const waits = sql.raw('wants_runner AND runner_id IS NULL');
const order = sql.raw('coalesce(waiting_order, created_at)');

/** The transaction has placement for itself: two that counted a runner's free places at once would both fill them. */
export async function lockPlacement(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${PLACEMENT_LOCK})`.execute(tx);
}

export async function anyWaits(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    SELECT EXISTS (SELECT FROM agent_sessions WHERE ${waits}) AS any`.execute(tx);
  return rows[0]?.any === true;
}

interface RunnerRoom {
  id: string;
  labels: string[];
  capacity: number;
  held: number;
  leaving: number;
  connected: boolean;
  draining: boolean;
  shortOfMemory: boolean;
  refused: boolean;
  /** It serves one session and ends with it: nothing is gained by having it let go of one. */
  singleUse: boolean;
}

/** Every runner with the room it has. */
export async function runnerRooms(tx: Tx): Promise<RunnerRoom[]> {
  const { rows } = await sql<RunnerRoom>`
    SELECT r.id, r.labels, r.draining, r.single_use, CASE WHEN r.single_use AND r.used THEN count.held ELSE r.capacity END AS capacity, r.short_of_memory, count.held, count.leaving,
      r.expires_at > clock_timestamp() AND r.server_id IS NOT NULL AS connected,
      coalesce(r.refused_at > clock_timestamp() - ${REFUSAL_KEPT_MS} * interval '1 millisecond', false) AS refused
    FROM runners r CROSS JOIN LATERAL (
      SELECT count(*)::int AS held, (count(*) FILTER (WHERE s.releasing OR NOT s.wants_runner))::int AS leaving
      FROM agent_sessions s WHERE s.runner_id = r.id) AS count
    ORDER BY r.id`.execute(tx);
  return rows;
}

/** The sets of labels that waiting sessions ask for. Costs what sets there are, not what waits. */
const labelSets = sql`
  sets (labels) AS (
    (SELECT runner_labels FROM agent_sessions WHERE ${waits} ORDER BY runner_labels LIMIT 1)
    UNION ALL
    SELECT (SELECT runner_labels FROM agent_sessions WHERE ${waits} AND runner_labels > sets.labels ORDER BY runner_labels LIMIT 1)
    FROM sets WHERE sets.labels IS NOT NULL
  )`;

export interface WaitingRow {
  id: string;
  labels: string[];
  filesRunner: string | null;
  filesKept: boolean;
}

/**
 * Sessions that wait, the longest waiting first, of each set of labels at most `limit`.
 * @param closed runners without a place for anybody: what has to go to one of them is left out, so that it holds up nobody.
 */
export async function waitingSessions(tx: Tx, limit: number, closed: string[] = []): Promise<WaitingRow[]> {
  const { rows } = await sql<WaitingRow>`
    WITH RECURSIVE ${labelSets}
    SELECT w.id, w.runner_labels AS labels, w.files_runner, w.files_kept FROM sets CROSS JOIN LATERAL (
      SELECT id, runner_labels, files_runner, files_kept, ${order} AS place FROM agent_sessions
      WHERE ${waits} AND runner_labels = sets.labels
        AND (files_kept OR files_runner IS NULL OR NOT files_runner = ANY(${closed}::text[]))
      ORDER BY ${order}, id LIMIT ${limit}) AS w
    WHERE sets.labels IS NOT NULL ORDER BY w.place, w.id`.execute(tx);
  return rows;
}

export interface Claim {
  id: string;
  epoch: number;
  runnerId: string;
  /** How long it had waited. */
  waitedMs: number;
}

/** Gives sessions to runners: each gets a new epoch. One that somebody else holds at this moment is passed over. */
export async function claimSessions(tx: Tx, given: { id: string; runner: string }[]): Promise<Claim[]> {
  if (given.length === 0) return [];
  const { rows } = await sql<Claim>`
    WITH given AS (
      SELECT * FROM unnest(${given.map((one) => one.id)}::text[], ${given.map((one) => one.runner)}::text[]) AS g (id, runner)
    ), locked AS (
      SELECT s.id, s.waiting_since FROM agent_sessions s JOIN given USING (id) WHERE ${waits} FOR UPDATE OF s SKIP LOCKED
    ), used AS (
      UPDATE runners SET used = true FROM locked JOIN given USING (id) WHERE runners.id = given.runner AND single_use
    )
    UPDATE agent_sessions s
    SET runner_id = r.id, releasing = false, epoch = s.epoch + 1, last_batch = 0, isolation = r.isolation, files_runner = r.id,
      files_kept = false, waiting_since = NULL, waiting_order = NULL, waiting_told = NULL, waiting_reason = NULL
    FROM locked JOIN given USING (id) JOIN runners r ON r.id = given.runner WHERE s.id = locked.id
    RETURNING s.id, s.epoch, s.runner_id,
      coalesce(extract(epoch FROM clock_timestamp() - locked.waiting_since) * 1000, 0)::bigint AS waited_ms`.execute(
    tx,
  );
  return rows;
}

export interface QueuePlace extends WaitingRow {
  position: number;
  since: Date;
  told: number | null;
  toldReason: WaitingReason | null;
}

const places = sql`
  SELECT id, runner_labels AS labels, files_runner, files_kept, waiting_told AS told, waiting_reason AS told_reason,
    coalesce(waiting_since, last_activity_at) AS since,
    (row_number() OVER (PARTITION BY runner_labels ORDER BY ${order}, id))::int AS position
  FROM agent_sessions WHERE ${waits}`;

/** Where these sessions stand; those that do not wait are left out. Costs what waits. */
export async function queuePlaces(tx: Tx, ids: string[]): Promise<QueuePlace[]> {
  const { rows } = await sql<QueuePlace>`
    SELECT * FROM (${places}) AS place WHERE id = ANY(${ids}::text[])`.execute(tx);
  return rows;
}

/** Where those stand that may have to be told: who was not yet, who has come half the way, and who is near the front. */
export async function untoldPlaces(tx: Tx, nearTheFront: number, limit: number): Promise<QueuePlace[]> {
  const { rows } = await sql<QueuePlace>`
    SELECT * FROM (${places}) AS place
    WHERE told IS NULL OR position * 2 <= told OR position <= ${nearTheFront} 
    ORDER BY told IS NULL DESC, position, id LIMIT ${limit}`.execute(tx);
  return rows;
}

/**
 * Holds those that still wait and were told of no other place meanwhile, until the transaction ends. One that somebody else holds is left
 * out: nobody who places waits for a session that is being changed.
 */
export async function lockWaiting(tx: Tx, places: { id: string; told: number | null }[]): Promise<Set<string>> {
  if (places.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    SELECT s.id FROM agent_sessions s
    JOIN unnest(${places.map((one) => one.id)}::text[], ${places.map((one) => one.told)}::int[]) AS p (id, told) USING (id)
    WHERE ${waits} AND s.waiting_told IS NOT DISTINCT FROM p.told FOR UPDATE OF s SKIP LOCKED`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

/** How many wait, and since when the one that waits longest. */
export async function queueLength(tx: Tx): Promise<{ waiting: number; oldest: Date | null }> {
  const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
    SELECT count(*)::int AS waiting, min(coalesce(waiting_since, last_activity_at)) AS oldest
    FROM agent_sessions WHERE ${waits}`.execute(tx);
  return rows[0]!;
}

/** Sessions of these patterns on these runners on which nothing is to be done, the longest idle first. */
export async function idleSessions(
  tx: Tx,
  runners: string[],
  patterns: SessionPattern[],
  idleMs: number,
  limit: number,
): Promise<{ id: string; runnerId: string; lastActivityAt: Date }[]> {
  const { rows } = await sql<{ id: string; runnerId: string; lastActivityAt: Date }>`
    SELECT id, runner_id, last_activity_at FROM agent_sessions
    WHERE runner_id = ANY(${runners}::text[]) AND status = 'idle' AND wants_runner AND NOT releasing AND pending_turns = 0
      AND snapshot_wanted IS NULL AND restore_wanted IS NULL
      AND pattern = ANY(${patterns}::text[])
      AND last_activity_at <= clock_timestamp() - ${idleMs} * interval '1 millisecond'
    ORDER BY last_activity_at, id LIMIT ${limit}`.execute(tx);
  return rows;
}
