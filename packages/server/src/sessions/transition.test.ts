import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SESSION_PATTERNS } from '../model/session.ts';
import { makePolicies, type Policy } from './policy.ts';
import { inState, variants } from './spec-document.ts';
import {
  EVENT_TYPES,
  isEnded,
  type Machine,
  type MachineEvent,
  STATES,
  stateOf,
  TABLE,
  transition,
} from './transition.ts';

const policies = makePolicies({ RIGGER_EPHEMERAL_RETENTION_MS: 60_000, RIGGER_HYBRID_PARK_AFTER_MS: 300_000 });
const at = (seconds: number): Date => new Date(1_700_000_000_000 + seconds * 1000);

const fresh = (policy: Policy): Machine => inState('initializing', policy.residence === 'always');

/** Turns come and go as the engine has them do: the count moves before the machine hears of it. */
function engineStep(session: Machine, event: MachineEvent): { session: Machine; event: MachineEvent } | null {
  if (event.type === 'message_accepted')
    return { session: isEnded(session) ? session : { ...session, pendingTurns: session.pendingTurns + 1 }, event };
  if (event.type === 'turn_started' && session.pendingTurns === 0) return null;
  if (event.type === 'turns_done') {
    if (session.pendingTurns === 0) return null;
    const left = { ...session, pendingTurns: session.pendingTurns - 1 };
    return left.pendingTurns === 0 ? { session: left, event } : null;
  }
  // What time brings is only brought where limits.ts finds it due.
  if (event.type === 'limit_reached' && event.limit === 'idle' && session.pendingTurns > 0) return null;
  if (event.type === 'retention_elapsed' && !isEnded(session)) return null;
  return { session, event };
}

const anyEvent: fc.Arbitrary<MachineEvent> = fc.oneof(
  ...EVENT_TYPES.filter((type) => type !== 'delete_requested').flatMap((type) =>
    variants(type).map((event) => fc.constant(event)),
  ),
);
const anyWalk = fc.record({
  pattern: fc.constantFrom(...SESSION_PATTERNS),
  events: fc.array(anyEvent, { maxLength: 60 }),
});

interface Seen {
  before: Machine;
  after: Machine;
  event: MachineEvent;
  policy: Policy;
  refused: boolean;
}

/** Walks a random sequence of events and shows every step to the checks. */
function everyStep(check: (seen: Seen) => void): void {
  fc.assert(
    fc.property(anyWalk, ({ pattern, events }) => {
      const policy = policies[pattern];
      let session = fresh(policy);
      events.forEach((event, index) => {
        const prepared = engineStep(session, event);
        if (prepared === null) return;
        const step = transition(prepared.session, prepared.event, policy, at(index));
        const after = step.kind === 'moved' ? step.next : step.kind === 'refused' ? session : prepared.session;
        check({ before: session, after, event, policy, refused: step.kind === 'refused' });
        session = after;
      });
    }),
    { numRuns: 2_000 },
  );
}

