import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useResolvedTheme } from '../../app/theme.ts';
import { Hover } from './hover.tsx';
import type { TimeChartProps } from './series.ts';
import { intervalTicks } from './ticks.ts';

/** Canvases know no variables: a colour is asked of the document. */
function resolved(color: string, inside: HTMLElement): string {
  const probe = document.createElement('span');
  probe.style.color = color;
  inside.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const bars = uPlot.paths.bars!({ size: [0.78, 56], align: 1 });
const lines = uPlot.paths.linear!();

function dataOf({ intervals: { starts, stepMs }, series, kind }: TimeChartProps): uPlot.AlignedData {
  const xs = starts.map((start) => (kind === 'bars' ? start : start + stepMs / 2) / 1_000);
  if (kind === 'lines') return [xs, ...series.map(({ values }) => values)];
  const below = starts.map(() => 0);
  const heights = series.map(({ values }) =>
    values.map((value, n) => {
      below[n]! += value ?? 0;
      return below[n]!;
    }),
  );
  // The highest is drawn first, and the lower ones over it.
  return [xs, ...heights.toReversed()];
}

/** A chart over time on a canvas. Who cannot see it, or use a mouse, has the table beside it. */
export default function TimeChart(props: TimeChartProps) {
  const { series, kind, intervals, height = 180 } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const theme = useResolvedTheme();
  const [at, setAt] = useState<{ n: number; left: number; width: number } | null>(null);
  const shape = `${kind} ${theme} ${height} ${intervals.stepMs} ${series.map(({ color }) => color).join()}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is all that it is made of; data is set below
  useEffect(() => {
    const element = box.current!;
    const ink = resolved('var(--ink-3)', element);
    const line = resolved('var(--line)', element);
    const colors = series.map(({ color }) => resolved(color, element));
    const drawn = kind === 'bars' ? colors.toReversed() : colors;
    const axis = { stroke: ink, font: '11px "Geist Variable", sans-serif', ticks: { show: false } };
    const { starts, stepMs } = intervals;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { points: { show: false }, x: false, y: false, drag: { x: false, y: false } },
        scales: {
          x: {
            range: () => {
              const { starts } = latest.current.intervals;
              return [starts[0]! / 1_000, (starts.at(-1)! + stepMs) / 1_000];
            },
          },
          y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
        },
        series: [
          {},
          ...drawn.map((color) =>
            kind === 'bars'
              ? { fill: color, width: 0, paths: bars, points: { show: false } }
              : { stroke: color, width: 1.5, paths: lines, spanGaps: true, points: { size: 4, fill: color } },
          ),
        ],
        axes: [
          { ...axis, grid: { show: false }, size: 24, ...intervalTicks(starts, stepMs) },
          {
            ...axis,
            grid: { stroke: line, width: 1 },
            gap: 6,
            space: 36,
            size: (plot, values) => {
              plot.ctx.font = axis.font;
              const widest = Math.max(0, ...(values ?? []).map((text) => plot.ctx.measureText(text).width));
              return Math.ceil(widest / devicePixelRatio) + 14;
            },
            values: (_plot, ticks) => ticks.map((tick) => latest.current.format(tick)),
          },
        ],
        hooks: {
          setCursor: [
            (plot) => {
              const { left = -10 } = plot.cursor;
              const { starts } = latest.current.intervals;
              if (left < 0) return setAt(null);
              const n = Math.floor((plot.posToVal(left, 'x') * 1_000 - starts[0]!) / stepMs);
              if (n < 0 || n >= starts.length) return setAt(null);
              const [from, to] = [starts[n]!, starts[n]! + stepMs].map((ms) => plot.valToPos(ms / 1_000, 'x'));
              const over = plot.over.offsetLeft;
              setAt({ n, left: over + from!, width: to! - from! });
            },
          ],
        },
      },
      dataOf(latest.current),
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [shape]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again when there is something else to draw
  useEffect(() => chart.current?.setData(dataOf(latest.current)), [series, intervals]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: by key, the table beside it leads to the same
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div
      className="relative"
      style={{ height, cursor: props.onPick !== undefined && at !== null ? 'pointer' : 'default' }}
      onClick={() => at !== null && props.onPick?.(at.n)}
    >
      <div ref={box} aria-hidden className="absolute inset-0 overflow-hidden" />
      {at !== null && <Hover {...props} at={at} height={height} />}
    </div>
  );
}
