/** Runs of schedules: taken on at a time, started by one server, ended with their turn (see the trigger in the migration). */
import { sql } from 'kysely';
import type { ScheduleRecord, ScheduleRunQuery, ScheduleRunRecord } from '../model/schedules.ts';
import type { Tx } from './database.ts';
import { RUN_COLUMNS } from './tables.ts';

type New = Pick<ScheduleRunRecord, 'id' | 'tenant' | 'scheduleId' | 'dueAt' | 'trigger' | 'status' | 'reason'>;

/** Enters runs; of a time that has its run already, none. */
export async function insertRuns(tx: Tx, runs: New[]): Promise<ScheduleRunRecord[]> {
  if (runs.length === 0) return [];
  return tx
    .insertInto('scheduleRuns')
    .values((is) =>
      runs.map((run) => ({
        ...run,
        finishedAt: run.status === 'skipped' ? is.fn<Date>('clock_timestamp', []) : null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['scheduleId', 'trigger', 'dueAt']).doNothing())
    .returning(RUN_COLUMNS)
    .execute();
}

/** How many runs of a schedule are not over. */
export async function openRuns(tx: Tx, scheduleId: string): Promise<number> {
  const row = await tx
    .selectFrom('scheduleRuns')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('scheduleId', '=', scheduleId)
    .where(sql<boolean>`status IN ('waiting', 'starting', 'running')`)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A run that this server is to start, and what of its schedule is needed for that. */
export type ClaimedRun = Pick<ScheduleRunRecord, 'id' | 'scheduleId' | 'tenant' | 'dueAt'> &
  Pick<ScheduleRecord, 'target' | 'prompt'>;

/**
 * Takes runs that are to be started: of each schedule the first that waits, if none is under way, and those that a server
 * had taken and did not start in time. Whoever takes them has them for `leaseMs`.
 */
export async function claimRuns(tx: Tx, limit: number, leaseMs: number): Promise<ClaimedRun[]> {
  const { rows } = await sql<ClaimedRun>`
    WITH taken AS (
      SELECT run.id FROM schedule_runs AS run
      WHERE (run.status = 'starting' AND run.claimed_until < (SELECT clock_timestamp()))
        OR (run.status = 'waiting' AND NOT EXISTS (
          SELECT FROM schedule_runs AS other
          WHERE other.schedule_id = run.schedule_id AND other.id <> run.id
            AND (other.status IN ('starting', 'running') OR (other.status = 'waiting' AND other.n < run.n))
        ))
      ORDER BY run.n LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    UPDATE schedule_runs AS run
    SET status = 'starting', claimed_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond',
      started_at = coalesce(run.started_at, clock_timestamp())
    FROM taken, schedules AS schedule
    WHERE run.id = taken.id AND schedule.id = run.schedule_id
    RETURNING run.id, run.schedule_id, run.tenant, run.due_at, schedule.target, schedule.prompt`.execute(tx);
  return rows;
}

/** Whether any run waits for an earlier one, or is being started. */
export async function anyRunWaits(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ waits: boolean }>`
    SELECT EXISTS (SELECT FROM schedule_runs WHERE status IN ('waiting', 'starting')) AS waits`.execute(tx);
  return rows[0]?.waits ?? false;
}

/** Notes the turn of a run that was started. It may be over, and its session gone, before this. */
export async function noteRunning(tx: Tx, id: string, sessionId: string, turnId: string): Promise<void> {
  // Held: the turn ends either before this, and is found so here, or after it, and then ends the run.
  const turn = await tx
    .selectFrom('sessionTurns')
    .select(['status', 'finishedAt', 'error'])
    .where('id', '=', turnId)
    .forShare()
    .executeTakeFirst();
  const over = turn === undefined || turn.finishedAt !== null;
  const gone = { code: 'session_not_found', message: 'The session was deleted.' };
  await tx
    .updateTable('scheduleRuns')
    .set((is) => ({
      sessionId,
      turnId,
      status: over ? ((turn?.status ?? 'cancelled') as 'succeeded') : 'running',
      finishedAt: over ? (turn?.finishedAt ?? is.fn<Date>('clock_timestamp', [])) : null,
      error: over ? JSON.stringify(turn === undefined ? gone : turn.error) : null,
      claimedUntil: null,
    }))
    .where('id', '=', id)
    .where('status', '=', 'starting')
    .execute();
}

/** Ends a run that could not be started. */
export async function noteStartFailed(
  tx: Tx,
  id: string,
  sessionId: string | null,
  error: { code: string; message: string },
): Promise<void> {
  await tx
    .updateTable('scheduleRuns')
    .set((is) => ({
      status: 'failed',
      sessionId,
      error: JSON.stringify(error),
      finishedAt: is.fn<Date>('clock_timestamp', []),
      claimedUntil: null,
    }))
    .where('id', '=', id)
    .where('status', '=', 'starting')
    .execute();
}

/** Leaves out the runs of a schedule that wait. */
export async function skipWaiting(tx: Tx, scheduleId: string): Promise<void> {
  await tx
    .updateTable('scheduleRuns')
    .set((is) => ({ status: 'skipped', reason: 'schedule_disabled', finishedAt: is.fn<Date>('clock_timestamp', []) }))
    .where('scheduleId', '=', scheduleId)
    .where('status', '=', 'waiting')
    .execute();
}

/** The newest first; `before` is the `n` of the last one that was seen. */
export function listRuns(
  tx: Tx,
  scheduleId: string,
  { limit }: Pick<ScheduleRunQuery, 'limit'>,
  before: number | null,
): Promise<ScheduleRunRecord[]> {
  const found = tx.selectFrom('scheduleRuns').select(RUN_COLUMNS).where('scheduleId', '=', scheduleId);
  return (before === null ? found : found.where('n', '<', before)).orderBy('n', 'desc').limit(limit).execute();
}

/** Removes old runs that are over. @returns how many. */
export async function forgetRuns(tx: Tx, keptMs: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM schedule_runs WHERE id IN (
      SELECT id FROM schedule_runs
      WHERE finished_at < clock_timestamp() - ${keptMs} * interval '1 millisecond' LIMIT ${limit}
    )`.execute(tx);
  return Number(numAffectedRows ?? 0);
}
