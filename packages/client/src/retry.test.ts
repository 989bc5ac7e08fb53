import { expect, test } from 'vitest';
import { backoffMs, isWorthRetrying, retryAfterMs } from './retry.ts';

test('waits double up to a bound, half of each by chance, and never less than the server asked for', () => {
  expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 1, null))).toEqual([250, 500, 1_000, 2_000]);
  expect(backoffMs(1, 0, null)).toBe(250);
  expect(backoffMs(50, 1, null)).toBe(8_000);
  expect(backoffMs(0, 1, 3_000)).toBe(3_000);
});

test('Retry-After is seconds or a date, and is not obeyed for ever', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');
  expect(retryAfterMs('2', now)).toBe(2_000);
  expect(retryAfterMs('Tue, 24 Nov 2026 10:00:05 GMT', now)).toBe(5_000);
  expect(retryAfterMs('Tue, 24 Nov 2026 09:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('86400', now)).toBe(60_000);
  expect(retryAfterMs('soon', now)).toBe(null);
  expect(retryAfterMs(null, now)).toBe(null);
});

test('an answer is tried again only where that can help and is safe', () => {
  expect(isWorthRetrying(503, true, 'refused')).toBe(true);
  expect(isWorthRetrying(429, undefined, 'refused')).toBe(true);
  // isolation_unavailable is a 503 that will be one again.
  expect(isWorthRetrying(503, false, 'always')).toBe(false);
  // A gateway that lost the server cannot say whether the request came through.
  expect(isWorthRetrying(502, undefined, 'always')).toBe(true);
  expect(isWorthRetrying(502, undefined, 'refused')).toBe(false);
  expect(isWorthRetrying(409, true, 'always')).toBe(false);
  expect(isWorthRetrying(503, true, 'never')).toBe(false);
});
