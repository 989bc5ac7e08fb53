import { expect, test } from 'vitest';
import { CALM, type Pressure, pressureAt } from './pressure.ts';

const memory = (availableBytes: number) => ({ availableBytes, totalBytes: 1_000 });
const least = { bytes: 100 };
const at = (before: Pressure, available: number, spares = 0) => pressureAt(before, memory(available), least, spares);

test('there is no pressure while twice the least is free', () => {
  expect(at(CALM, 200)).toEqual(CALM);
});

test('spares go before anything else is done: nothing is short while there are any', () => {
  expect(at(CALM, 199, 2)).toEqual({ tight: true, short: false, wantedBytes: 0 });
  expect(at(CALM, 50, 2)).toEqual({ tight: true, short: false, wantedBytes: 0 });
  expect(at(CALM, 50, 0)).toEqual({ tight: true, short: true, wantedBytes: 100 });
});

test('what was short stays so until there is half as much again as the least, so that it is not at once short again', () => {
  const short = at(CALM, 99);
  expect(at(short, 100)).toEqual({ tight: true, short: true, wantedBytes: 50 });
  expect(at(short, 149).short).toBe(true);
  expect(at(short, 150)).toEqual({ tight: true, short: false, wantedBytes: 0 });
});

test('a share is one of all that there is', () => {
  expect(pressureAt(CALM, memory(49), { share: 0.05 }, 0).short).toBe(true);
  expect(pressureAt(CALM, memory(50), { share: 0.05 }, 0).short).toBe(false);
});

test('more than there is can be asked for: then it is never enough, and what is wanted stays bounded', () => {
  expect(pressureAt(CALM, memory(900), { bytes: 10_000 }, 0)).toEqual({ tight: true, short: true, wantedBytes: 100 });
});
