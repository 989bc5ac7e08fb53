/**
 * The session's state machine: a total table of states × events, pure and without a clock of its own.
 * SPEC.md beside this file says what must always hold; its table and diagram are generated from this one.
 */
import type { SessionRecord } from '../model/record.ts';
import type { StatusReason } from '../model/session.ts';
import type { Policy } from './policy.ts';

/**
 * The public statuses, with idle split: by whether the session keeps its processes, and whether its turns wait for money; and
 * active: by whether its turn has let its process go and waits for a person.
 */
export const STATES = [
  'initializing',
  'active',
  'waiting',
  'idle',
  'parked',
  'paused',
  'completed',
  'error',
  'terminated',
] as const;
export type State = (typeof STATES)[number];

export type LimitName = 'idle' | 'lifetime' | 'budget' | 'turns';

export type MachineEvent =
  | { type: 'message_accepted' }
  | { type: 'turn_started' }
  | { type: 'turns_done'; outcome: 'succeeded' | 'failed' | 'interrupted' }
  | { type: 'agent_ready' }
  /** `pauses`: it is the session's wish to wait for more of it. */
  | { type: 'limit_reached'; limit: LimitName; pauses?: boolean }
  | { type: 'budget_raised' }
  | { type: 'residence_elapsed' }
  | { type: 'wait_elapsed' }
  | { type: 'wait_over' }
  /** Another session needs its place, or its runner its memory. */
  | { type: 'room_wanted'; wanted: 'place' | 'memory' }
  | { type: 'park_requested' }
  | { type: 'resume_requested' }
  | { type: 'finish_requested' }
  | { type: 'terminate_requested'; reason: StatusReason }
  | { type: 'runner_lost' }
  | { type: 'start_failed' }
  | { type: 'retention_elapsed' }
  | { type: 'delete_requested' };
export type EventType = MachineEvent['type'];
export const EVENT_TYPES = [
  'message_accepted', 'turn_started', 'turns_done', 'agent_ready', 'limit_reached', 'budget_raised', 'residence_elapsed', 'room_wanted', 'wait_elapsed',
  'wait_over', 'park_requested', 'resume_requested', 'finish_requested', 'terminate_requested', 'runner_lost', 'start_failed', 'retention_elapsed',
  'delete_requested',
] as const satisfies readonly EventType[]; // biome-ignore format: one line a thought

/** What is to be done about it, carried out elsewhere. */
export type Effect = { type: 'cancel_turns' } | { type: 'release' } | { type: 'delete' };

/** What of a session the machine reads and moves. */
export type Machine = Pick<
  SessionRecord,
  'status' | 'statusReason' | 'startedAt' | 'completedAt' | 'terminatedAt' | 'pendingTurns' | 'wantsRunner' | 'paused'
>;

export type Refusal = 'not_active' | 'busy';
export type Step =
  | { kind: 'moved'; next: Machine; effects: Effect[] }
  | { kind: 'ignored' }
  | { kind: 'refused'; why: Refusal };

/** A row of the table: to where, or that nothing happens, or that it is refused. Policy decides where two are named. */
type Rule =
  | State
  | 'ignore'
  | 'refuse'
  | 'delete'
  | ((event: MachineEvent, policy: Policy, session: Machine) => State | 'ignore');

const REASON_OF_LIMIT: Record<LimitName, StatusReason> = {
  idle: 'idle_timeout',
  lifetime: 'lifetime_exceeded',
  budget: 'budget_exceeded',
  turns: 'max_turns',
};

const afterTurns = (event: MachineEvent, policy: Policy): State => {
  if (event.type !== 'turns_done' || event.outcome === 'interrupted' || policy.onTurnsDone === 'stay') return 'idle';
  return event.outcome === 'succeeded' ? 'completed' : 'error';
};
/** What ends while it waits without a process is not brought up for that. */
const afterWait: Rule = (event, policy) => {
  const to = afterTurns(event, policy);
  return to === 'idle' ? 'parked' : to;
};
const pausesAt = (event: MachineEvent): boolean => event.type === 'limit_reached' && event.pauses === true;
/** Idle time is counted only while no turn is pending; a parked session of a pattern that parks has nothing left to lose. */
const atLimit =
  (whenIdle: 'counts' | 'ignore'): Rule =>
  (event, policy) => {
    if (event.type !== 'limit_reached' || event.limit !== 'idle') return pausesAt(event) ? 'paused' : 'terminated';
    if (whenIdle === 'ignore') return 'ignore';
    return policy.onIdle === 'park' ? 'parked' : 'terminated';
  };
