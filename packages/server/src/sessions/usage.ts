/** What was spent, and the budgets beside those of sessions. */
import { record } from '../access/actor.ts';
import { DEFAULT_TENANT } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import { toNano, toUsd } from '../model/money.ts';
import type {
  BudgetRequest,
  BudgetView,
  LatencyQuery,
  LatencyResponse,
  UsageQuery,
  UsageResponse,
  UsageSumsView,
} from '../model/usage.ts';
import { type BudgetRecord, dropBudget, listBudgets, putBudget } from '../store/budgets.ts';
import { transact } from '../store/database.ts';
import { readLatency } from '../store/latency.ts';
import { groupUsage, totalUsage, type UsageSums } from '../store/usage.ts';
import type { Engine } from './engine.ts';

const viewSums = ({ calls, tokens, cost, estimatedCost }: UsageSums): UsageSumsView => ({
  calls,
  inputTokens: tokens.input,
  outputTokens: tokens.output,
  cacheWrite5mTokens: tokens.cacheWrite5m,
  cacheWrite1hTokens: tokens.cacheWrite1h,
  cacheReadTokens: tokens.cacheRead,
  webSearches: tokens.webSearches,
  cost: toUsd(cost),
  estimatedCost: toUsd(estimatedCost),
});

export async function usage(engine: Engine, tenant: string, query: UsageQuery): Promise<UsageResponse> {
  const { db } = engine.database;
  const [total, found] = await Promise.all([
    totalUsage(db, tenant, query),
    groupUsage(db, tenant, query, query.limit + 1),
  ]);
  return {
    groupBy: query.groupBy,
    rows: found.slice(0, query.limit).map(({ group, ...sums }) => ({ ...group, ...viewSums(sums) })),
    total: viewSums(total),
    more: found.length > query.limit,
  };
}

export async function latency(engine: Engine, tenant: string, query: LatencyQuery): Promise<LatencyResponse> {
  const found = await readLatency(engine.database.db, tenant, query);
  const { start: _, ...total } = found.at(-1)!;
  const rows = found.slice(0, -1).map(({ start, ...row }) => ({ start: start!.toISOString(), ...row }));
  return { interval: query.interval, rows, total };
}

const viewBudget = ({
  id,
  scope,
  label,
  period,
  limit,
  spent,
  reserved,
  periodStart,
  periodEnd,
}: BudgetRecord): BudgetView => ({
  id,
  scope,
  ...(scope === 'all' || scope === 'installation' ? {} : { [scope === 'user' ? 'userId' : 'keyId']: label }),
  period,
  limitUsd: toUsd(limit),
  spentUsd: toUsd(spent),
  reservedUsd: toUsd(reserved),
  periodStart: periodStart?.toISOString() ?? null,
  periodEnd: periodEnd?.toISOString() ?? null,
});

export async function budgets(engine: Engine, tenant: string): Promise<BudgetView[]> {
  return (await listBudgets(engine.database.db, tenant)).map(viewBudget);
}

/**
 * Sets one, in place of the one that there is for the same scope and period.
 * @throws RiggerError `forbidden` for the whole installation's, which is the operator's.
 */
export async function setBudget(engine: Engine, tenant: string, request: BudgetRequest): Promise<BudgetView> {
  const { scope, period, limitUsd } = request;
  if (scope === 'installation' && tenant !== DEFAULT_TENANT)
    throw new RiggerError('forbidden', {
      detail: 'What all tenants may spend together is the operator’s to set.',
      extra: { needs: `a key of the tenant ${DEFAULT_TENANT}` },
    });
  const label = request.scope === 'user' ? request.userId : request.scope === 'key' ? request.keyId : '';
  const budget = { id: newId('budget'), tenant, scope, label, period, limit: toNano(limitUsd) };
  return transact(engine.database.db, async (tx) => {
    const set = viewBudget(await putBudget(tx, budget));
    await record(tx, { target: set.id, after: set });
    return set;
  });
}

/** @throws RiggerError `budget_not_found`. */
export async function removeBudget(engine: Engine, tenant: string, id: string): Promise<void> {
  await transact(engine.database.db, async (tx) => {
    const dropped = await dropBudget(tx, tenant, id);
    if (dropped === null) throw new RiggerError('budget_not_found', { extra: { id } });
    await record(tx, { target: id, before: viewBudget(dropped) });
  });
}
