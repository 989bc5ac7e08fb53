import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assign,
  type Idle,
  isNews,
  isOpen,
  MOST_LEAVING,
  type Room,
  reasonFor,
  type Waiting,
  whoFreesMemory,
  whoYields,
} from './queue.ts';

const room = (id: string, capacity: number, held = 0, more: Partial<Room> = {}): Room => ({
  id,
  labels: [],
  capacity,
  held,
  leaving: 0,
  connected: true,
  draining: false,
  shortOfMemory: false,
  refused: false,
  ...more,
});
const waiting = (id: string, more: Partial<Waiting> = {}): Waiting => ({
  id,
  labels: [],
  filesRunner: null,
  filesKept: false,
  ...more,
});
const idle = (id: string, runnerId: string, idleSince: number): Idle => ({
  id,
  runnerId,
  lastActivityAt: new Date(idleSince),
});
const pairs = (given: { id: string; runner: string }[]) => given.map(({ id, runner }) => `${id}→${runner}`);

const anyRoom = fc.record({
  labels: fc.subarray(['gpu', 'arm']),
  capacity: fc.integer({ min: 1, max: 4 }),
  held: fc.integer({ min: 0, max: 5 }),
  leaving: fc.integer({ min: 0, max: 2 }),
  connected: fc.boolean(),
  draining: fc.boolean(),
  shortOfMemory: fc.boolean(),
  refused: fc.boolean(),
});
const anyRooms = fc
  .array(anyRoom, { maxLength: 4 })
  .map((rooms) => rooms.map((one, n): Room => ({ id: `r${n}`, ...one })));