const atLimitParked: Rule = (event, policy) => {
  if (event.type === 'limit_reached' && event.limit === 'idle' && policy.onIdle === 'park') return 'ignore';
  return pausesAt(event) ? 'paused' : 'terminated';
};
const atLimitPaused: Rule = (event, policy, session) => {
  const to = atLimitParked(event, policy, session);
  return to === 'paused' ? 'ignore' : to;
};
const unpaused: Rule = (_, policy, session) => {
  if (session.pendingTurns > 0) return 'active';
  return policy.residence === 'always' ? 'idle' : 'parked';
};
/** Neither time nor others take processes from a pattern that is always resident. */
const unlessResident: Rule = (_, policy) => (policy.residence === 'always' ? 'ignore' : 'parked');
/** Nor from a turn of such a pattern that waits for a person. */
const waitingUnlessResident: Rule = (_, policy) => (policy.residence === 'always' ? 'ignore' : 'waiting');
/** A pattern that is always resident gets another runner; the others come back with the next message. */
const homeless: Rule = (_, policy) => (policy.residence === 'always' ? 'idle' : 'parked');

const ended: Record<EventType, Rule> = {
  message_accepted: 'refuse',
  turn_started: 'ignore',
  turns_done: 'ignore',
  agent_ready: 'ignore',
  limit_reached: 'ignore',
  budget_raised: 'ignore',
  residence_elapsed: 'ignore',
  wait_elapsed: 'ignore',
  wait_over: 'ignore',
  room_wanted: 'ignore',
  park_requested: 'refuse',
  resume_requested: 'refuse',
  finish_requested: 'refuse',
  terminate_requested: 'ignore',
  runner_lost: 'ignore',
  start_failed: 'ignore',
  retention_elapsed: 'delete',
  delete_requested: 'delete',
};

/** Total: every state has a rule for every event, and the compiler sees to it. */
export const TABLE: Record<State, Record<EventType, Rule>> = {
  initializing: {
    message_accepted: 'active',
    turn_started: 'ignore',
    turns_done: 'ignore',
    agent_ready: 'idle',
    limit_reached: atLimitParked,
    budget_raised: 'ignore',
    residence_elapsed: 'ignore',
    wait_elapsed: 'ignore',
    wait_over: 'ignore',
    room_wanted: 'ignore',
    park_requested: 'parked',
    resume_requested: 'ignore',
    finish_requested: 'completed',
    terminate_requested: 'terminated',
    runner_lost: 'ignore',
    start_failed: 'error',
    retention_elapsed: 'ignore',
    delete_requested: 'delete',
  },
  active: {
    message_accepted: 'active',
    turn_started: 'active',
    turns_done: afterTurns,
    agent_ready: 'ignore',
    limit_reached: atLimit('ignore'),
    budget_raised: 'ignore',
    residence_elapsed: 'ignore',
    wait_elapsed: waitingUnlessResident,
    wait_over: 'ignore',
    room_wanted: 'ignore',
    park_requested: 'refuse',
    resume_requested: 'ignore',
    finish_requested: 'completed',
    terminate_requested: 'terminated',
    runner_lost: 'ignore',
    start_failed: 'error',
    retention_elapsed: 'ignore',
    delete_requested: 'delete',
  },
  // Whatever comes queues behind the turn that waits.
  waiting: {
    message_accepted: 'waiting',
    turn_started: 'ignore',
    turns_done: afterWait,
    agent_ready: 'ignore',
    limit_reached: atLimit('ignore'),
    budget_raised: 'ignore',
    residence_elapsed: 'ignore',
    wait_elapsed: 'ignore',
    wait_over: 'active',
    room_wanted: 'ignore',
    park_requested: 'refuse',
    resume_requested: 'ignore',
    finish_requested: 'completed',
    terminate_requested: 'terminated',
    runner_lost: 'ignore',
    start_failed: 'ignore',
    retention_elapsed: 'ignore',
    delete_requested: 'delete',
  },
  idle: {
    message_accepted: 'active',
    turn_started: 'ignore',
    turns_done: 'ignore',
    agent_ready: 'ignore',
    limit_reached: atLimit('counts'),
    budget_raised: 'ignore',
    residence_elapsed: unlessResident,
    wait_elapsed: 'ignore',
    wait_over: 'ignore',
    room_wanted: unlessResident,
    park_requested: 'parked',
    resume_requested: 'ignore',
    finish_requested: 'completed',
    terminate_requested: 'terminated',
    runner_lost: homeless,
    start_failed: 'error',
    retention_elapsed: 'ignore',
    delete_requested: 'delete',
  },
  parked: {
    message_accepted: 'active',
    turn_started: 'ignore',
    turns_done: 'ignore',
    agent_ready: 'ignore',
    limit_reached: atLimitParked,
    budget_raised: 'ignore',
    residence_elapsed: 'ignore',
    wait_elapsed: 'ignore',
    wait_over: 'ignore',
    room_wanted: 'ignore',
    park_requested: 'ignore',
    resume_requested: 'idle',
    finish_requested: 'completed',
    terminate_requested: 'terminated',
    runner_lost: 'ignore',
    start_failed: 'ignore',
    retention_elapsed: 'ignore',
    delete_requested: 'delete',
  },
  // Messages wait with the turns that were broken off.
  paused: {
    message_accepted: 'paused',
    turn_started: 'ignore',
    turns_done: 'ignore',
    agent_ready: 'ignore',
    limit_reached: atLimitPaused,
    budget_raised: unpaused,
    residence_elapsed: 'ignore',
    wait_elapsed: 'ignore',
    wait_over: 'ignore',
    room_wanted: 'ignore',
    park_requested: 'ignore',
    resume_requested: 'ignore',
    finish_requested: 'completed',
    terminate_requested: 'terminated',
    runner_lost: 'ignore',
    start_failed: 'ignore',
    retention_elapsed: 'ignore',
    delete_requested: 'delete',
  },
  completed: { ...ended, finish_requested: 'ignore' },
  error: ended,
  terminated: ended,
};

