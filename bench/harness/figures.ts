/** What a measure gives back, and how it is held against its target. */
import { percentile } from './statistics.ts';

export interface Target {
  limit: number;
  /** Whether a figure at the limit or below it meets the target, or one at the limit or above. */
  wanted: 'at most' | 'at least';
  /** How the limit came about, when it was made from another figure of this run. */
  from?: string;
}

export interface Figure {
  measure: string;
  name: string;
  rigger: number | null;
  /** The bare SDK's figure for the same work, where it has one. */
  bare: number | null;
  unit: string;
  /** How many observations it was made from. */
  count: number;
  target: Target | null;
}

export type Report = (figure: Omit<Figure, 'measure'>) => void;

/** Percentiles of two series that were taken side by side, one figure each. */
export function reportSeries(
  report: Report,
  name: string,
  ms: { rigger: number[]; bare: number[] | null },
  percentiles: number[],
  targetFor: (p: number, bare: number | null) => Target | null = () => null,
): void {
  for (const p of percentiles) {
    const bare = ms.bare === null ? null : percentile(ms.bare, p);
    report({
      name: `${name}, p${p}`,
      rigger: percentile(ms.rigger, p),
      bare,
      unit: 'ms',
      count: ms.rigger.length,
      target: targetFor(p, bare),
    });
  }
}

/** `met`, or by how much it was missed; empty without a target. */
export function verdict({ rigger, target, unit }: Figure): string {
  if (target === null || rigger === null) return '';
  const over = target.wanted === 'at most' ? rigger - target.limit : target.limit - rigger;
  return over <= 0 ? 'met' : `missed by ${short(over)} ${unit}`;
}

export function short(value: number | null): string {
  if (value === null) return '–';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-GB');
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
