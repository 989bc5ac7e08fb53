import { expect, test } from 'vitest';
import { HOUR_MS, intervals, MOST_SERIES, sumOf, toSeries } from './series.ts';

const at = (iso: string) => Date.parse(iso);

test('intervals begin on the hour and leave no gap', () => {
  const { starts } = intervals(at('2026-11-20T10:20:00Z'), at('2026-11-20T13:00:00Z'), HOUR_MS);
  expect(starts.map((start) => new Date(start).toISOString().slice(11, 16))).toEqual(['10:00', '11:00', '12:00']);
  expect(intervals(at('2026-11-20T10:20:00Z'), at('2026-11-20T10:20:00Z'), HOUR_MS).starts).toHaveLength(1);
});

test('values of one name stand in their interval, and what falls into none is left out', () => {
  const hours = intervals(at('2026-11-20T10:00:00Z'), at('2026-11-20T12:00:00Z'), HOUR_MS);
  const series = toSeries(
    [
      { at: at('2026-11-20T10:59:59Z'), name: 'a', value: 1 },
      { at: at('2026-11-20T11:00:00Z'), name: 'a', value: 2 },
      { at: at('2026-11-20T11:30:00Z'), name: 'b', value: 9 },
      { at: at('2026-11-20T12:00:00Z'), name: 'b', value: 100 },
    ],
    hours,
  );
  expect(series.map(({ name, values }) => [name, values])).toEqual([
    ['b', [0, 9]],
    ['a', [1, 2]],
  ]);
  expect([sumOf(series), sumOf(series, 1)]).toEqual([12, 11]);
});

test('of many names the largest are shown, and the others together are as much as they were', () => {
  const hours = intervals(0, HOUR_MS, HOUR_MS);
  const parts = Array.from({ length: 12 }, (_, n) => ({ at: 0, name: `n${n}`, value: n + 1 }));
  const series = toSeries(parts, hours);
  expect(series).toHaveLength(MOST_SERIES);
  expect(series[0]!.name).toBe('n11');
  expect(series.at(-1)!.name).toBe('Other');
  expect(sumOf(series)).toBe(78);
});
