/** What was spent, summed from the ledger's hours. */
import { type RawBuilder, sql } from 'kysely';
import { type Nano, toNano } from '../model/money.ts';
import type { TokenCounts } from '../model/prices.ts';
import type { UsageGroup, UsageQuery } from '../model/usage.ts';
import type { Tx } from './database.ts';
import { TOKEN_COLUMNS } from './ledger.ts';
import { all } from './stats.ts';

export interface UsageSums {
  calls: number;
  tokens: TokenCounts;
  cost: Nano;
  estimatedCost: Nano;
}
export interface UsageRow extends UsageSums {
  /** By what it is grouped; null where that is unknown or absent. */
  group: Partial<Record<UsageGroup, string | null>>;
}

/** By what one may group, as a column of `usage_hours` or of its tags. Times are those of UTC. */
const GROUPS: Record<UsageGroup, string> = {
  session: 'u.session_id',
  agent: 'u.agent',
  user: 'u.user_id',
  key: 'u.key_id',
  tag: 'tag.name',
  model: 'u.model',
  pattern: 'u.pattern',
  day: `to_char(u.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  hour: `to_char(u.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:00:00"Z"')`,
};
const TIMES = new Set<UsageGroup>(['day', 'hour']);

function matching(tenant: string, query: UsageQuery): RawBuilder<unknown> {
  const { sessionId, userId, keyId, model, pattern, agent, tag, from, to } = query;
  const equal = (column: string, value: string | undefined) =>
    value === undefined ? [] : [sql`${sql.raw(`u.${column}`)} = ${value}`];
  return all([
    sql`u.tenant = ${tenant}`,
    ...equal('session_id', sessionId),
    ...equal('user_id', userId),
    ...equal('key_id', keyId),
    ...equal('model', model),
    ...equal('pattern', pattern),
    ...equal('agent', agent),
    ...(tag === undefined ? [] : [sql`${tag} = ANY (u.tags)`]),
    ...(from === undefined ? [] : [sql`u.hour >= date_trunc('hour', ${from}::timestamptz, 'UTC')`]),
    ...(to === undefined ? [] : [sql`u.hour < ${to}::timestamptz`]),
  ]);
}

const NAMES = Object.keys(TOKEN_COLUMNS) as (keyof TokenCounts)[];
const sums = sql.raw(
  `coalesce(sum(u.calls), 0)::bigint AS calls, coalesce(sum(u.cost), 0) AS cost, coalesce(sum(u.estimated_cost), 0) AS estimated_cost,
   ARRAY[${NAMES.map((name) => `coalesce(sum(u.${TOKEN_COLUMNS[name]}), 0)`).join(', ')}]::float8[] AS counts`,
);
interface Row {
  calls: number;
  cost: string;
  estimatedCost: string;
  counts: number[];
  group: string[] | null;
}
const fromRow = ({ calls, cost, estimatedCost, counts }: Row): UsageSums => ({
  calls,
  cost: toNano(cost),
  estimatedCost: toNano(estimatedCost),
  tokens: Object.fromEntries(NAMES.map((name, n) => [name, counts[n]!])) as unknown as TokenCounts,
});

/** All that match, each call once. */
export async function totalUsage(tx: Tx, tenant: string, query: UsageQuery): Promise<UsageSums> {
  const { rows } = await sql<Row>`SELECT ${sums} FROM usage_hours AS u WHERE ${matching(tenant, query)}`.execute(tx);
  return fromRow(rows[0]!);
}

/**
 * Groups of what matches: in order of time where that is grouped by, else the most expensive first. What has several tags is in
 * the group of each, and in none where it has none.
 */
export async function groupUsage(tx: Tx, tenant: string, query: UsageQuery, limit: number): Promise<UsageRow[]> {
  const by = query.groupBy;
  const names = sql.raw(by.map((group) => GROUPS[group]).join(', '));
  const tags = by.includes('tag') ? sql`CROSS JOIN LATERAL (SELECT DISTINCT unnest(u.tags) AS name) AS tag` : sql``;
  const times = by.filter((group) => TIMES.has(group)).map((group) => `${GROUPS[group]}`);
  const { rows } = await sql<Row>`
    SELECT ARRAY[${names}]::text[] AS "group", ${sums} FROM usage_hours AS u ${tags} WHERE ${matching(tenant, query)}
    GROUP BY ${names} ORDER BY ${sql.raw([...times, 'sum(u.cost) DESC'].join(', '))}, ${names} LIMIT ${limit}`.execute(
    tx,
  );
  return rows.map((row) => ({
    ...fromRow(row),
    group: Object.fromEntries(by.map((group, n) => [group, row.group?.[n] ?? null])),
  }));
}
