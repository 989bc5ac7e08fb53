/**
 * The ledger: model calls, what they cost, and what budgets have left for them.
 *
 * A call reserves before it spends. The session's row and those of the budgets it counts under are locked in one order, so
 * that of two servers only one has the last cent; what a call turns out to cost takes the place of what it reserved.
 */
import { type RawBuilder, sql } from 'kysely';
import { type Nano, toDecimal, toNano } from '../model/money.ts';
import type { Price, TokenCounts } from '../model/prices.ts';
import type { Tx } from './database.ts';

/** A line that spending must not cross: the session's own, or a budget's. */
export interface Line {
  /** Null: the session's own. */
  budget: string | null;
  scope: 'session' | 'user' | 'key' | 'all' | 'installation';
  label: string;
  period: 'day' | 'month' | 'total';
  limit: Nano;
  spent: Nano;
}

export interface CallStart {
  id: string;
  sessionId: string;
  epoch: number;
  /** The agent that says it calls, if any does. */
  agent: string | null;
  model: string;
  stream: boolean;
  price: Price;
  /** What it costs at least: less left than that, and it may not begin. */
  least: Nano;
  /** What it will probably cost, and begins to be held back for it. Beside others it begins only where so much is left. */
  likely: Nano;
  /** What it is taken to have used if nothing more is ever heard of it. */
  tokens: TokenCounts;
}

/**
 * `open`: it may begin, with `held` for it, or null where nothing limits it. `gone`: there is no such session, or its lease is
 * another's. `paused`: it waits for money. `spent`: a line has less left than the call costs at least. `busy`: others are open
 * under a line that has not enough left for this one beside them: so near its end, calls take turns, and only one passes it.
 */
export type Opening =
  | { verdict: 'open'; held: Nano | null }
  | { verdict: 'gone' | 'paused' }
  | { verdict: 'spent' | 'busy'; line: Line };

/** One call at a time may hold back so much of what is left, so that agents beside it can begin theirs. */
const MOST_OF_LEFT = sql.lit(0.25);

/** Columns of a token count, in one order. */
export const TOKEN_COLUMNS = {
  input: 'input_tokens',
  output: 'output_tokens',
  cacheWrite5m: 'cache_write_5m_tokens',
  cacheWrite1h: 'cache_write_1h_tokens',
  cacheRead: 'cache_read_tokens',
  webSearches: 'web_searches',
} as const satisfies Record<keyof TokenCounts, string>;
const NAMES = Object.keys(TOKEN_COLUMNS) as (keyof TokenCounts)[];
const tokenColumns = sql.raw(NAMES.map((name) => TOKEN_COLUMNS[name]).join(', '));
const setTokens = (tokens: TokenCounts): RawBuilder<unknown> =>
  sql.join(NAMES.map((name) => sql`${sql.raw(TOKEN_COLUMNS[name])} = ${tokens[name]}`));

const currentPeriod = sql`CASE b.period WHEN 'total' THEN '-infinity'::timestamptz ELSE date_trunc(b.period, now(), 'UTC') END`;
/** What was spent of a budget in the period that is now. */
const spentNow = sql`CASE WHEN b.period_start = ${currentPeriod} THEN b.spent ELSE 0 END`;

/** Which budgets what `who` spends counts under. */
const countsUnder = (who: RawBuilder<unknown>) => sql`(b.scope = 'installation' OR (b.tenant = ${who}.tenant AND (
  b.scope = 'all' OR (b.scope = 'user' AND b.label = ${who}.user_id) OR (b.scope = 'key' AND b.label = ${who}.key_id))))`;

/** The rows that limit a session's calls, locked, the session's first. A session without a budget is nobody's to wait for. */
const linesOf = (sessionId: RawBuilder<unknown>) => sql`
  session AS MATERIALIZED (
    SELECT id, tenant, user_id, key_id, pattern, tags, status, epoch, paused FROM agent_sessions WHERE id = ${sessionId}
  ), own AS MATERIALIZED (
    SELECT id, total_cost, reserved_cost, max_budget_usd
    FROM agent_sessions WHERE id = ${sessionId} AND max_budget_usd IS NOT NULL FOR NO KEY UPDATE
  ), counted AS MATERIALIZED (
    SELECT b.id, b.scope, b.label, b.period, b.limit_usd, ${spentNow} AS spent, b.reserved
    FROM session LEFT JOIN own ON true, budgets AS b
    WHERE ${countsUnder(sql`session`)}
    ORDER BY b.id FOR NO KEY UPDATE OF b
  ), lines AS (
    SELECT NULL AS budget, 'session' AS scope, id AS label, 'total' AS period, max_budget_usd AS limit_usd, total_cost AS spent,
           reserved_cost AS reserved
    FROM own
    UNION ALL SELECT id, scope, label, period, limit_usd, spent, reserved FROM counted
  )`;

