import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { latencyQuery, usageQuery } from '../../api/queries.ts';
import type { UsageQuery } from '../../api/types.ts';
import { useNow } from '../../app/now.ts';
import { useTitle } from '../../app/title.ts';
import { duration } from '../../format/time.ts';
import { Button } from '../../ui/button.tsx';
import { ChartCard } from '../../ui/chart/chart-card.tsx';
import { DAY_MS, sumOf, toSeries } from '../../ui/chart/series.ts';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody } from '../../ui/section.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Failed } from '../../ui/states.tsx';
import { Breakdown } from './breakdown.tsx';
import { Budgets } from './budgets.tsx';
import { Filters } from './filters.tsx';
import { GROUP_NAMES, groupValue, wordOf } from './groups.tsx';
import { MEASURE } from './measures.ts';
import { RangePicker } from './range-picker.tsx';
import { filtersOf, MEASURES, type Span, spanOf, type UsageSearch } from './search.ts';
import { Statuses } from './statuses.tsx';
import { Totals } from './totals.tsx';

const route = getRouteApi('/usage');
/** So many rows are shown; the CSV has more. */
const ROWS = 200;

/** What was spent, when, on what and for whom; and what may be. */
export function UsagePage() {
  useTitle('Usage');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { by = 'pattern', measure = 'cost' } = search;
  const now = useNow(60_000);
  const { range, from, to } = search;
  const span = useMemo(() => spanOf({ range, from, to } as UsageSearch, now), [range, from, to, now]);
  const time: Partial<UsageQuery> = { from: span.from, ...(span.to === undefined ? {} : { to: span.to }) };
  const asked = { ...filtersOf(search), ...time };
  const step = span.steps.stepMs >= DAY_MS ? ('day' as const) : ('hour' as const);
  // Sessions are too many to be told apart in a chart.
  const divided = by === 'session' ? step : `${step},${by}`;
  const chart = useQuery(usageQuery({ ...asked, groupBy: divided, limit: 10_000 }));
  const groups = useQuery(
    usageQuery({ ...asked, groupBy: by === 'session' ? 'session,pattern,user' : by, limit: ROWS }),
  );
  const { of, format, name } = MEASURE[measure];
  const series = useMemo(() => {
    const found = toSeries(
      chart.data?.rows.map((row) => ({
        at: Date.parse((step === 'day' ? row.day : row.hour) ?? ''),
        name: by === 'session' ? name : wordOf(by, groupValue(row, by)),
        value: of(row),
      })) ?? [],
      span.steps,
    );
    return found.length > 0 ? found : toSeries([{ at: span.steps.starts[0]!, name, value: 0 }], span.steps);
  }, [chart.data, span, step, by, of, name]);
  const set = (change: Partial<UsageSearch>) => void navigate({ search: (before) => ({ ...before, ...change }) });
  const csv = new URLSearchParams({ ...asked, groupBy: `${step},${by}`, limit: '10000', format: 'csv' } as Record<
    string,
    string
  >);
  const error = chart.error ?? groups.error;
  return (
    <>
      <PageHeader
        title="Usage"
        actions={
          <>
            <RangePicker search={search} />
            <Button asChild>
              <a href={`/api/usage?${csv}`} download={`usage-by-${by}.csv`}>
                <Download /> CSV
              </a>
            </Button>
          </>
        }
      />
      <Filters search={search} />
      <PageBody className="space-y-6">
        {error !== null && chart.data === undefined ? (
          <Failed error={error} onRetry={() => void chart.refetch().then(() => groups.refetch())} />
        ) : (
          <>
            <Totals total={chart.data?.total} />
            <ChartCard
              title={`${name} by ${step}${by === 'session' ? '' : ` and ${GROUP_NAMES[by].toLowerCase()}`}`}
              beside={
                by === 'tag'
                  ? 'A session with several tags counts for each.'
                  : step === 'day'
                    ? 'Days are those of UTC.'
                    : undefined
              }
              action={
                <Segments
                  label="What is drawn"
                  value={measure}
                  options={MEASURES.map((one) => [one, MEASURE[one].name])}
                  onChange={(next) => set({ measure: next })}
                />
              }
              intervals={span.steps}
              series={series}
              kind="bars"
              format={format}
              height={220}
              loading={chart.data === undefined}
              empty="Nothing was spent in this time."
              onPick={(n) => {
                const start = span.steps.starts[n]!;
                const [from, to] = [start, start + span.steps.stepMs].map((ms) => new Date(ms).toISOString());
                // From days to hours, from an hour to its sessions.
                set({ from: from!, to: to!, ...(step === 'hour' ? { by: 'session' } : {}) });
              }}
            />
            <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_minmax(20rem,26rem)]">
              <Breakdown by={by} search={search} data={groups.data} colors={sumOf(series) === 0 ? [] : series} />
              <div className="min-w-0 space-y-6">
                <Statuses search={search} time={time} />
                <Latency span={span} search={search} step={step} />
              </div>
            </div>
          </>
        )}
        <Budgets />
      </PageBody>
    </>
  );
}

function Latency({ span, search, step }: { span: Span; search: UsageSearch; step: 'hour' | 'day' }) {
  const { data, error } = useQuery(
    latencyQuery({
      ...filtersOf(search),
      from: span.from,
      ...(span.to === undefined ? {} : { to: span.to }),
      interval: step,
    } as Parameters<typeof latencyQuery>[0]),
  );
  const series = useMemo(() => {
    const at = new Map(data?.rows.map((row) => [Date.parse(row.start), row.firstByteMs]));
    const values = (name: 'p50' | 'p95') => span.steps.starts.map((start) => at.get(start)?.[name] ?? null);
    return [
      { name: 'Median', color: 'var(--accent)', values: values('p50') },
      { name: '95 %', color: 'var(--ink-3)', values: values('p95') },
    ];
  }, [data, span]);
  if (error !== null && data === undefined) return <Failed error={error} />;
  return (
    <ChartCard
      id="latency"
      title="Time to first token"
      beside={data?.total.firstByteMs ? `median ${duration(data.total.firstByteMs.p50)}` : undefined}
      intervals={span.steps}
      series={series}
      kind="lines"
      format={duration}
      height={150}
      loading={data === undefined}
      empty="No model call is known of this time."
    />
  );
}
