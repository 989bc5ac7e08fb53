import type { TimeChartProps } from './series.ts';
import { sumOf } from './series.ts';
import { intervalName } from './ticks.ts';

/** What is below the pointer: the interval, and each value in it. */
export function Hover({
  intervals: { starts, stepMs },
  series,
  kind,
  format,
  at: { n, left, width },
  height,
}: TimeChartProps & { at: { n: number; left: number; width: number }; height: number }) {
  const isRight = n > starts.length / 2;
  const total = kind === 'bars' && series.length > 1;
  return (
    <>
      <div className="pointer-events-none absolute top-2 bg-ink/5" style={{ left, width, height: height - 32 }} />
      <div
        className="pointer-events-none absolute top-1 z-10 min-w-32 rounded-md border bg-raised px-2.5 py-1.5 text-xs shadow-pop"
        style={isRight ? { right: `calc(100% - ${left - 8}px)` } : { left: left + width + 8 }}
      >
        <p className="mb-1 whitespace-nowrap text-ink-3">{intervalName(starts[n]!, stepMs)}</p>
        {series.map(({ name, color, values }) => (
          <Value key={name} name={name} color={color} value={values[n] ?? null} format={format} />
        ))}
        {total && <Value name="Together" value={sumOf(series, n)} format={format} />}
      </div>
    </>
  );
}

const Value = ({
  name,
  color,
  value,
  format,
}: {
  name: string;
  color?: string;
  value: number | null;
  format: (value: number) => string;
}) => (
  <p className="flex items-center gap-2 whitespace-nowrap">
    {color !== undefined && <span className="size-2 shrink-0 rounded-xs" style={{ background: color }} />}
    <span className="max-w-40 truncate text-ink-2">{name}</span>
    <span className="tnum ml-auto pl-3 font-medium">{value === null ? '–' : format(value)}</span>
  </p>
);
