import { describe, expect, test } from 'vitest';
import { MOST_WAITING, nextTimes, plan, refusalOf } from './times.ts';

const berlin = (cron: string) => ({ cron, timezone: 'Europe/Berlin', at: null });
const times = (cron: string, after: string, count = 3): string[] =>
  nextTimes(berlin(cron), new Date(after), count).map((time) => time.toISOString().slice(0, 16));

describe('a time of the day is one of its time zone', () => {
  test('and stays the same on the clock when summer time begins and ends', () => {
    expect(times('30 8 * * *', '2026-03-28T00:00:00Z')).toEqual([
      '2026-03-28T07:30',
      '2026-03-29T06:30',
      '2026-03-30T06:30',
    ]);
    expect(times('30 8 * * *', '2026-10-24T00:00:00Z')).toEqual([
      '2026-10-24T06:30',
      '2026-10-25T07:30',
      '2026-10-26T07:30',
    ]);
  });

  test('that does not exist on the day when clocks go forward comes as soon as clocks show a later one, once', () => {
    expect(times('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30']);
  });

  test('that is there twice on the day when clocks go back comes once', () => {
    expect(times('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
  });

  test('while every hour is every hour, also then', () => {
    expect(times('0 * * * *', '2026-10-24T23:30:00Z', 4)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
  });
});

test('what is no cron and no time zone is refused in words', () => {
  expect(refusalOf('0 8 * * mon-fri', 'Europe/Berlin')).toBeNull();
  expect(refusalOf('0 25 * * *', 'UTC')).toMatchObject({ path: 'cron', message: expect.stringContaining('25') });
  expect(refusalOf('0 8 * * *', 'Europe/Nowhere')).toMatchObject({ path: 'timezone' });
});

describe('when a time has come', () => {
  const every = (nextAt: string, more: object = {}) =>
    ({
      cron: '0 * * * *',
      timezone: 'UTC',
      at: null,
      nextAt: new Date(nextAt),
      overlap: 'skip',
      onMissed: 'once',
      ...more,
    }) as const;
  const said = ({ runs, nextAt }: ReturnType<typeof plan>) => ({
    runs: runs.map(({ dueAt, skipped }) => [dueAt.toISOString().slice(11, 19), skipped]),
    nextAt: nextAt?.toISOString().slice(11, 19),
  });

  test('there is one run, at that time, and the next time is the one after it', () => {
    const now = new Date('2026-11-01T08:00:00.012Z');
    expect(said(plan(every('2026-11-01T08:00:00Z'), now, 0))).toEqual({
      runs: [['08:00:00', null]],
      nextAt: '09:00:00',
    });
  });

  test('nothing is done before it has', () => {
    const now = new Date('2026-11-01T07:59:59.999Z');
    expect(plan(every('2026-11-01T08:00:00Z'), now, 0).runs).toEqual([]);
  });

  test('but an earlier run is not over, it is left out, or waits', () => {
    const now = new Date('2026-11-01T08:00:00Z');
    expect(said(plan(every('2026-11-01T08:00:00Z'), now, 1)).runs).toEqual([['08:00:00', 'overlap']]);
    const queue = every('2026-11-01T08:00:00Z', { overlap: 'queue' });
    expect(said(plan(queue, now, 1)).runs).toEqual([['08:00:00', null]]);
    expect(said(plan(queue, now, MOST_WAITING)).runs).toEqual([['08:00:00', 'queue_full']]);
  });

  test('hours late, one run makes up for all that were missed', () => {
    const now = new Date('2026-11-01T12:30:00Z');
    expect(said(plan(every('2026-11-01T08:00:00Z'), now, 0))).toEqual({
      runs: [['08:00:00', null]],
      nextAt: '13:00:00',
    });
  });

  test('hours late and not wanted any more, it is told as missed', () => {
    const now = new Date('2026-11-01T12:30:00Z');
    const skip = every('2026-11-01T08:00:00Z', { onMissed: 'skip' });
    expect(said(plan(skip, now, 0))).toEqual({ runs: [['08:00:00', 'missed']], nextAt: '13:00:00' });
  });

  test('a time that is on time makes up for those that were missed before it', () => {
    const now = new Date('2026-11-01T12:00:10Z');
    expect(said(plan(every('2026-11-01T08:00:00Z'), now, 0)).runs).toEqual([['12:00:00', null]]);
    const skip = every('2026-11-01T08:00:00Z', { onMissed: 'skip' });
    expect(said(plan(skip, now, 0)).runs).toEqual([
      ['08:00:00', 'missed'],
      ['12:00:00', null],
    ]);
  });

  test('years of seconds that were missed are not counted', () => {
    const began = performance.now();
    const seconds = every('2000-01-01T00:00:00Z', { cron: '* * * * * *', overlap: 'queue' });
    const { runs } = plan(seconds, new Date('2026-11-01T00:00:00Z'), 0);
    expect(runs).toHaveLength(60);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('the only one there was, no time is left', () => {
    const at = new Date('2026-11-01T08:00:00Z');
    const once = every('2026-11-01T08:00:00Z', { cron: null, at });
    expect(said(plan(once, new Date('2026-11-01T08:00:01Z'), 0))).toEqual({
      runs: [['08:00:00', null]],
      nextAt: undefined,
    });
    expect(said(plan(once, new Date('2026-11-02T08:00:01Z'), 0))).toEqual({
      runs: [['08:00:00', null]],
      nextAt: undefined,
    });
  });
});