type LineRow = {
  budget: string | null;
  scope: Line['scope'];
  label: string;
  period: Line['period'];
  limit: string;
  spent: string;
};
const toLine = (row: LineRow): Line => ({ ...row, limit: toNano(row.limit), spent: toNano(row.spent) });

/** In the transaction that this is part of, the commit does not wait for the disk. */
const withoutWaiting = sql`set_config('synchronous_commit', 'off', true)`;

/** Enters a call, and holds back money for it. The row is on the disk once `callIsKept` says so. */
export async function openCall(tx: Tx, call: CallStart): Promise<Opening> {
  const least = toDecimal(call.least);
  const likely = toDecimal(call.likely);
  const { rows } = await sql<
    {
      alive: boolean;
      paused: boolean;
      entered: boolean;
      held: string | null;
      busy: boolean | null;
      waits: string;
    } & LineRow
  >`
    WITH ${linesOf(sql`${call.sessionId}`)}, short AS (
      SELECT *, limit_usd - spent >= ${least}::numeric AND spent < limit_usd AS busy FROM lines
      WHERE limit_usd - spent - reserved < CASE WHEN reserved > 0 THEN ${likely}::numeric ELSE ${least}::numeric END
         OR spent >= limit_usd
      ORDER BY busy, budget NULLS FIRST LIMIT 1
    ), alive AS (
      SELECT * FROM session
      WHERE epoch = ${call.epoch} AND NOT paused AND status NOT IN ('completed', 'error', 'terminated')
    ), allowed AS (
      SELECT * FROM alive WHERE NOT EXISTS (SELECT 1 FROM short)
    ), amount AS (
      SELECT CASE WHEN min(limit_usd) IS NULL THEN 0
             ELSE greatest(${least}::numeric, least(${likely}::numeric, trunc(${MOST_OF_LEFT} * min(limit_usd - spent - reserved), 9)))
             END AS held, min(limit_usd) IS NOT NULL AS limited
      FROM lines
    ), named AS (
      SELECT coalesce(
        (SELECT name FROM session_agents WHERE session_id = ${call.sessionId} AND name = ${call.agent}::text),
        (SELECT name FROM session_agents WHERE session_id = ${call.sessionId} ORDER BY name IN ('main', 'coordinator') DESC LIMIT 1),
        'main') AS agent
    ), entered AS (
      INSERT INTO model_calls (tenant, id, session_id, agent, turn_id, key_id, user_id, pattern, tags, model, stream, price, reserved, ${tokenColumns})
      SELECT allowed.tenant, ${call.id}::text, allowed.id, named.agent,
             (SELECT t.id FROM session_turns AS t WHERE t.session_id = allowed.id AND t.agent = named.agent
                AND t.status IN ('queued', 'running') AND t.epoch = ${call.epoch} ORDER BY t.ordinal LIMIT 1),
             allowed.key_id, allowed.user_id, allowed.pattern, allowed.tags, ${call.model}::text, ${call.stream}::boolean,
             ${JSON.stringify(call.price)}::jsonb, amount.held, ${sql.join(NAMES.map((name) => sql`${call.tokens[name]}::bigint`))}
      FROM allowed, named, amount RETURNING id
    ), held AS (
      UPDATE agent_sessions AS s SET reserved_cost = s.reserved_cost + amount.held
      FROM allowed, amount WHERE s.id = allowed.id AND amount.limited
    ), held_back AS (
      UPDATE budgets AS b SET reserved = b.reserved + amount.held
      FROM counted, allowed, amount WHERE b.id = counted.id
    )
    SELECT EXISTS (SELECT 1 FROM alive) AS alive, EXISTS (SELECT 1 FROM session WHERE paused) AS paused,
           EXISTS (SELECT 1 FROM entered) AS entered,
           CASE WHEN amount.limited THEN amount.held END AS held, short.busy, ${withoutWaiting} AS waits,
           short.budget, short.scope, short.label, short.period, short.limit_usd AS limit, short.spent
    FROM amount LEFT JOIN short ON true`.execute(tx);
  const { alive, paused, entered, held, busy, waits: _, ...line } = rows[0]!;
  if (entered) return { verdict: 'open', held: held === null ? null : toNano(held) };
  return alive ? { verdict: busy ? 'busy' : 'spent', line: toLine(line) } : { verdict: paused ? 'paused' : 'gone' };
}

/**
 * Waits until what was entered is on the disk: whatever is written to the log after it takes it along.
 * @returns whether the call is there: a database that crashed meanwhile came back without it.
 */
export async function callIsKept(db: Tx, id: string): Promise<boolean> {
  const { rows } = await sql<{ kept: boolean }>`
    SELECT EXISTS (SELECT 1 FROM model_calls WHERE id = ${id}) AS kept, pg_logical_emit_message(true, 'rigger', '')`.execute(
    db,
  );
  return rows[0]!.kept;
}