const anyWaiting = fc
  .array(
    fc.record({
      labels: fc.subarray(['gpu', 'arm']),
      filesRunner: fc.constantFrom(null, 'r0', 'r1', 'r9'),
      filesKept: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map((one, n): Waiting => ({ id: `s${n}`, ...one })));

describe('placing', () => {
  test('goes by time of waiting: a session whose files are near goes before nobody', () => {
    const line = [waiting('first'), waiting('second', { filesRunner: 'r', filesKept: true })];
    expect(pairs(assign(line, [room('r', 1)]))).toEqual(['first→r']);
  });

  test('a session goes where its files are if there is a place, else where there is one if they were saved', () => {
    const near = waiting('s', { filesRunner: 'r2', filesKept: true });
    expect(pairs(assign([near], [room('r1', 9), room('r2', 2, 1)]))).toEqual(['s→r2']);
    expect(pairs(assign([near], [room('r1', 9), room('r2', 2, 2)]))).toEqual(['s→r1']);
  });

  test('one whose files are on one runner alone waits for that, and those behind it do not', () => {
    const line = [waiting('bound', { filesRunner: 'r2' }), waiting('free')];
    expect(pairs(assign(line, [room('r1', 1), room('r2', 1, 1)]))).toEqual(['free→r1']);
    // That runner is gone: its files with it, and waiting for it would be waiting for ever.
    expect(pairs(assign(line, [room('r1', 1), room('r2', 1, 1, { connected: false })]))).toEqual(['bound→r1']);
  });

  test('nobody gets more than there are places, nobody is passed over, and nothing goes where it may not', () => {
    fc.assert(
      fc.property(anyWaiting, anyRooms, (line, rooms) => {
        const given = new Map(assign(line, rooms).map(({ id, runner }) => [id, runner]));
        const after = rooms.map((one) => ({
          ...one,
          held: one.held + [...given.values()].filter((runner) => runner === one.id).length,
        }));
        for (const [n, one] of after.entries())
          if (one.held > rooms[n]!.held) {
            expect(one.held).toBeLessThanOrEqual(one.capacity);
            expect(isOpen(rooms[n]!)).toBe(true);
          }
        for (const session of line) {
          const runner = given.get(session.id);
          if (runner === undefined) expect(reasonFor(session, after)).not.toBeNull();
          else expect(rooms.find((one) => one.id === runner)!.labels).toEqual(expect.arrayContaining(session.labels));
        }
      }),
    );
  });
});

describe('why a session waits', () => {
  const cases: [string, Partial<Waiting>, Room[], string | null][] = [
    ['no_runner_connected', {}, [room('r', 1, 0, { connected: false })], 'no_runner_connected'],
    ['no_runner_with_labels', { labels: ['gpu'] }, [room('r', 1)], 'no_runner_with_labels'],
    ['runners_draining', {}, [room('r', 1, 0, { draining: true })], 'runners_draining'],
    ['runners_short_of_memory', {}, [room('r', 2, 1, { shortOfMemory: true }), room('q', 1, 1)], 'runners_short_of_memory'], // biome-ignore format: one line
    ['runners_full', {}, [room('r', 1, 1), room('q', 1, 1, { shortOfMemory: true })], 'runners_full'],
    ['its_runner_full', { filesRunner: 'r' }, [room('r', 1, 1), room('q', 1)], 'its_runner_full'],
    ['nothing where there is a place', { filesRunner: 'r', filesKept: true }, [room('r', 1, 1), room('q', 1)], null],
  ];
  test.each(cases)('is told as %s', (_, session, rooms, reason) => {
    expect(reasonFor(waiting('s', session), rooms)).toBe(reason);
  });
});

describe('what is told of a place in the queue', () => {
  const full = (position: number) => ({ position, reason: 'runners_full' as const });

  test('is told at first, when half of those before are gone, and near the front when the reason is another', () => {
    expect(isNews(full(9), null)).toBe(true);
    expect([8, 7, 6, 5, 4].map((position) => isNews(full(position), full(9)))).toEqual([false, false, false, false, true]); // biome-ignore format: one line
    expect(isNews({ position: 9, reason: 'no_runner_connected' }, full(9))).toBe(true);
    expect(isNews({ position: 900, reason: 'no_runner_connected' }, full(900))).toBe(false);
    expect(isNews(full(12), full(9))).toBe(false);
  });

  test('is told of some ten places to one that begins at place 1000', () => {
    let told: ReturnType<typeof full> | null = null;
    let times = 0;
    for (let position = 1000; position > 0; position -= 1)
      if (isNews(full(position), told)) {
        told = full(position);
        times += 1;
      }
    expect(times).toBe(10);
    expect(told).toEqual(full(1));
  });
});

describe('who is parked so that others get a place', () => {
  test('is who was idle for longest, one for each that waits', () => {
    const resting = [idle('young', 'r', 3), idle('oldest', 'r', 1), idle('older', 'r', 2)];
    expect(whoYields([waiting('a')], [room('r', 3, 3)], resting)).toEqual(['oldest']);
    expect(whoYields([waiting('a'), waiting('b')], [room('r', 3, 3)], resting)).toEqual(['oldest', 'older']);
    expect(whoYields([], [room('r', 3, 3)], resting)).toEqual([]);
  });

  test('is nobody while a place is free or on its way', () => {
    const resting = [idle('one', 'r', 1)];
    expect(whoYields([waiting('a')], [room('r', 2, 1)], resting)).toEqual([]);
    expect(whoYields([waiting('a')], [room('r', 2, 2, { leaving: 1 })], resting)).toEqual([]);
    expect(whoYields([waiting('a'), waiting('b')], [room('r', 2, 2, { leaving: 1 })], resting)).toEqual(['one']);
  });

  test('is nobody whose place is of no use to who waits', () => {
    const resting = [idle('plain', 'r', 1), idle('gpu', 'g', 2)];
    const rooms = [room('r', 1, 1), room('g', 1, 1, { labels: ['gpu'] })];
    expect(whoYields([waiting('a', { labels: ['gpu'] })], rooms, resting)).toEqual(['gpu']);
    expect(whoYields([waiting('a', { filesRunner: 'g' })], rooms, resting)).toEqual(['gpu']);
    expect(whoYields([waiting('a', { labels: ['arm'] })], rooms, resting)).toEqual([]);
    const draining = [room('r', 1, 1, { draining: true })];
    expect(whoYields([waiting('a')], draining, resting)).toEqual([]);
  });

  test('are a few at a time, however many wait', () => {
    const resting = Array.from({ length: 50 }, (_, n) => idle(`i${n}`, 'r', n));
    const line = Array.from({ length: 50 }, (_, n) => waiting(`w${n}`));
    expect(whoYields(line, [room('r', 50, 50)], resting)).toHaveLength(MOST_LEAVING);
    expect(whoYields(line, [room('r', 50, 50, { leaving: 6 })], resting)).toHaveLength(MOST_LEAVING - 6);
  });
});

describe('who is parked so that a runner has memory again', () => {
  const resting = [idle('young', 'r', 3), idle('oldest', 'r', 1), idle('older', 'r', 2)];

  test('is who was idle for longest, until what they use is enough', () => {
    const used = new Map([['oldest', 100], ['older', 200], ['young', 400]]); // biome-ignore format: one line
    expect(whoFreesMemory(resting, used, 0)).toEqual([]);
    expect(whoFreesMemory(resting, used, 100)).toEqual(['oldest']);
    expect(whoFreesMemory(resting, used, 101)).toEqual(['oldest', 'older']);
    expect(whoFreesMemory(resting, used, 10_000)).toEqual(['oldest', 'older', 'young']);
  });

  test('of whom nothing was measured yet, each is taken to use something', () => {
    expect(whoFreesMemory(resting, new Map(), 1)).toEqual(['oldest']);
  });
});
