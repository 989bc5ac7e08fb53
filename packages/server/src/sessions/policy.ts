/** A hosting pattern is one row of this table; nothing else in Rigger asks for a pattern by name to decide something. */
import type { SessionPattern } from '../model/session.ts';

export interface Policy {
  /** What happens once no turn is left: the session is done, or stays for the next message. */
  onTurnsDone: 'complete' | 'stay';
  /** What happens when `maxIdleTimeMs` has run out. */
  onIdle: 'terminate' | 'park';
  /** Whether it holds its processes from creation to end, or only while it is used. */
  residence: 'always' | 'while_used';
  /** With `while_used`: how long idle processes are kept before they are given back. */
  parkAfterMs: number | null;
  /** How long it is kept after its end; null: until somebody deletes it. */
  retentionMs: number | null;
  /** Whether `customAgents` are agents of their own in one sandbox, or subagents of the one agent. */
  crew: boolean;
}

/** The parts of the settings that policies depend on. */
export interface PolicySettings {
  RIGGER_EPHEMERAL_RETENTION_MS: number;
  RIGGER_LONG_RUNNING_RETENTION_MS?: number | undefined;
  RIGGER_HYBRID_RETENTION_MS?: number | undefined;
  RIGGER_SINGLE_CONTAINER_RETENTION_MS?: number | undefined;
  RIGGER_HYBRID_PARK_AFTER_MS: number;
}

export type Policies = Record<SessionPattern, Policy>;

export function makePolicies(settings: PolicySettings): Policies {
  return {
    ephemeral: {
      onTurnsDone: 'complete',
      onIdle: 'terminate',
      residence: 'while_used',
      parkAfterMs: settings.RIGGER_HYBRID_PARK_AFTER_MS,
      retentionMs: settings.RIGGER_EPHEMERAL_RETENTION_MS,
      crew: false,
    },
    'long-running': {
      onTurnsDone: 'stay',
      onIdle: 'terminate',
      residence: 'always',
      parkAfterMs: null,
      retentionMs: settings.RIGGER_LONG_RUNNING_RETENTION_MS ?? null,
      crew: false,
    },
    hybrid: {
      onTurnsDone: 'stay',
      onIdle: 'park',
      residence: 'while_used',
      parkAfterMs: settings.RIGGER_HYBRID_PARK_AFTER_MS,
      retentionMs: settings.RIGGER_HYBRID_RETENTION_MS ?? null,
      crew: false,
    },
    'single-container': {
      onTurnsDone: 'stay',
      onIdle: 'terminate',
      residence: 'always',
      parkAfterMs: null,
      retentionMs: settings.RIGGER_SINGLE_CONTAINER_RETENTION_MS ?? null,
      crew: true,
    },
  };
}
