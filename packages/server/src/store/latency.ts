/** How long model calls took, from the ledger's calls, which are kept for a while. */
import { sql } from 'kysely';
import type { LatencyQuery } from '../model/usage.ts';
import type { Tx } from './database.ts';
import { all } from './stats.ts';

/** Milliseconds. */
interface Percentiles {
  p50: number;
  p95: number;
}
export interface LatencyRow {
  /** Null: over all of them. */
  start: Date | null;
  calls: number;
  firstByteMs: Percentiles | null;
  totalMs: Percentiles | null;
}

const DEFAULT_SPAN = sql`now() - interval '24 hours'`;

/** Percentiles by hour or day, in order of time, and last those over all. Of calls that were answered. Reads each of them. */
export async function readLatency(tx: Tx, tenant: string, query: LatencyQuery): Promise<LatencyRow[]> {
  const { from, to, interval, sessionId, userId, tag, model, pattern } = query;
  const equal = (column: string, value: string | undefined) =>
    value === undefined ? [] : [sql`${sql.raw(column)} = ${value}`];
  const where = all([
    sql`tenant = ${tenant}`,
    sql`first_byte_ms IS NOT NULL`,
    sql`started_at >= ${from === undefined ? DEFAULT_SPAN : sql`${from}::timestamptz`}`,
    ...(to === undefined ? [] : [sql`started_at < ${to}::timestamptz`]),
    ...equal('session_id', sessionId),
    ...equal('user_id', userId),
    ...equal('model', model),
    ...equal('pattern', pattern),
    ...(tag === undefined ? [] : [sql`${tag} = ANY (tags)`]),
  ]);
  const start = sql`date_trunc(${sql.lit(interval)}, started_at, 'UTC')`;
  const { rows } = await sql<{ start: Date | null; calls: number; first: number[] | null; whole: number[] | null }>`
    SELECT ${start} AS start, count(*)::bigint AS calls,
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY first_byte_ms) AS first,
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY total_ms) AS whole
    FROM model_calls WHERE ${where} GROUP BY GROUPING SETS ((${start}), ()) ORDER BY start NULLS LAST`.execute(tx);
  const percentiles = (found: (number | null)[] | null): Percentiles | null =>
    found === null || found[0] === null ? null : { p50: found[0]!, p95: found[1]! };
  return rows.map(({ first, whole, ...row }) => ({
    ...row,
    firstByteMs: percentiles(first),
    totalMs: percentiles(whole),
  }));
}
