import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toNano } from '../model/money.ts';
import { SESSION_PATTERNS } from '../model/session.ts';
import { dueAt, nextDeadline, spentLimit } from './limits.ts';
import { makePolicies } from './policy.ts';
import { inState } from './spec-document.ts';
import { STATES } from './transition.ts';

const policies = makePolicies({ RIGGER_EPHEMERAL_RETENTION_MS: 60_000, RIGGER_HYBRID_PARK_AFTER_MS: 300_000 });
const created = new Date('2026-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(created.getTime() + ms);

const session = (over: Partial<Parameters<typeof dueAt>[0]> = {}) => ({
  ...inState('idle'),
  createdAt: created,
  lastActivityAt: created,
  maxIdleTimeMs: null,
  maxLifetimeMs: null,
  maxBudgetUsd: null,
  maxTurns: null,
  totalCost: 0n,
  numTurns: 0,
  pendingPermissions: 0,
  permissionDueAt: null,
  waitsSince: null,
  ...over,
});

const anySession = fc
  .record({
    state: fc.constantFrom(...STATES),
    maxIdleTimeMs: fc.option(fc.integer({ min: 1, max: 100_000 })),
    maxLifetimeMs: fc.option(fc.integer({ min: 1, max: 100_000 })),
    activity: fc.integer({ min: 0, max: 50_000 }),
    permission: fc.option(fc.integer({ min: 1, max: 100_000 })),
    waits: fc.option(fc.integer({ min: 1, max: 100_000 })),
  })
  .map(({ state, activity, permission, waits, ...limits }) =>
    session({
      ...inState(state),
      ...limits,
      pendingPermissions: permission === null ? 0 : 1,
      permissionDueAt: permission === null ? null : later(permission),
      waitsSince: waits === null ? null : later(waits),
      lastActivityAt: later(activity),
      completedAt: state === 'completed' || state === 'error' ? later(activity) : null,
    }),
  );

describe('what time brings', () => {
  test('I13: nothing is due before the next deadline, and something is due at it', () => {
    fc.assert(
      fc.property(anySession, fc.constantFrom(...SESSION_PATTERNS), (some, pattern) => {
        const next = nextDeadline(some, policies[pattern]);
        if (next === null) {
          expect(dueAt(some, policies[pattern], later(1e9))).toEqual([]);
          return;
        }
        expect(dueAt(some, policies[pattern], new Date(next.getTime() - 1))).toEqual([]);
        expect(dueAt(some, policies[pattern], next)).not.toEqual([]);
      }),
    );
  });

  test('I11: idle time does not run while a turn is pending, lifetime does', () => {
    const busy = session({ ...inState('active'), maxIdleTimeMs: 10, maxLifetimeMs: 1000 });
    expect(dueAt(busy, policies.hybrid, later(999))).toEqual([]);
    expect(dueAt(busy, policies.hybrid, later(1000))).toEqual([{ type: 'limit_reached', limit: 'lifetime' }]);
  });

  test('I16: who waits for a person is not idle, whether its turn waits or a subagent in the background', () => {
    const waits = { pendingPermissions: 1, permissionDueAt: later(1_000), maxIdleTimeMs: 10 };
    for (const state of ['active', 'idle'] as const) {
      const asking = session({ ...inState(state), ...waits });
      expect(dueAt(asking, policies['long-running'], later(999))).toEqual([]);
      expect(dueAt(asking, policies['long-running'], later(1_000))).toEqual([{ type: 'permission_due' }]);
    }
  });

  test('I15: a turn that only waits for a person keeps its process as long as an idle session does, or for good where that is resident', () => {
    const waits = { ...inState('active'), pendingPermissions: 1, permissionDueAt: later(1e9), waitsSince: created };
    const own = session({ ...waits, maxIdleTimeMs: 10 });
    expect(dueAt(own, policies.hybrid, later(10))).toEqual([{ type: 'wait_elapsed' }]);
    expect(dueAt(session(waits), policies.hybrid, later(300_000))).toEqual([{ type: 'wait_elapsed' }]);
    expect(dueAt(own, policies['long-running'], later(1e8))).toEqual([]);
    expect(dueAt({ ...own, ...inState('waiting') }, policies.hybrid, later(1e8))).toEqual([]);
  });

  test('I12: every pattern has a retention of its own, if the operator gives it one', () => {
    const kept = makePolicies({
      RIGGER_EPHEMERAL_RETENTION_MS: 1,
      RIGGER_HYBRID_PARK_AFTER_MS: 1,
      RIGGER_LONG_RUNNING_RETENTION_MS: 2,
      RIGGER_HYBRID_RETENTION_MS: 3,
      RIGGER_SINGLE_CONTAINER_RETENTION_MS: 4,
    });
    expect(Object.values(kept).map((policy) => policy.retentionMs)).toEqual([1, 2, 3, 4]);
    expect(policies.hybrid.retentionMs).toBeNull();
  });

  test('I12: only a session that has ended is deleted, and only where the pattern has a retention', () => {
    const done = session({ ...inState('completed'), completedAt: created });
    expect(dueAt(done, policies.ephemeral, later(60_000))).toEqual([{ type: 'retention_elapsed' }]);
    expect(nextDeadline(done, policies.hybrid)).toBeNull();
  });

  test('a parked hybrid session has no more idle time to lose; another pattern’s still ends', () => {
    const parked = session({ ...inState('parked'), maxIdleTimeMs: 10 });
    expect(dueAt(parked, policies.hybrid, later(1e9))).toEqual([]);
    expect(dueAt(parked, policies['long-running'], later(10))).toEqual([{ type: 'limit_reached', limit: 'idle' }]);
  });

  test('an idle hybrid session without a limit of its own is parked after the setting’s time', () => {
    expect(dueAt(session(), policies.hybrid, later(300_000))).toEqual([{ type: 'residence_elapsed' }]);
  });
});

describe('what is spent', () => {
  test('a budget is reached at its last cent, exactly', () => {
    const budget = { maxBudgetUsd: toNano(0.3) };
    expect(spentLimit(session({ ...budget, totalCost: toNano(0.1) + toNano(0.2) }))).toBe('budget');
    expect(spentLimit(session({ ...budget, totalCost: toNano(0.3) - 1n }))).toBeNull();
  });

  test('turns are reached at their number', () => {
    expect(spentLimit(session({ maxTurns: 3, numTurns: 2 }))).toBeNull();
    expect(spentLimit(session({ maxTurns: 3, numTurns: 3 }))).toBe('turns');
  });
});
