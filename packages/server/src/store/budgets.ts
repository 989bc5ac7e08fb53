import { sql } from 'kysely';
import { type Nano, toDecimal, toNano } from '../model/money.ts';
import type { BudgetPeriod, BudgetScope } from '../model/usage.ts';
import type { Tx } from './database.ts';

export interface BudgetRecord {
  id: string;
  tenant: string;
  scope: BudgetScope;
  label: string;
  period: BudgetPeriod;
  limit: Nano;
  spent: Nano;
  reserved: Nano;
  /** When its period began and ends; null for one without. */
  periodStart: Date | null;
  periodEnd: Date | null;
}

type Row = Omit<BudgetRecord, 'limit' | 'spent' | 'reserved'> & { limit: string; spent: string; reserved: string };
const start = sql`CASE period WHEN 'total' THEN NULL ELSE date_trunc(period, now(), 'UTC') END`;
const columns = sql`id, tenant, scope, label, period, limit_usd AS "limit",
  CASE WHEN period = 'total' OR period_start = ${start} THEN spent ELSE 0 END AS spent, reserved, ${start} AS period_start,
  CASE period WHEN 'total' THEN NULL ELSE date_trunc(period, now(), 'UTC') + ('1 ' || period)::interval END AS period_end`;
const fromRow = (row: Row): BudgetRecord => ({
  ...row,
  limit: toNano(row.limit),
  spent: toNano(row.spent),
  reserved: toNano(row.reserved),
});

export async function listBudgets(tx: Tx, tenant: string): Promise<BudgetRecord[]> {
  const { rows } =
    await sql<Row>`SELECT ${columns} FROM budgets WHERE tenant = ${tenant} ORDER BY scope, label, period`.execute(tx);
  return rows.map(fromRow);
}

/**
 * Sets what may be spent by a scope in a period. A new one begins with what was spent in that period so far; no call is settled
 * meanwhile, for it would be counted twice or not at all.
 */
export async function putBudget(
  tx: Tx,
  {
    id,
    tenant,
    scope,
    label,
    period,
    limit,
  }: Pick<BudgetRecord, 'id' | 'tenant' | 'scope' | 'label' | 'period' | 'limit'>,
): Promise<BudgetRecord> {
  await sql`LOCK TABLE budgets IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
  const own = sql`u.tenant = ${tenant}`;
  const whose = {
    user: sql`${own} AND u.user_id = ${label}`,
    key: sql`${own} AND u.key_id = ${label}`,
    all: own,
    installation: sql`true`,
  }[scope];
  const since = period === 'total' ? sql`'-infinity'::timestamptz` : sql`date_trunc(${period}::text, now(), 'UTC')`;
  const { rows } = await sql<Row>`
    INSERT INTO budgets AS b (id, tenant, scope, label, period, limit_usd, period_start, spent)
    SELECT ${id}::text, ${tenant}::text, ${scope}::text, ${label}::text, ${period}::text, ${toDecimal(limit)}::numeric, ${since},
           coalesce((SELECT sum(u.cost) FROM usage_hours AS u WHERE ${whose} AND u.hour >= ${since}), 0)
    ON CONFLICT (tenant, scope, label, period) DO UPDATE SET limit_usd = excluded.limit_usd, warned = 0
    RETURNING ${columns}`.execute(tx);
  return fromRow(rows[0]!);
}

/** @returns the one there was; null where there was none. */
export async function dropBudget(tx: Tx, tenant: string, id: string): Promise<BudgetRecord | null> {
  const { rows } = await sql<Row>`
    DELETE FROM budgets WHERE tenant = ${tenant} AND id = ${id} RETURNING ${columns}`.execute(tx);
  return rows[0] === undefined ? null : fromRow(rows[0]);
}
