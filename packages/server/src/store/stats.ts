import { sql } from 'kysely';
import { type Nano, toNano } from '../model/money.ts';
import type { SessionStatsQuery } from '../model/session.ts';
import type { Tx } from './database.ts';

/** Sums over the sessions of one pattern, status, user or tag. */
export interface StatsRow {
  by: 'pattern' | 'status' | 'user' | 'tag';
  key: string;
  sessions: number;
  cost: Nano;
  tokens: number;
  durationMs: number;
}

/** One pass over the sessions that match and over what deleted ones left behind. */
export async function sumSessions(tx: Tx, query: SessionStatsQuery): Promise<StatsRow[]> {
  const tags = query.tags !== undefined && query.tags.length > 0 ? query.tags : null;
  const user = query.userId ?? null;
  const from = query.from ?? null;
  const to = query.to ?? null;
  const { rows } = await sql<Omit<StatsRow, 'cost'> & { cost: string }>`
    WITH matching AS MATERIALIZED (
      SELECT pattern, status, user_id, tags, 1::bigint AS sessions, total_cost AS cost, total_tokens AS tokens,
             (extract(epoch FROM coalesce(completed_at, terminated_at, now()) - created_at) * 1000)::bigint AS duration_ms
      FROM agent_sessions
      WHERE (${user}::text IS NULL OR user_id = ${user})
        AND (${tags}::text[] IS NULL OR tags @> ${tags}::text[])
        AND (${from}::timestamptz IS NULL OR created_at >= ${from}::timestamptz)
        AND (${to}::timestamptz IS NULL OR created_at < ${to}::timestamptz)
      UNION ALL
      SELECT pattern, status, user_id, tags, sessions, cost, tokens, duration_ms
      FROM deleted_session_stats
      WHERE (${user}::text IS NULL OR user_id = ${user})
        AND (${tags}::text[] IS NULL OR tags @> ${tags}::text[])
        AND (${from}::timestamptz IS NULL OR day >= (${from}::timestamptz AT TIME ZONE 'UTC')::date)
        AND (${to}::timestamptz IS NULL OR day < (${to}::timestamptz AT TIME ZONE 'UTC')::date)
    ), keyed AS (
      SELECT 'pattern' AS by, pattern AS key, sessions, cost, tokens, duration_ms FROM matching
      UNION ALL SELECT 'status', status, sessions, cost, tokens, duration_ms FROM matching
      UNION ALL SELECT 'user', user_id, sessions, cost, tokens, duration_ms FROM matching WHERE user_id IS NOT NULL
      UNION ALL SELECT 'tag', tag, sessions, cost, tokens, duration_ms FROM matching, unnest(tags) AS tag
    )
    SELECT by, key, sum(sessions)::bigint AS sessions, sum(cost) AS cost, sum(tokens)::bigint AS tokens,
           sum(duration_ms)::bigint AS duration_ms
    FROM keyed GROUP BY by, key ORDER BY by, key`.execute(tx);
  return rows.map((row) => ({ ...row, cost: toNano(row.cost) }));
}

/** Folds what deleted sessions left into one row for each day, pattern, status, user and set of tags. */
export async function compactDeletedStats(tx: Tx): Promise<void> {
  await sql`
    WITH taken AS (DELETE FROM deleted_session_stats RETURNING *)
    INSERT INTO deleted_session_stats
    SELECT day, pattern, status, user_id, tags, sum(sessions), sum(cost), sum(tokens), sum(duration_ms)
    FROM taken GROUP BY 1, 2, 3, 4, 5`.execute(tx);
}
