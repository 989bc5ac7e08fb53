import { type RawBuilder, sql } from 'kysely';
import { type Nano, toNano } from '../model/money.ts';
import { type SessionListQuery, type SessionStatsQuery, STATS_GROUPS } from '../model/session.ts';
import { PLANNED_FOR_ITS_VALUES, type Tx } from './database.ts';

/** Sums over the sessions of one pattern, status, user or tag. */
export interface StatsRow {
  by: 'pattern' | 'status' | 'user' | 'tag';
  key: string;
  sessions: number;
  cost: Nano;
  tokens: number;
  durationMs: number;
}

/** Beyond so many tags a session is not in a tag's shares by tag: the number stands in migration 0003, and in its index. */
const MANY_TAGS = 8;

/** Those whose sums are kept. */
interface Scope {
  kind: 'all' | 'user' | 'tag';
  label: string;
}

/** The scope that these filters name, or null when nobody keeps the sums of what they name. */
function scopeOf({ userId, tags = [] }: { userId?: string | undefined; tags?: string[] | undefined }): Scope | null {
  const [tag, ...others] = new Set(tags);
  if (others.length > 0 || (tag !== undefined && userId !== undefined)) return null;
  if (tag !== undefined) return { kind: 'tag', label: tag };
  return userId !== undefined ? { kind: 'user', label: userId } : { kind: 'all', label: '' };
}

export const all = (conditions: RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);

/** What is a tenant's of the query's user and tags. */
const labelled = (
  tenant: string,
  { userId, tags = [] }: { userId?: string | undefined; tags?: string[] | undefined },
) => [
  sql`tenant = ${tenant}`,
  ...(userId === undefined ? [] : [sql`user_id = ${userId}`]),
  ...(tags.length === 0 ? [] : [sql`tags @> ${tags}::text[]`]),
];

/** How many sessions a list has, or null when its filters are not kept together and must be counted. */
export async function countFromSums(tx: Tx, tenant: string, query: SessionListQuery): Promise<number | null> {
  if (query.conversationId !== undefined || query.runnerId !== undefined || query.paused !== undefined) return null;
  const scope = scopeOf(query);
  const states = [
    ...(query.pattern === undefined ? [] : [sql`pattern = ${query.pattern}`]),
    ...(query.status === undefined ? [] : [sql`status = ${query.status}`]),
  ];
  if (scope === null && states.length > 0) return null;
  const parts = scope === null ? pairParts(tenant, query) : stateParts(tenant, scope, query, states);
  if (parts === null) return null;
  const { rows } = await sql<{ total: number }>`
    SELECT coalesce(sum(present), 0)::bigint AS total FROM (${sql.join(parts, sql` UNION ALL `)}) AS part`.execute(tx);
  return rows[0]!.total;
}

const stateParts = (tenant: string, scope: Scope, query: SessionListQuery, states: RawBuilder<unknown>[]) => [
  sql`SELECT present FROM session_sums WHERE ${all([sql`tenant = ${tenant} AND scope = ${scope.kind} AND label = ${scope.label}`, ...states])}`,
  sql`SELECT present FROM session_deltas WHERE ${all([...labelled(tenant, query), ...states])}`,
];

/** Of a user and a tag, or of two tags. */
function pairParts(tenant: string, query: SessionListQuery): RawBuilder<unknown>[] | null {
  const [tag, other, ...more] = new Set(query.tags);
  if (more.length > 0 || (query.userId !== undefined && other !== undefined)) return null;
  const [kind, label, name] = other === undefined ? ['user', query.userId, tag] : ['tag', tag, other];
  const few = sql`cardinality(tags) <= ${sql.lit(MANY_TAGS)}`;
  const many = sql`cardinality(tags) > ${sql.lit(MANY_TAGS)}`;
  return [
    sql`SELECT present FROM session_shares WHERE tenant = ${tenant} AND scope = ${kind} AND label = ${label} AND kind = 'tag' AND name = ${name}`,
    sql`SELECT present FROM session_deltas WHERE ${all([...labelled(tenant, query), ...(kind === 'tag' ? [few] : [])])}`,
    ...(kind === 'tag' ? [sql`SELECT 1 FROM agent_sessions WHERE ${all([...labelled(tenant, query), many])}`] : []),
  ];
}

