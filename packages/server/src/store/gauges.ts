/** Numbers of what there is, for whoever watches. Each costs what is open, not what exists. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

/** Sessions by pattern and status, from the sums that are kept and what is not yet folded into them. */
export async function countSessions(tx: Tx): Promise<{ pattern: string; status: string; present: number }[]> {
  const { rows } = await sql<{ pattern: string; status: string; present: number }>`
    SELECT pattern, status, sum(present)::bigint AS present FROM (
      SELECT pattern, status, present FROM session_sums WHERE scope = 'all' AND label = ''
      UNION ALL SELECT pattern, status, present FROM session_deltas
    ) AS part GROUP BY pattern, status`.execute(tx);
  return rows;
}

/** Turns and requests for permission that wait. */
export async function countQueue(tx: Tx): Promise<{ turns: number; oldestSeconds: number; permissions: number }> {
  const { rows } = await sql<{ turns: number; oldestSeconds: number; permissions: number }>`
    SELECT count(*)::int AS turns,
           coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS oldest_seconds,
           (SELECT count(*)::int FROM session_permissions WHERE status = 'pending') AS permissions
    FROM session_turns WHERE status = 'queued'`.execute(tx);
  return rows[0]!;
}
