import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '../../api/queries.ts';
import { useNow } from '../../app/now.ts';
import { HOUR_MS, type Intervals, intervals } from '../../ui/chart/series.ts';

/** The last 24 hours, the one that runs included. They move when an hour is over. */
export function useLastDay(): { hours: Intervals; from: string } {
  const now = useNow(60_000);
  const hours = intervals(Math.floor(now / HOUR_MS) * HOUR_MS - 23 * HOUR_MS, now, HOUR_MS);
  return { hours, from: new Date(hours.starts[0]!).toISOString() };
}

/** What the last 24 hours cost, by hour and pattern. */
export function useSpend() {
  const { hours, from } = useLastDay();
  return { hours, ...useQuery(usageQuery({ groupBy: 'hour,pattern', from }, 5_000)) };
}

/** When today began, for the reader. */
export function midnight(now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