/**
 * Sums over the sessions that match, deleted ones included. By user and by tag only those with the highest cost, at most
 * `STATS_GROUPS` of each. Without filters, for one user or for one tag they are kept and cost the same however many
 * sessions there are; any other filter reads the sessions that match.
 */
export async function sumSessions(tx: Tx, tenant: string, query: SessionStatsQuery): Promise<StatsRow[]> {
  const scope = query.from === undefined && query.to === undefined ? scopeOf(query) : null;
  const statement = scope === null ? scanned(tenant, query) : kept(tenant, scope, query);
  const { rows } = await statement.execute(tx);
  return rows.map((row) => ({ ...row, cost: toNano(row.cost) }));
}

type Sums = RawBuilder<Omit<StatsRow, 'cost'> & { cost: string }>;

/** `totals` by pattern and by status, then the shares. All in one statement, so that they agree. */
const answer = (shares: RawBuilder<unknown>[]) => sql`
  SELECT 'pattern' AS by, pattern AS key, sum(sessions)::bigint AS sessions, sum(cost) AS cost, sum(tokens)::bigint AS tokens,
         round(sum(duration_ms))::bigint AS duration_ms
  FROM totals GROUP BY pattern HAVING sum(sessions) > 0
  UNION ALL
  SELECT 'status', status, sum(sessions)::bigint, sum(cost), sum(tokens)::bigint, round(sum(duration_ms))::bigint
  FROM totals GROUP BY status HAVING sum(sessions) > 0
  ${sql.join(
    shares.map((share) => sql`UNION ALL (${share})`),
    sql` `,
  )}`;

/** The most expensive groups of `from` (name, sessions, cost, tokens), which may name one more than once. */
const mostExpensive = (by: 'user' | 'tag', from: RawBuilder<unknown>) => sql`
  SELECT ${sql.lit(by)}, name, sum(sessions)::bigint, sum(cost), sum(tokens)::bigint, 0::bigint
  FROM (${from}) AS share WHERE name IS NOT NULL
  GROUP BY name HAVING sum(sessions) > 0 ORDER BY sum(cost) DESC, name LIMIT ${sql.lit(STATS_GROUPS)}`;

const byTag = (from: RawBuilder<unknown>, where: RawBuilder<unknown> = sql`true`) => sql`
  SELECT name, sessions, cost, tokens
  FROM ${from}, LATERAL (SELECT DISTINCT tag AS name FROM unnest(tags) AS tag) AS own WHERE ${where}`;

/** What is folded, and what is not yet. */
function kept(tenant: string, scope: Scope, query: SessionStatsQuery): Sums {
  const mine = sql`tenant = ${tenant} AND scope = ${scope.kind} AND label = ${scope.label}`;
  /**
   * What is not yet folded may move any group up or down: so the groups in it are looked up one by one, and of the folded
   * ones as many more are read as may have to give way.
   */
  const shares = (by: 'user' | 'tag', fresh: RawBuilder<unknown>, more: RawBuilder<unknown> = sql``) => {
    const folded = sql`SELECT name, sessions, cost, tokens FROM session_shares WHERE ${mine} AND kind = ${sql.lit(by)}`;
    return mostExpensive(
      by,
      sql`
        SELECT * FROM (
          (${folded} ORDER BY cost DESC LIMIT ${sql.lit(STATS_GROUPS)} + (SELECT count(DISTINCT name) FROM (${fresh} ${more}) AS moved))
          UNION
          (${folded} AND name = ANY (ARRAY(SELECT DISTINCT name FROM (${fresh} ${more}) AS moved)))
        ) AS folded
        UNION ALL ${fresh} ${more}`,
    );
  };
  const freshUsers = sql`SELECT user_id AS name, sessions, cost, tokens FROM fresh WHERE user_id IS NOT NULL`;
  const users =
    scope.kind === 'user'
      ? mostExpensive('user', sql`SELECT ${scope.label} AS name, sessions, cost, tokens FROM totals`)
      : shares('user', freshUsers);
  const tags =
    scope.kind === 'tag'
      ? shares(
          'tag',
          byTag(sql`fresh`, sql`cardinality(tags) <= ${sql.lit(MANY_TAGS)}`),
          sql`UNION ALL ${byTag(sql`wide`)}`,
        )
      : shares('tag', byTag(sql`fresh`));
  const ofManyTags = sql`tenant = ${tenant} AND tags @> ${[scope.label]}::text[] AND cardinality(tags) > ${sql.lit(MANY_TAGS)}`;
  const wide = sql`, wide AS MATERIALIZED (
    SELECT tags, 1::bigint AS sessions, total_cost AS cost, total_tokens AS tokens FROM agent_sessions WHERE ${ofManyTags}
    UNION ALL SELECT tags, sessions, cost, tokens FROM deleted_session_stats WHERE ${ofManyTags}
    UNION ALL SELECT tags, sessions, cost, tokens FROM session_deltas WHERE gone_day IS NOT NULL AND ${ofManyTags}
  )`;
  return sql`
    WITH fresh AS MATERIALIZED (
      SELECT pattern, status, user_id, tags, sum(sessions) AS sessions, sum(cost) AS cost, sum(tokens) AS tokens,
             sum(live) AS live, sum(live_since_ms) AS live_since_ms, sum(ended_ms) AS ended_ms
      FROM session_deltas WHERE ${all(labelled(tenant, query))} GROUP BY 1, 2, 3, 4
    ), totals AS MATERIALIZED (
      SELECT pattern, status, sum(sessions) AS sessions, sum(cost) AS cost, sum(tokens) AS tokens,
             sum(ended_ms + live * extract(epoch FROM now()) * 1000 - live_since_ms) AS duration_ms
      FROM (
        SELECT pattern, status, sessions, cost, tokens, live, live_since_ms, ended_ms FROM session_sums WHERE ${mine}
        UNION ALL SELECT pattern, status, sessions, cost, tokens, live, live_since_ms, ended_ms FROM fresh
      ) AS part GROUP BY 1, 2
    )${scope.kind === 'tag' ? wide : sql``}
    ${answer([users, tags])}`;
}

