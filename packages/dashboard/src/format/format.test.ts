import { describe, expect, test } from 'vitest';
import { exactMoney, money } from './money.ts';
import { bytes, count, percent, plural } from './numbers.ts';
import { reasonWords, sessionStatus, sessionTitle } from './status.ts';
import { duration, relative } from './time.ts';

describe('values are shown with as much as matters', () => {
  test.each([
    [0, '$0'],
    [0.0000004, '<$0.000001'],
    [0.0032, '$0.0032'],
    [0.136, '$0.136'],
    [5, '$5'],
    [12.4, '$12.40'],
    [1_204.4, '$1,204'],
  ])('%d USD is %s', (usd, shown) => expect(money(usd)).toBe(shown));
  test('all digits are there on hover', () => expect(exactMoney(0.0172308)).toBe('$0.0172308'));

  test.each([
    [0, '0 s'],
    [240, '240 ms'],
    [1_700, '1.7 s'],
    [42_900, '42 s'],
    [245_000, '4 min 5 s'],
    [3_600_000, '1 h'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms is %s', (ms, shown) => expect(duration(ms)).toBe(shown));

  const now = Date.parse('2026-11-24T12:00:00Z');
  test.each([
    ['2026-11-24T11:59:58Z', 'now'],
    ['2026-11-24T11:58:00Z', '2 min ago'],
    ['2026-11-24T15:00:00Z', 'in 3 h'],
    ['2026-11-21T12:00:00Z', '3 d ago'],
    ['2026-10-02T12:00:00Z', '2 Oct'],
    ['2025-10-02T12:00:00Z', '2 Oct 2025'],
  ])('%s is %s', (at, shown) => expect(relative(at, now)).toBe(shown));

  test('numbers are short', () => {
    expect([count(812), count(154_764), count(2_500_000)]).toEqual(['812', '155K', '2.5M']);
    expect([bytes(46), bytes(1_240), bytes(812_000_000)]).toEqual(['46 B', '1.2 kB', '812 MB']);
    expect([plural(1, 'file'), plural(3, 'file')]).toEqual(['1 file', '3 files']);
    expect([percent(0.004), percent(0.63)]).toEqual(['0.4 %', '63 %']);
  });
});

describe('a session is shown', () => {
  const idle = { status: 'idle', paused: false, pendingPermissions: 0 } as const;
  test('as what somebody would call it', () => {
    expect(sessionStatus(idle).word).toBe('Idle');
    expect(sessionStatus(idle, true).word).toBe('Parked');
    expect(sessionStatus({ ...idle, parked: true }).word).toBe('Parked');
    expect(sessionStatus({ ...idle, paused: true }).word).toBe('Paused');
    expect(sessionStatus({ ...idle, status: 'active', pendingPermissions: 2 }).word).toBe('Needs you');
    expect(sessionStatus({ ...idle, status: 'terminated', pendingPermissions: 2 }).word).toBe('Terminated');
  });
  test('by its description’s first line, or else its id', () => {
    expect(sessionTitle({ id: 'sess_1', description: '\nMend it\nplease' })).toBe('Mend it');
    expect(sessionTitle({ id: 'sess_01a20f09a351750e87f3bb6d70f9186b', description: null })).toBe('sess_…f9186b');
  });
  test('with its reason, where that says more than the status', () => {
    expect(reasonWords('budget_exceeded')).toBe('budget spent');
    expect(reasonWords('error')).toBeNull();
  });
});
