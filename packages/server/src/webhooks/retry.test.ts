import { describe, expect, test } from 'vitest';
import { pauseAfter } from './retry.ts';

const rules = { firstMs: 5_000, forMs: 86_400_000 };
const since = new Date('2026-11-01T00:00:00Z');

/** The times at which a delivery that never succeeds is tried, in milliseconds since the first. */
function attempts(random: number): number[] {
  const times = [0];
  for (let now = 0; ; ) {
    const pause = pauseAfter(
      times.length,
      { since, now: new Date(since.getTime() + now), retryAfterMs: null, random },
      rules,
    );
    if (pause === null) return times;
    now += pause;
    times.push(now);
  }
}

describe('a delivery that fails', () => {
  test('is tried for a day, at first soon and then ever more seldom', () => {
    const times = attempts(0.5);
    expect(times.slice(0, 5)).toEqual([0, 5_000, 20_000, 65_000, 200_000]);
    expect(times.at(-1)).toBeGreaterThan(86_400_000 - 4 * 3_600_000);
    expect(times.at(-1)).toBeLessThanOrEqual(86_400_000);
    expect(times.length).toBeGreaterThanOrEqual(12);
  });

  test('is tried at another moment than others that failed with it', () => {
    expect(attempts(0)[1]).toBe(4_000);
    expect(attempts(1)[1]).toBe(6_000);
  });

  test('waits as long as the endpoint asks, but no longer than four hours, and never less than it would', () => {
    const ask = (retryAfterMs: number) => pauseAfter(1, { since, now: since, retryAfterMs, random: 0.5 }, rules);
    expect(ask(60_000)).toBe(60_000);
    expect(ask(10 * 3_600_000)).toBe(4 * 3_600_000);
    expect(ask(1_000)).toBe(5_000);
  });
});
