import { describe, expect, test } from 'vitest';
import { decide, type Kind, type Limits, type PodState } from './decide.ts';

const LIMITS: Limits = { pods: 100, creating: 10, startTimeoutMs: 60_000 };
const kind = (over: Partial<Kind> = {}): Kind => ({
  label: 'pod:default',
  waiting: 0,
  warm: 0,
  revision: 'r1',
  maxAgeMs: 3_600_000,
  ...over,
});
let made = 0;
const next = (): string => {
  made += 1;
  return `p${made}`;
};
const seen = { name: '', node: 'n', deleting: false, ended: false, end: null, problem: null };
const pod = (over: Partial<PodState> = {}): PodState => ({
  name: next(),
  label: 'pod:default',
  revision: 'r1',
  ageMs: 60_000,
  joined: true,
  claimed: false,
  holds: false,
  ending: false,
  lost: false,
  seen,
  ...over,
});
const coming = (over: Partial<PodState> = {}) => pod({ joined: false, ageMs: 1_000, seen: null, ...over });

describe('pods are made', () => {
  test('one for each session that waits, and as many more as are to wait for sessions', () => {
    expect(decide([kind({ waiting: 2, warm: 3 })], [], LIMITS).create).toHaveLength(5);
  });

  test('and none twice: what is on its way counts, before Kubernetes has heard of it', () => {
    const pods = [coming(), coming(), pod()];
    expect(decide([kind({ waiting: 2, warm: 1 })], pods, LIMITS)).toEqual({ create: [], end: [] });
  });

  test('for those who wait before those who might come, of whatever kind', () => {
    const kinds = [kind({ warm: 5 }), kind({ label: 'pod:large', waiting: 2 })];
    expect(decide(kinds, [], { ...LIMITS, creating: 3 }).create).toEqual(['pod:large', 'pod:large', 'pod:default']);
  });

  test('no more at a time than are to come up at a time', () => {
    expect(decide([kind({ waiting: 50 })], [coming(), coming()], { ...LIMITS, creating: 5 }).create).toHaveLength(3);
  });

  test('and no more than there may be in all, those that still end included', () => {
    const pods = [pod({ claimed: true, holds: true }), pod({ ending: true }), pod({ ending: true, seen: null })];
    expect(decide([kind({ waiting: 9 })], pods, { ...LIMITS, pods: 4 }).create).toHaveLength(2);
  });

  test('a pod that is taken serves nobody else', () => {
    expect(decide([kind({ waiting: 1 })], [pod({ claimed: true, holds: true })], LIMITS).create).toHaveLength(1);
  });

  test('none of a profile that is no more', () => {
    expect(decide([kind({ waiting: 1, revision: null })], [], LIMITS).create).toEqual([]);
  });
});

describe('a pod ends', () => {
  const why = (kinds: Kind[], one: PodState) => decide(kinds, [one], LIMITS).end[0]?.why;

  test('when its session is over', () => {
    expect(why([kind({ warm: 1 })], pod({ claimed: true }))).toBe('session_over');
  });

  test('when Kubernetes has ended it', () => {
    expect(why([kind({ warm: 1 })], pod({ seen: { ...seen, ended: true } }))).toBe('ended');
    expect(why([kind({ warm: 1 })], pod({ seen: { ...seen, deleting: true } }))).toBe('ended');
  });

  test('when it did not come up in time', () => {
    expect(why([kind({ waiting: 1 })], pod({ joined: false, ageMs: 61_000 }))).toBe('not_started');
  });

  test('when it waits and its profile has changed, or it has waited for too long', () => {
    expect(why([kind({ warm: 1, revision: 'r2' })], pod())).toBe('outdated');
    expect(why([kind({ warm: 1, maxAgeMs: 50_000 })], pod())).toBe('old');
    expect(why([kind({ warm: 1, revision: 'r2' })], pod({ claimed: true, holds: true }))).toBeUndefined();
  });

  test('when nothing is heard of its runner', () => {
    expect(why([kind({ warm: 1 })], pod({ lost: true }))).toBe('lost');
  });

  test('when nobody needs it, the oldest first, but not the moment it is there', () => {
    const [old, young, newborn] = [pod({ ageMs: 90_000 }), pod({ ageMs: 80_000 }), pod({ ageMs: 5_000 })];
    expect(decide([kind({ warm: 1 })], [newborn, young, old], LIMITS).end).toEqual([
      { name: old.name, why: 'not_needed' },
      { name: young.name, why: 'not_needed' },
    ]);
    expect(why([kind()], newborn)).toBeUndefined();
  });

  test('and what takes its place is made in the same breath', () => {
    expect(decide([kind({ warm: 1, revision: 'r2' })], [pod()], LIMITS)).toMatchObject({ create: ['pod:default'] });
  });
});

test('whatever happens, there are never more pods than there may be, and deciding again changes nothing', () => {
  let state = 7;
  const random = (most: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  };
  let pods: PodState[] = [];
  for (let round = 0; round < 2_000; round += 1) {
    const kinds = [
      kind({ waiting: random(8), warm: random(6) }),
      kind({ label: 'pod:large', waiting: random(3), warm: random(2) }),
    ];
    const limits = { pods: 12, creating: 4, startTimeoutMs: 60_000 };
    const { create, end } = decide(kinds, pods, limits);
    const ends = new Set(end.map((one) => one.name));
    pods = [
      ...pods.map((one) => (ends.has(one.name) ? { ...one, ending: true } : one)),
      ...create.map((label) => coming({ label })),
    ];
    expect(pods.filter((one) => !one.ending || one.seen !== null).length).toBeLessThanOrEqual(12);
    expect(pods.filter((one) => !one.joined && !one.ending).length).toBeLessThanOrEqual(4);
    expect(decide(kinds, pods, { ...limits, creating: 0 }).end).toEqual([]);
    pods = pods
      .filter((one) => !one.ending || random(2) === 0)
      .map((one) => ({ ...one, ageMs: one.ageMs + 5_000, joined: one.joined || random(2) === 0, seen }))
      .map((one) => (one.joined && !one.claimed && random(3) === 0 ? { ...one, claimed: true, holds: true } : one))
      .map((one) => (one.claimed && random(4) === 0 ? { ...one, holds: false } : one));
  }
});
