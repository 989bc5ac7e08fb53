/** What of the page is in its address: the time, by what it is divided, and what is looked at alone. Pure. */
import type { UsageQuery } from '../../api/types.ts';
import { DAY_MS, HOUR_MS, type Intervals, intervals } from '../../ui/chart/series.ts';

export const RANGES = ['today', '24h', '7d', '30d', '90d'] as const;
export type Range = (typeof RANGES)[number];
export const GROUPS = ['pattern', 'model', 'user', 'tag', 'session'] as const;
export type Group = (typeof GROUPS)[number];
export const MEASURES = ['cost', 'tokens', 'calls'] as const;
export type Measure = (typeof MEASURES)[number];
/** By what it can be looked at alone. */
export const FILTERS = ['pattern', 'model', 'user', 'tag', 'session'] as const;
export type FilterName = (typeof FILTERS)[number];

export interface UsageSearch {
  range?: Range;
  /** Both as ISO 8601: they go before `range`. */
  from?: string;
  to?: string;
  by?: Group;
  measure?: Measure;
  pattern?: string;
  model?: string;
  user?: string;
  tag?: string;
  session?: string;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
const time = (value: unknown): string | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
const oneOf = <T extends string>(names: readonly T[], value: unknown): T | undefined =>
  names.find((name) => name === value);

export function readSearch(search: Record<string, unknown>): UsageSearch {
  const [from, to] = [time(search.from), time(search.to)];
  const isTime = from !== undefined && (to === undefined || to > from);
  const found = {
    range: oneOf(RANGES, search.range),
    from: isTime ? from : undefined,
    to: isTime ? to : undefined,
    by: oneOf(GROUPS, search.by),
    measure: oneOf(MEASURES, search.measure),
    ...Object.fromEntries(FILTERS.map((name) => [name, text(search[name])])),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as UsageSearch;
}

const DAYS: Record<Exclude<Range, 'today' | '24h'>, number> = { '7d': 7, '30d': 30, '90d': 90 };
/** Up to so long, hours are told apart; beyond, days. */
const HOURS_UP_TO_MS = 49 * HOUR_MS;

export interface Span {
  from: string;
  /** Absent: until now. */
  to?: string;
  steps: Intervals;
}

/** The time that is looked at. Hours begin on the hour and days on those of UTC, as they are counted. */
export function spanOf({ range = '7d', from, to }: UsageSearch, now: number): Span {
  if (from !== undefined) {
    const end = to === undefined ? now : Date.parse(to);
    const stepMs = end - Date.parse(from) <= HOURS_UP_TO_MS ? HOUR_MS : DAY_MS;
    return { from, ...(to === undefined ? {} : { to }), steps: intervals(Date.parse(from), end, stepMs) };
  }
  const [begin, stepMs] =
    range === 'today'
      ? [new Date(now).setHours(0, 0, 0, 0), HOUR_MS]
      : range === '24h'
        ? [Math.floor(now / HOUR_MS) * HOUR_MS - 23 * HOUR_MS, HOUR_MS]
        : [Math.floor(now / DAY_MS) * DAY_MS - (DAYS[range] - 1) * DAY_MS, DAY_MS];
  const steps = intervals(begin, now, stepMs);
  return { from: new Date(steps.starts[0]!).toISOString(), steps };
}

/** What is looked at alone, as the server is asked. */
export const filtersOf = ({ pattern, model, user, tag, session }: UsageSearch): Partial<UsageQuery> =>
  ({
    ...(pattern === undefined ? {} : { pattern }),
    ...(model === undefined ? {} : { model }),
    ...(user === undefined ? {} : { userId: user }),
    ...(tag === undefined ? {} : { tag }),
    ...(session === undefined ? {} : { sessionId: session }),
  }) as Partial<UsageQuery>;