/**
 * Holds back more for an open call, and notes what it has used so far.
 * @param needed what it has cost beyond what is held; @param likely what it will need soon, which it gets where much is left.
 * @returns what was held back now: less than `needed` where a line has no more.
 */
export async function holdMore(
  tx: Tx,
  call: { id: string; sessionId: string },
  needed: Nano,
  likely: Nano,
  tokens: TokenCounts,
): Promise<Nano> {
  const { rows } = await sql<{ held: string }>`
    WITH ${linesOf(sql`${call.sessionId}`)}, remaining AS (
      SELECT greatest(0, min(limit_usd - spent - reserved)) AS usd FROM lines
    ), amount AS (
      SELECT least(usd, greatest(${toDecimal(needed)}::numeric, least(${toDecimal(likely)}::numeric, trunc(${MOST_OF_LEFT} * usd, 9)))) AS held
      FROM remaining
    ), noted AS (
      UPDATE model_calls SET reserved = reserved + amount.held, alive_at = clock_timestamp(), ${setTokens(tokens)}
      FROM amount WHERE id = ${call.id} AND settled_at IS NULL RETURNING id
    ), held AS (
      UPDATE agent_sessions AS s SET reserved_cost = s.reserved_cost + amount.held
      FROM amount, session WHERE s.id = session.id AND EXISTS (SELECT 1 FROM noted)
    ), held_back AS (
      UPDATE budgets AS b SET reserved = b.reserved + amount.held
      FROM counted, amount WHERE b.id = counted.id AND EXISTS (SELECT 1 FROM noted)
    )
    SELECT amount.held FROM amount WHERE EXISTS (SELECT 1 FROM noted)`.execute(tx);
  return rows[0] === undefined ? 0n : toNano(rows[0].held);
}

export interface CallEnd {
  id: string;
  outcome: 'done' | 'error' | 'cut' | 'aborted' | 'lost';
  httpStatus: number | null;
  upstream: string | null;
  requestId: string | null;
  firstByteMs: number | null;
  totalMs: number;
  tokens: TokenCounts;
  cost: Nano;
  estimated: boolean;
}

/** What the settled call is counted under. */
export interface Settled {
  sessionId: string;
  agent: string;
  turnId: string | null;
  /** The trace that its turn is part of; null where that has one of its own. */
  traceparent: string | null;
  model: string;
  startedAt: Date;
  /** Budgets that this call brought to a percentage that nobody was told of yet. */
  crossed: (Line & { percent: number })[];
}

const PERCENTAGES = [50, 80, 100];
/** The highest of them that so much of a limit has reached; 0 for none. */
export const percentReached = (spent: Nano, limit: Nano): number =>
  PERCENTAGES.findLast((percent) => spent * 100n >= limit * BigInt(percent)) ?? 0;
const percentOf = (spent: RawBuilder<unknown>, limit: RawBuilder<unknown>) =>
  sql`CASE ${sql.join(
    PERCENTAGES.toReversed().map(
      (percent) => sql`WHEN ${spent} * 100 >= ${limit} * ${sql.lit(percent)} THEN ${sql.lit(percent)}`,
    ),
    sql` `,
  )} ELSE 0 END`;

/**
 * Settles a call, once: its row, its turn's cost, the sums by hour and the budgets. The session's own cost is its caller's to
 * change, who holds its row. Null when it is settled already.
 */
