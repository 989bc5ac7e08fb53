import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../ui/chart/series.ts';
import { filtersOf, readSearch, spanOf } from './search.ts';

const now = Date.parse('2026-11-24T10:20:00Z');

test('an address is read, and a time that ends before it begins is none', () => {
  expect(readSearch({ range: '30d', by: 'user', measure: 'joy', user: 7, from: 'yesterday' })).toEqual({
    range: '30d',
    by: 'user',
    user: '7',
  });
  expect(readSearch({ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' })).toEqual({});
});

test('a week is seven whole days of UTC, the last of which is today', () => {
  const { from, to, steps } = spanOf({}, now);
  expect([from, to]).toEqual(['2026-11-18T00:00:00.000Z', undefined]);
  expect([steps.starts.length, steps.stepMs]).toEqual([7, DAY_MS]);
});

test('a day is told by the hour, with the one that runs', () => {
  const { from, steps } = spanOf({ range: '24h' }, now);
  expect(from).toBe('2026-11-23T11:00:00.000Z');
  expect([steps.starts.length, steps.stepMs]).toEqual([24, HOUR_MS]);
});

test('a time of one’s own is by the hour up to two days, and by the day beyond', () => {
  const from = '2026-11-20T00:00:00.000Z';
  expect(spanOf({ from, to: '2026-11-22T00:00:00.000Z' }, now).steps).toMatchObject({ stepMs: HOUR_MS });
  const long = spanOf({ from }, now);
  expect([long.steps.starts.length, long.steps.stepMs]).toEqual([5, DAY_MS]);
});

test('what is looked at alone is asked of the server in its own words', () => {
  expect(filtersOf({ user: 'ann', session: 's1', by: 'tag' })).toEqual({ userId: 'ann', sessionId: 's1' });
});