export const isEnded = (session: Pick<Machine, 'status'>): boolean =>
  session.status === 'completed' || session.status === 'error' || session.status === 'terminated';

export function stateOf({ status, wantsRunner, paused }: Pick<Machine, 'status' | 'wantsRunner' | 'paused'>): State {
  if (status === 'active' && !wantsRunner) return 'waiting';
  if (status !== 'idle' || wantsRunner) return status;
  return paused ? 'paused' : 'parked';
}

function reasonFor(state: State, event: MachineEvent): StatusReason | null {
  if (state === 'error') return 'error';
  if (state !== 'terminated') return null;
  if (event.type === 'limit_reached') return REASON_OF_LIMIT[event.limit];
  return event.type === 'terminate_requested' ? event.reason : 'error';
}

/** What one event does to a session. `now` becomes its timestamps; nothing else is read from outside. */
export function transition(session: Machine, event: MachineEvent, policy: Policy, now: Date): Step {
  const from = stateOf(session);
  const rule = TABLE[from][event.type];
  const to = typeof rule === 'function' ? rule(event, policy, session) : rule;
  if (to === 'ignore') return { kind: 'ignored' };
  if (to === 'refuse') return { kind: 'refused', why: isEnded(session) ? 'not_active' : 'busy' };
  if (to === 'delete')
    return {
      kind: 'moved',
      next: session,
      effects: [{ type: 'cancel_turns' }, { type: 'release' }, { type: 'delete' }],
    };

  const over = to === 'completed' || to === 'error' || to === 'terminated';
  const status = to === 'parked' || to === 'paused' ? 'idle' : to === 'waiting' ? 'active' : to;
  const started = event.type === 'turn_started' || event.type === 'agent_ready';
  const next: Machine = {
    status,
    statusReason: reasonFor(to, event),
    startedAt: session.startedAt ?? (started ? now : null),
    completedAt: to === 'completed' || to === 'error' ? now : null,
    terminatedAt: to === 'terminated' ? now : null,
    pendingTurns: over ? 0 : session.pendingTurns,
    wantsRunner: to === 'active' || to === 'idle',
    paused: to === 'paused',
  };
  const effects: Effect[] = [];
  if (over && session.pendingTurns > 0) effects.push({ type: 'cancel_turns' });
  if (!next.wantsRunner && session.wantsRunner) effects.push({ type: 'release' });
  return { kind: 'moved', next, effects };
}