describe('over any sequence of events', () => {
  test('I1: a session that has ended never changes its status again', () => {
    everyStep(({ before, after }) => {
      if (isEnded(before)) expect(after).toEqual(before);
    });
  });

  test('I2: terminated and error have a reason, every other status has none', () => {
    everyStep(({ after }) =>
      expect(after.statusReason === null).toBe(after.status !== 'terminated' && after.status !== 'error'),
    );
  });

  test('I3: the time of its end is set exactly when it has ended', () => {
    everyStep(({ after }) => {
      expect(after.completedAt !== null).toBe(after.status === 'completed' || after.status === 'error');
      expect(after.terminatedAt !== null).toBe(after.status === 'terminated');
    });
  });

  test('I4: a session that has ended has no pending turn and wants no runner', () => {
    everyStep(({ after }) => {
      if (isEnded(after)) expect(after).toMatchObject({ pendingTurns: 0, wantsRunner: false });
    });
  });

  test('I5: a session is active exactly when it lives, is not paused and a turn is pending', () => {
    everyStep(({ after, refused, event, before }) => {
      // A count that has moved and not been reported yet is the engine's, not the machine's.
      if (refused || (event.type === 'turns_done' && after === before)) return;
      expect(after.status === 'active').toBe(!isEnded(after) && !after.paused && after.pendingTurns > 0);
    });
  });

  test('I6: an active or idle session wants a runner, a waiting, parked or paused one does not', () => {
    everyStep(({ after }) => {
      const state = stateOf(after);
      if (state === 'active' || state === 'idle') expect(after.wantsRunner).toBe(true);
      if (state === 'waiting' || state === 'parked' || state === 'paused') expect(after.wantsRunner).toBe(false);
    });
  });

  test('I7: startedAt is set once and never changes', () => {
    everyStep(({ before, after }) => {
      if (before.startedAt !== null) expect(after.startedAt).toEqual(before.startedAt);
    });
  });

  test('I8: a message is accepted in every state that lives and refused in every one that has ended', () => {
    everyStep(({ before, event, refused }) => {
      if (event.type === 'message_accepted') expect(refused).toBe(isEnded(before));
    });
  });

  test('I9: turns of an ephemeral session end it, unless the last of them was interrupted', () => {
    everyStep(({ before, after, event, policy }) => {
      if (policy !== policies.ephemeral || event.type !== 'turns_done' || before.status !== 'active') return;
      if (after.pendingTurns > 0) return;
      expect(after.status).toBe({ succeeded: 'completed', failed: 'error', interrupted: 'idle' }[event.outcome]);
    });
  });

  test('I10: a pattern that is always resident is parked by a person only', () => {
    everyStep(({ before, after, event, policy }) => {
      if (policy.residence !== 'always' || stateOf(after) !== 'parked' || stateOf(before) === 'parked') return;
      expect(event.type).toBe('park_requested');
    });
  });

  test('I11: lifetime, money and turns end a session whatever it is doing, and money pauses it where that is wished', () => {
    everyStep(({ before, after, event }) => {
      if (event.type !== 'limit_reached' || event.limit === 'idle' || isEnded(before)) return;
      expect(stateOf(after)).toBe(event.pauses ? 'paused' : 'terminated');
    });
  });
});

test('I14: only money that was spent pauses a session, and only more of it, or its end, ends the pause', () => {
  everyStep(({ before, after, event }) => {
    if (after.paused && !before.paused) expect(event).toMatchObject({ type: 'limit_reached', limit: 'budget' });
    if (before.paused && !after.paused && !isEnded(after)) expect(event.type).toBe('budget_raised');
  });
});

test('I15: only a turn that waits for a person makes a session wait, never one that is always resident, and an answer ends it', () => {
  everyStep(({ before, after, event, policy }) => {
    const [from, to] = [stateOf(before), stateOf(after)];
    if (to === 'waiting' && from !== 'waiting') {
      expect({ from, event: event.type }).toEqual({ from: 'active', event: 'wait_elapsed' });
      expect(policy.residence).toBe('while_used');
    }
    if (from === 'waiting' && to === 'active') expect(event.type).toBe('wait_over');
  });
});

describe('the table', () => {
  test('is total: every state has a rule for every event', () => {
    for (const state of STATES) expect(Object.keys(TABLE[state]).sort()).toEqual([...EVENT_TYPES].sort());
  });

  test('ends a session for the limit that was reached', () => {
    const reasons = (['idle', 'lifetime', 'budget', 'turns'] as const).map((limit) => {
      const step = transition(inState('idle'), { type: 'limit_reached', limit }, policies['long-running'], at(0));
      return step.kind === 'moved' ? step.next.statusReason : step.kind;
    });
    expect(reasons).toEqual(['idle_timeout', 'lifetime_exceeded', 'budget_exceeded', 'max_turns']);
  });

  test('parks a hybrid session where it would end another', () => {
    const step = transition(inState('idle'), { type: 'limit_reached', limit: 'idle' }, policies.hybrid, at(0));
    expect(step).toMatchObject({
      kind: 'moved',
      next: { status: 'idle', wantsRunner: false },
      effects: [{ type: 'release' }],
    });
  });

  test('cancels what waits and lets go of the runner when a working session is ended', () => {
    const step = transition(
      inState('active'),
      { type: 'terminate_requested', reason: 'user_requested' },
      policies.hybrid,
      at(0),
    );
    expect(step).toMatchObject({ effects: [{ type: 'cancel_turns' }, { type: 'release' }] });
  });
});