/** One pass over the sessions that match and over what deleted ones left behind, which is kept by day. */
function scanned(tenant: string, query: SessionStatsQuery): Sums {
  const { from, to } = query;
  const live = [
    ...labelled(tenant, query),
    ...(from === undefined ? [] : [sql`created_at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [sql`created_at < ${to}::timestamptz`]),
  ];
  const gone = (day: RawBuilder<unknown>) => [
    ...labelled(tenant, query),
    ...(from === undefined ? [] : [sql`${day} >= (${from}::timestamptz AT TIME ZONE 'UTC')::date`]),
    ...(to === undefined ? [] : [sql`${day} < (${to}::timestamptz AT TIME ZONE 'UTC')::date`]),
  ];
  return sql`
    ${PLANNED_FOR_ITS_VALUES}
    WITH matching AS MATERIALIZED (
      SELECT pattern, status, user_id, tags, 1::bigint AS sessions, total_cost AS cost, total_tokens AS tokens,
             extract(epoch FROM coalesce(completed_at, terminated_at, now()) - created_at) * 1000 AS duration_ms
      FROM agent_sessions WHERE ${all(live)}
      UNION ALL
      SELECT pattern, status, user_id, tags, sessions, cost, tokens, duration_ms
      FROM deleted_session_stats WHERE ${all(gone(sql`day`))}
      UNION ALL
      SELECT pattern, status, user_id, tags, sessions, cost, tokens, ended_ms
      FROM session_deltas WHERE ${all([sql`gone_day IS NOT NULL`, ...gone(sql`gone_day`)])}
    ), totals AS MATERIALIZED (
      SELECT pattern, status, sum(sessions) AS sessions, sum(cost) AS cost, sum(tokens) AS tokens, sum(duration_ms) AS duration_ms
      FROM matching GROUP BY 1, 2
    )
    ${answer([
      mostExpensive('user', sql`SELECT user_id AS name, sessions, cost, tokens FROM matching`),
      mostExpensive(
        'tag',
        byTag(sql`(
          SELECT tags, sum(sessions) AS sessions, sum(cost) AS cost, sum(tokens) AS tokens FROM matching GROUP BY tags
        ) AS tagged`),
      ),
    ])}`;
}

/** Bounds a fold's memory, and how long it may take. */
const FOLD_AT_ONCE = 100_000;

/**
 * Folds what sessions changed in their sums. Costs what is new; of two at once, one does nothing.
 * @returns whether there is more to fold.
 */
export async function foldSessionSums(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ took: number }>`SELECT fold_session_sums(${FOLD_AT_ONCE}) AS took`.execute(tx);
  return rows[0]!.took === FOLD_AT_ONCE;
}
