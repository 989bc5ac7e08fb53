/** What a chart over time shows. Pure. */
export interface Series {
  name: string;
  /** A colour of the styles, as `var(--accent)`. */
  color: string;
  /** One for each interval; null where there is none. */
  values: (number | null)[];
}

/** Intervals of equal length without a gap: when each begins, in milliseconds. */
export interface Intervals {
  starts: number[];
  stepMs: number;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** The intervals of UTC from that in which `from` is to that in which `to` is; `to` itself belongs to the next. */
export function intervals(from: number, to: number, stepMs: number): Intervals {
  const first = Math.floor(from / stepMs) * stepMs;
  const count = Math.max(1, Math.ceil((to - first) / stepMs));
  return { starts: Array.from({ length: count }, (_, n) => first + n * stepMs), stepMs };
}

/** Shades of the one accent colour, the strongest first; what is beyond them is grey. */
const SHADES = [100, 74, 54, 38, 26];
export const MOST_SERIES = SHADES.length;
export const shade = (n: number): string =>
  n < SHADES.length ? `color-mix(in oklab, var(--accent) ${SHADES[n]}%, var(--surface))` : 'var(--line-strong)';

interface Part {
  at: number;
  name: string;
  value: number;
}

/**
 * The largest names as series of their own, all others as one. Their values stand in the interval that they fall into; what
 * falls into none is left out.
 */
export function toSeries(parts: Part[], { starts, stepMs }: Intervals, other = 'Other'): Series[] {
  const first = starts[0]!;
  const within = parts.filter(({ at }) => at >= first && at < starts.at(-1)! + stepMs);
  const totals = new Map<string, number>();
  for (const { name, value } of within) totals.set(name, (totals.get(name) ?? 0) + value);
  const names = [...totals].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
  const shown = names.length > MOST_SERIES ? names.slice(0, MOST_SERIES - 1) : names;
  const rows = new Map(shown.map((name) => [name, starts.map(() => 0)]));
  const rest = starts.map(() => 0);
  for (const { at, name, value } of within) (rows.get(name) ?? rest)[Math.floor((at - first) / stepMs)]! += value;
  return [
    ...[...rows].map(([name, values], n) => ({ name, values, color: shade(n) })),
    ...(names.length > shown.length ? [{ name: other, values: rest, color: shade(MOST_SERIES) }] : []),
  ];
}

export const sumOf = (series: Series[], n?: number): number =>
  series.reduce(
    (sum, { values }) => sum + (n === undefined ? values.reduce<number>((a, b) => a + (b ?? 0), 0) : (values[n] ?? 0)),
    0,
  );

export interface TimeChartProps {
  intervals: Intervals;
  series: Series[];
  /** Bars stand on one another; lines do not. */
  kind: 'bars' | 'lines';
  format: (value: number) => string;
  height?: number;
  /** What a click on an interval leads to. */
  onPick?: (n: number) => void;
}