export async function settleCall(tx: Tx, end: CallEnd): Promise<Settled | null> {
  const cost = toDecimal(end.cost);
  const total = NAMES.filter((name) => name !== 'webSearches').reduce((sum, name) => sum + end.tokens[name], 0);
  const { rows } = await sql<{
    sessionId: string;
    agent: string;
    turnId: string | null;
    traceparent: string | null;
    model: string;
    startedAt: Date;
    crossed: (LineRow & { percent: number })[];
  }>`
    WITH before AS MATERIALIZED (
      SELECT * FROM model_calls WHERE id = ${end.id} AND settled_at IS NULL FOR UPDATE
    ), call AS (
      UPDATE model_calls AS c SET settled_at = clock_timestamp(), outcome = ${end.outcome}, http_status = ${end.httpStatus}::int,
        upstream = ${end.upstream}::text, request_id = ${end.requestId}::text, first_byte_ms = ${end.firstByteMs}::int,
        total_ms = ${end.totalMs}::int, cost = ${cost}::numeric, estimated = ${end.estimated}, reserved = 0, ${setTokens(end.tokens)}
      FROM before WHERE c.id = before.id
    ), freed AS (
      UPDATE agent_sessions AS s SET reserved_cost = greatest(0, s.reserved_cost - before.reserved)
      FROM before WHERE s.id = before.session_id AND s.reserved_cost > 0
    ), turn AS (
      UPDATE session_turns AS t SET cost = t.cost + ${cost}::numeric, tokens = t.tokens + ${total}
      FROM before WHERE t.id = before.turn_id RETURNING t.traceparent
    ), hour AS (
      INSERT INTO usage_hours AS u (tenant, hour, session_id, agent, model, key_id, user_id, pattern, tags, calls, ${tokenColumns}, cost, estimated_cost)
      SELECT tenant, date_trunc('hour', started_at, 'UTC'), session_id, agent, model, key_id, user_id, pattern, tags, 1,
             ${sql.join(NAMES.map((name) => sql`${end.tokens[name]}::bigint`))}, ${cost}::numeric,
             CASE WHEN ${end.estimated}::boolean THEN ${cost}::numeric ELSE 0 END
      FROM before
      ON CONFLICT (session_id, hour, agent, model) DO UPDATE SET calls = u.calls + 1, cost = u.cost + excluded.cost,
        estimated_cost = u.estimated_cost + excluded.estimated_cost,
        ${sql.raw(NAMES.map((name) => `${TOKEN_COLUMNS[name]} = u.${TOKEN_COLUMNS[name]} + excluded.${TOKEN_COLUMNS[name]}`).join(', '))}
    ), counted AS MATERIALIZED (
      SELECT b.id, ${spentNow} + ${cost}::numeric AS spent, ${currentPeriod} AS period_start,
             CASE WHEN b.period_start = ${currentPeriod} THEN b.warned ELSE 0 END AS warned, before.reserved
      FROM before, budgets AS b
      WHERE ${countsUnder(sql`before`)}
      ORDER BY b.id FOR NO KEY UPDATE OF b
    ), charged AS (
      UPDATE budgets AS b SET spent = counted.spent, period_start = counted.period_start,
        reserved = greatest(0, b.reserved - counted.reserved),
        warned = greatest(counted.warned, ${percentOf(sql`counted.spent`, sql`b.limit_usd`)})
      FROM counted WHERE b.id = counted.id
      RETURNING b.id AS budget, b.scope, b.label, b.period, b.limit_usd, b.spent, b.warned AS percent, counted.warned AS told
    )
    SELECT session_id, agent, turn_id, model, started_at, (SELECT traceparent FROM turn) AS traceparent, coalesce((
      SELECT json_agg(json_build_object('budget', budget, 'scope', scope, 'label', label, 'period', period,
        'limit', limit_usd::text, 'spent', spent::text, 'percent', percent)) FROM charged WHERE percent > told
    ), '[]') AS crossed FROM before`.execute(tx);
  const row = rows[0];
  if (row === undefined) return null;
  return { ...row, crossed: row.crossed.map(({ percent, ...line }) => ({ ...toLine(line), percent })) };
}

/** Says of open calls that their server still carries them. */
export async function keepCalls(tx: Tx, ids: string[]): Promise<void> {
  await sql`UPDATE model_calls SET alive_at = clock_timestamp() WHERE id = ANY(${ids}::text[]) AND settled_at IS NULL`.execute(
    tx,
  );
}

export interface LostCall {
  id: string;
  sessionId: string;
  price: Price;
  tokens: TokenCounts;
  /** Held back for it; null where nothing limits it. */
  held: Nano | null;
  totalMs: number;
}

/** Open calls whose server has been silent for so long. */
export async function lostCalls(tx: Tx, silentMs: number, limit: number): Promise<LostCall[]> {
  const { rows } = await sql<{
    id: string;
    sessionId: string;
    price: Price;
    held: string | null;
    totalMs: number;
    counts: number[];
  }>`
    SELECT id, session_id, price, nullif(reserved, 0)::text AS held, (extract(epoch FROM alive_at - started_at) * 1000)::int AS total_ms,
           ARRAY[${tokenColumns}]::float8[] AS counts
    FROM model_calls
    WHERE settled_at IS NULL AND alive_at <= (SELECT clock_timestamp() - ${silentMs} * interval '1 millisecond')
    ORDER BY alive_at LIMIT ${limit}`.execute(tx);
  return rows.map(({ counts, held, ...row }) => ({
    ...row,
    held: held === null ? null : toNano(held),
    tokens: Object.fromEntries(NAMES.map((name, n) => [name, counts[n]!])) as unknown as TokenCounts,
  }));
}

/** Removes settled calls that began longer ago, some at a time; the hourly sums stay. @returns how many. */
export async function forgetCalls(tx: Tx, keptMs: number, atOnce: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM model_calls WHERE id IN (
      SELECT id FROM model_calls
      WHERE started_at < now() - ${keptMs} * interval '1 millisecond' AND settled_at IS NOT NULL
      LIMIT ${atOnce})`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
