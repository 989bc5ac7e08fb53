import { ChartColumn, Table2 } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Button } from '../button.tsx';
import { Section } from '../section.tsx';
import { Skeleton } from '../states.tsx';
import { Tooltip } from '../tooltip.tsx';
import { ChartTable } from './chart-table.tsx';
import type { TimeChartProps } from './series.ts';
import { sumOf } from './series.ts';
import { intervalName } from './ticks.ts';

const TimeChart = lazy(() => import('./time-chart.tsx'));

/** A chart with its title, its legend, and the same as a table for who would rather read. */
export function ChartCard({
  title,
  beside,
  action,
  id,
  empty,
  loading = false,
  ...chart
}: TimeChartProps & {
  title: string;
  beside?: ReactNode;
  action?: ReactNode;
  id?: string;
  /** What is said where there is nothing to draw. */
  empty: string;
  loading?: boolean;
}) {
  const [asTable, setAsTable] = useState(false);
  const { series, height = 180, intervals } = chart;
  const isEmpty = !loading && sumOf(series) === 0;
  return (
    <Section
      title={title}
      beside={beside}
      {...(id === undefined ? {} : { id })}
      action={
        <>
          {action}
          <Tooltip label={asTable ? 'As a chart' : 'As a table'}>
            <Button
              look="ghost"
              size="iconSm"
              aria-label={`${title}: as a ${asTable ? 'chart' : 'table'}`}
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? <ChartColumn /> : <Table2 />}
            </Button>
          </Tooltip>
        </>
      }
    >
      <div className="rounded-lg border bg-surface p-3">
        {series.length > 1 && !asTable && <Legend series={series} />}
        {loading ? (
          <Skeleton className="w-full" style={{ height }} />
        ) : asTable ? (
          <ChartTable {...chart} height={height} />
        ) : (
          <figure aria-label={summary(title, chart)} className="relative">
            <Suspense fallback={<div style={{ height }} />}>
              <TimeChart {...chart} height={height} />
            </Suspense>
            {isEmpty && <p className="absolute inset-0 flex items-center justify-center text-ink-3 text-sm">{empty}</p>}
          </figure>
        )}
        {intervals.stepMs >= 86_400_000 && !asTable && <p className="sr-only">Days are those of UTC.</p>}
      </div>
    </Section>
  );
}

const Legend = ({ series }: Pick<TimeChartProps, 'series'>) => (
  <ul className="mb-1 flex flex-wrap gap-x-4 gap-y-1 px-1">
    {series.map(({ name, color }) => (
      <li key={name} className="flex min-w-0 items-center gap-1.5 text-ink-2 text-xs">
        <span className="size-2 shrink-0 rounded-xs" style={{ background: color }} aria-hidden />
        <span className="truncate">{name}</span>
      </li>
    ))}
  </ul>
);

/** The chart in one sentence. */
function summary(title: string, { intervals: { starts, stepMs }, series, format }: TimeChartProps): string {
  const totals = starts.map((_, n) => sumOf(series, n));
  const most = totals.indexOf(Math.max(...totals));
  return `${title}, ${starts.length} ${stepMs >= 86_400_000 ? 'days' : 'hours'}; the most is ${format(totals[most] ?? 0)}, ${intervalName(starts[most] ?? 0, stepMs)}`;
}
