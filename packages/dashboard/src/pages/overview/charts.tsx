import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { latencyQuery } from '../../api/queries.ts';
import { money } from '../../format/money.ts';
import { PATTERN_WORDS } from '../../format/status.ts';
import { duration } from '../../format/time.ts';
import { ChartCard } from '../../ui/chart/chart-card.tsx';
import { type Intervals, toSeries } from '../../ui/chart/series.ts';
import { Failed } from '../../ui/states.tsx';
import { useLastDay, useSpend } from './day.ts';

/** To what was spent in one interval, session by session. */
function useGoToHour(hours: Intervals) {
  const navigate = useNavigate();
  return (n: number) => {
    const [from, to] = [hours.starts[n]!, hours.starts[n]! + hours.stepMs].map((ms) => new Date(ms).toISOString());
    void navigate({ to: '/usage', search: { from: from!, to: to!, by: 'session' } });
  };
}

export function SpendChart() {
  const { hours, data, error } = useSpend();
  const go = useGoToHour(hours);
  const series = useMemo(
    () =>
      toSeries(
        data?.rows.map(({ hour, pattern, cost }) => ({
          at: Date.parse(hour ?? ''),
          name: pattern === null || pattern === undefined ? 'Unknown' : PATTERN_WORDS[pattern as 'hybrid'],
          value: cost,
        })) ?? [],
        hours,
      ),
    [data, hours],
  );
  if (error !== null && data === undefined) return <Failed error={error} />;
  return (
    <ChartCard
      title="Spend by hour"
      beside={data && `${money(data.total.cost)} in 24 hours`}
      intervals={hours}
      series={series}
      kind="bars"
      format={money}
      height={160}
      loading={data === undefined}
      empty="Nothing was spent in 24 hours."
      onPick={go}
    />
  );
}

export function LatencyChart() {
  const { hours, from } = useLastDay();
  const { data, error } = useQuery(latencyQuery({ from }));
  const series = useMemo(() => {
    const byStart = new Map(data?.rows.map((row) => [Date.parse(row.start), row.firstByteMs]));
    const values = (name: 'p50' | 'p95') => hours.starts.map((start) => byStart.get(start)?.[name] ?? null);
    return [
      { name: 'Median', color: 'var(--accent)', values: values('p50') },
      { name: '95 %', color: 'var(--ink-3)', values: values('p95') },
    ];
  }, [data, hours]);
  if (error !== null && data === undefined) return <Failed error={error} />;
  return (
    <ChartCard
      title="Time to first token"
      beside={
        data && `${data.total.calls === 0 ? 'no' : data.total.calls.toLocaleString('en-US')} model calls in 24 hours`
      }
      intervals={hours}
      series={series}
      kind="lines"
      format={duration}
      height={140}
      loading={data === undefined}
      empty="No model call in 24 hours."
    />
  );
}
