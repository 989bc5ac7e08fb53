/** What was spent and what may be, as the HTTP contract shows it. */
import { z } from 'zod';
import { sessionPattern } from './session.ts';

export const USAGE_GROUPS = ['session', 'agent', 'user', 'key', 'tag', 'model', 'pattern', 'day', 'hour'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];
const group = z.enum(USAGE_GROUPS);

const time = z.iso.datetime({ offset: true });
/** Beyond so many rows an answer is cut, and says so. */
export const USAGE_ROWS = 10_000;

export const usageQuery = z.strictObject({
  groupBy: z
    .union([z.string(), z.array(z.string())])
    .default('day')
    .transform((value) => [...new Set(Array.isArray(value) ? value : value.split(',').map((one) => one.trim()))])
    .pipe(z.array(group).min(1).max(4))
    .describe(`One or several of ${USAGE_GROUPS.join(', ')}, with commas between.`),
  from: time.optional().describe('The hour of this time is the first that counts.'),
  to: time.optional().describe('Hours that begin before this time count.'),
  sessionId: z.string().optional(),
  agent: z.string().optional(),
  userId: z.string().optional(),
  keyId: z.string().optional(),
  tag: z.string().optional(),
  model: z.string().optional(),
  pattern: sessionPattern.optional(),
  limit: z.coerce.number().int().min(1).max(USAGE_ROWS).default(1_000),
  format: z.enum(['json', 'csv']).optional().describe('`csv` is also given for `Accept: text/csv`.'),
});
export type UsageQuery = z.output<typeof usageQuery>;

const count = z.int().nonnegative();
const sums = z.object({
  calls: count,
  inputTokens: count,
  outputTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
  cacheReadTokens: count,
  webSearches: count,
  cost: z.number().describe('USD.'),
  estimatedCost: z.number().describe('The part of it that the provider has not said, as of calls that broke off.'),
});
export type UsageSumsView = z.infer<typeof sums>;
const name = z.string().nullable().optional();
export const usageRow = sums.extend(
  Object.fromEntries(USAGE_GROUPS.map((one) => [one, name])) as Record<UsageGroup, typeof name>,
);
export const usageResponse = z
  .object({
    groupBy: z.array(group),
    rows: z.array(usageRow),
    total: sums.describe('Everything that matches, each call once.'),
    more: z.boolean().describe('There are more rows than `limit`.'),
  })
  .meta({ id: 'Usage' });
export type UsageResponse = z.infer<typeof usageResponse>;

export const latencyQuery = z.strictObject({
  from: time.optional().describe('Calls that began at or after this time; by default 24 hours ago.'),
  to: time.optional().describe('Calls that began before this time.'),
  interval: z.enum(['hour', 'day']).default('hour').describe('Those of UTC.'),
  sessionId: z.string().optional(),
  userId: z.string().optional(),
  tag: z.string().optional(),
  model: z.string().optional(),
  pattern: sessionPattern.optional(),
});
export type LatencyQuery = z.output<typeof latencyQuery>;

const percentiles = z.object({ p50: z.number(), p95: z.number() });
const latency = z.object({
  calls: count,
  firstByteMs: percentiles.nullable().describe('From the call to the first byte of its answer; null without calls.'),
  totalMs: percentiles.nullable().describe('To the last byte.'),
});
export type LatencyView = z.infer<typeof latency>;
export const latencyResponse = z
  .object({
    interval: z.enum(['hour', 'day']),
    rows: z
      .array(latency.extend({ start: z.iso.datetime() }))
      .describe('In order of time; none where nothing was called.'),
    total: latency,
  })
  .meta({ id: 'Latency' });
export type LatencyResponse = z.infer<typeof latencyResponse>;

export const BUDGET_SCOPES = ['user', 'key', 'all', 'installation'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];
export const BUDGET_PERIODS = ['day', 'month', 'total'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

const label = z.string().min(1).max(255);
const period = z.enum(BUDGET_PERIODS).describe('Days and months are those of UTC.');
const limitUsd = z.number().nonnegative().max(1_000_000_000);
export const budgetRequest = z
  .discriminatedUnion('scope', [
    z.strictObject({ scope: z.literal('user'), userId: label, period, limitUsd }),
    z.strictObject({ scope: z.literal('key'), keyId: label, period, limitUsd }),
    z.strictObject({ scope: z.literal('all').describe('The whole tenant.'), period, limitUsd }),
    z.strictObject({
      scope: z.literal('installation').describe('All tenants together; the operator’s.'),
      period,
      limitUsd,
    }),
  ])
  .meta({ id: 'BudgetRequest' });
export type BudgetRequest = z.infer<typeof budgetRequest>;
export const budgetView = z
  .object({
    id: z.string(),
    scope: z.enum(BUDGET_SCOPES),
    userId: z.string().optional(),
    keyId: z.string().optional(),
    period,
    limitUsd: z.number(),
    spentUsd: z.number(),
    reservedUsd: z.number().describe('Held back for model calls under way.'),
    periodStart: z.iso.datetime().nullable(),
    periodEnd: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Budget' });
export type BudgetView = z.infer<typeof budgetView>;
