/** Limits as pure rules: what is due now, and when to look next. Time comes in from the database's clock. */
import type { SessionRecord } from '../model/record.ts';
import type { Policy } from './policy.ts';
import { isEnded, type MachineEvent, stateOf } from './transition.ts';

type Limited = Pick<
  SessionRecord,
  | 'status' | 'wantsRunner' | 'createdAt' | 'lastActivityAt' | 'completedAt' | 'terminatedAt' | 'maxIdleTimeMs' | 'maxLifetimeMs'
  | 'maxBudgetUsd' | 'maxTurns' | 'totalCost' | 'numTurns' | 'pendingTurns' | 'paused' | 'permissionDueAt' | 'waitsSince'
  | 'pendingPermissions'
>; // biome-ignore format: a list

/** What may be due: news for the state machine, or that a person's time to answer is over. */
export type Due = MachineEvent | { type: 'permission_due' };

interface Deadline {
  at: Date;
  event: Due;
}

const plus = (from: Date, ms: number): Date => new Date(from.getTime() + ms);

/** How long a process is kept whose turn waits for a person: as long as an idle one. */
function waitKeptMs({ maxIdleTimeMs }: Limited, policy: Policy): number | null {
  if (policy.residence === 'always') return null;
  return policy.onIdle === 'park' && maxIdleTimeMs !== null ? maxIdleTimeMs : policy.parkAfterMs;
}

/** Everything about this session that time will bring, in no order. */
function deadlines(session: Limited, policy: Policy): Deadline[] {
  if (isEnded(session)) {
    const endedAt = session.completedAt ?? session.terminatedAt;
    if (policy.retentionMs === null || endedAt === null) return [];
    return [{ at: plus(endedAt, policy.retentionMs), event: { type: 'retention_elapsed' } }];
  }
  const found: Deadline[] = [];
  if (session.permissionDueAt !== null) found.push({ at: session.permissionDueAt, event: { type: 'permission_due' } });
  if (session.maxLifetimeMs !== null)
    found.push({
      at: plus(session.createdAt, session.maxLifetimeMs),
      event: { type: 'limit_reached', limit: 'lifetime' },
    });
  // A session that works is not idle, however long its tools take; one whose turns wait for money does not work. Nor is one idle
  // whose subagents wait for a person in the background.
  if (session.pendingTurns > 0 && !session.paused) {
    const keptMs = waitKeptMs(session, policy);
    if (session.waitsSince !== null && keptMs !== null && stateOf(session) === 'active')
      found.push({ at: plus(session.waitsSince, keptMs), event: { type: 'wait_elapsed' } });
    return found;
  }
  if (session.pendingPermissions > 0 && !session.paused) return found;
  const parked = stateOf(session) !== 'idle';
  if (session.maxIdleTimeMs !== null && !(parked && policy.onIdle === 'park'))
    found.push({
      at: plus(session.lastActivityAt, session.maxIdleTimeMs),
      event: { type: 'limit_reached', limit: 'idle' },
    });
  if (!parked && policy.parkAfterMs !== null && !(session.maxIdleTimeMs !== null && policy.onIdle === 'park'))
    found.push({ at: plus(session.lastActivityAt, policy.parkAfterMs), event: { type: 'residence_elapsed' } });
  return found;
}

/** The earliest deadline, or null when time alone will change nothing. */
export function nextDeadline(session: Limited, policy: Policy): Date | null {
  const times = deadlines(session, policy).map((deadline) => deadline.at.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** What is due at `now`, the earliest first. */
export function dueAt(session: Limited, policy: Policy, now: Date): Due[] {
  return deadlines(session, policy)
    .filter((deadline) => deadline.at <= now)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((deadline) => deadline.event);
}

/** The limit of money or turns that this session has reached, if any. Money first: it is the one that hurts. */
export function spentLimit(session: Limited): 'budget' | 'turns' | null {
  if (session.maxBudgetUsd !== null && session.totalCost >= session.maxBudgetUsd) return 'budget';
  if (session.maxTurns !== null && session.numTurns >= session.maxTurns) return 'turns';
  return null;
}
