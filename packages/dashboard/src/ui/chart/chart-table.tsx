import type { TimeChartProps } from './series.ts';
import { sumOf } from './series.ts';
import { intervalName } from './ticks.ts';

/** What a chart shows, in figures; the newest first. */
export function ChartTable({ intervals: { starts, stepMs }, series, kind, format, height, onPick }: TimeChartProps) {
  const total = kind === 'bars' && series.length > 1;
  const cell = 'tnum whitespace-nowrap px-2 py-1 text-right';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <div className="overflow-auto" style={{ maxHeight: height }} tabIndex={0}>
      <table className="w-full border-collapse text-xs">
        <thead className="sticky top-0 bg-surface text-ink-3">
          <tr>
            <th scope="col" className="px-2 py-1 text-left font-normal">
              {stepMs >= 86_400_000 ? 'Day (UTC)' : 'Hour'}
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="max-w-40 truncate px-2 py-1 text-right font-normal">
                {name}
              </th>
            ))}
            {total && (
              <th scope="col" className="px-2 py-1 text-right font-normal">
                Together
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {starts
            .map((start, n) => [start, n] as const)
            .toReversed()
            .map(([start, n]) => (
              <tr key={start} className="border-t">
                <th scope="row" className="whitespace-nowrap px-2 py-1 text-left font-normal text-ink-2">
                  {onPick === undefined ? (
                    intervalName(start, stepMs)
                  ) : (
                    <button type="button" className="hover:text-ink hover:underline" onClick={() => onPick(n)}>
                      {intervalName(start, stepMs)}
                    </button>
                  )}
                </th>
                {series.map(({ name, values }) => (
                  <td key={name} className={cell}>
                    {values[n] === null || values[n] === undefined ? '–' : format(values[n])}
                  </td>
                ))}
                {total && <td className={cell}>{format(sumOf(series, n))}</td>}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
