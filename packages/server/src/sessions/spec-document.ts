/** The table and the diagram of SPEC.md, made from the state machine itself by trying every policy. */
import { makePolicies } from './policy.ts';
import {
  EVENT_TYPES,
  type EventType,
  type Machine,
  type MachineEvent,
  STATES,
  type State,
  stateOf,
  transition,
} from './transition.ts';

const policies = Object.values(
  makePolicies({ RIGGER_EPHEMERAL_RETENTION_MS: 60_000, RIGGER_HYBRID_PARK_AFTER_MS: 300_000 }),
);
const NOW = new Date(0);

/** A session in the given state, with a turn pending where the state needs one. */
export function inState(state: State, alwaysResident = false): Machine {
  const over = state === 'completed' || state === 'error' || state === 'terminated';
  return {
    status: state === 'parked' || state === 'paused' ? 'idle' : state === 'waiting' ? 'active' : state,
    statusReason: state === 'error' ? 'error' : state === 'terminated' ? 'user_requested' : null,
    startedAt: state === 'initializing' ? null : NOW,
    completedAt: state === 'completed' || state === 'error' ? NOW : null,
    terminatedAt: state === 'terminated' ? NOW : null,
    pendingTurns: state === 'active' || state === 'waiting' ? 1 : 0,
    paused: state === 'paused',
    wantsRunner: !over && (state === 'active' || state === 'idle' || (state === 'initializing' && alwaysResident)),
  };
}

/** Every form that an event of this type can take. */
export function variants(type: EventType): MachineEvent[] {
  switch (type) {
    case 'turns_done':
      return (['succeeded', 'failed', 'interrupted'] as const).map((outcome) => ({ type, outcome }));
    case 'limit_reached':
      return [
        ...(['idle', 'lifetime', 'budget', 'turns'] as const).map((limit) => ({ type, limit })),
        { type, limit: 'budget', pauses: true },
      ];
    case 'terminate_requested':
      return [{ type, reason: 'user_requested' }];
    default:
      return [{ type } as MachineEvent];
  }
}

/** How many turns may be pending when the machine hears of this event in this state. */
function waiting(state: State, type: EventType): number[] {
  if (state === 'paused') return [0, 1];
  return [type === 'turns_done' ? 0 : inState(state).pendingTurns];
}

/** Where an event leads from a state, over all policies and forms of the event. */
function outcomes(state: State, type: EventType): Set<string> {
  const found = new Set<string>();
  for (const policy of policies) {
    for (const [event, pendingTurns] of variants(type).flatMap((event) =>
      waiting(state, type).map((n) => [event, n] as const),
    )) {
      const session = { ...inState(state, policy.residence === 'always'), pendingTurns };
      const step = transition(session, event, policy, NOW);
      if (step.kind === 'ignored') found.add('·');
      else if (step.kind === 'refused') found.add('✗');
      else found.add(step.effects.some((effect) => effect.type === 'delete') ? '⌫' : stateOf(step.next));
    }
  }
  return found;
}

export function table(): string {
  const rows = EVENT_TYPES.map(
    (type) => `| ${type} | ${STATES.map((state) => [...outcomes(state, type)].sort().join(' or ')).join(' | ')} |`,
  );
  return [`| event | ${STATES.join(' | ')} |`, `|---|${STATES.map(() => '---').join('|')}|`, ...rows].join('\n');
}

export function diagram(): string {
  const edges = new Map<string, string[]>();
  for (const state of STATES)
    for (const type of EVENT_TYPES)
      for (const to of outcomes(state, type))
        if ((STATES as readonly string[]).includes(to) && to !== state)
          edges.set(`${state} --> ${to}`, [...(edges.get(`${state} --> ${to}`) ?? []), type]);
  const lines = [...edges].map(([edge, types]) => `  ${edge}: ${types.join(', ')}`);
  const ends = ['completed', 'error', 'terminated'].map(
    (state) => `  ${state} --> [*]: retention_elapsed, delete_requested`,
  );
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> initializing: created', ...lines, ...ends, '```'].join('\n');
}
