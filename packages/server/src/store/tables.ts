/** The tables as Kysely sees them; `migrations/` is what they are. Money is decimal text. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { SessionConfig } from '../model/config.ts';
import type { OnBudget, SessionPattern, SessionStatus, StatusReason } from '../model/session.ts';
import type { TurnStatus } from '../model/turn.ts';

/** Written as JSON text, read as a value. */
type Json<T> = ColumnType<T, string, string>;
type JsonOrNull<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface Tables {
  agentSessions: {
    id: string;
    sdkSessionId: string | null;
    pattern: SessionPattern;
    status: SessionStatus;
    statusReason: StatusReason | null;
    config: Json<SessionConfig>;
    conversationId: JsonOrNull<number | string>;
    createdAt: Generated<Date>;
    startedAt: Date | null;
    lastActivityAt: Generated<Date>;
    completedAt: Date | null;
    terminatedAt: Date | null;
    totalCost: Generated<string>;
    totalTokens: Generated<number>;
    numTurns: Generated<number>;
    toolsUsed: Generated<string[]>;
    maxIdleTimeMs: number | null;
    maxLifetimeMs: number | null;
    maxBudgetUsd: string | null;
    maxTurns: number | null;
    tags: Generated<string[]>;
    description: string | null;
    userId: string | null;
    isolation: string | null;
    lastEventSeq: Generated<number>;
    pendingTurns: Generated<number>;
    wantsRunner: Generated<boolean>;
    runnerId: string | null;
    releasing: Generated<boolean>;
    epoch: Generated<number>;
    lastBatch: Generated<number>;
    nextDeadlineAt: Date | null;
    resumedFrom: string | null;
    runnerLabels: Generated<string[]>;
    onBudget: Generated<OnBudget>;
    paused: Generated<boolean>;
    budgetWarned: Generated<number>;
    keyId: string | null;
  };
  sessionTurns: {
    id: string;
    sessionId: string;
    ordinal: GeneratedAlways<number>;
    agent: string;
    fromAgent: string | null;
    depth: Generated<number>;
    status: TurnStatus;
    prompt: Json<unknown>;
    attempt: Generated<number>;
    epoch: number | null;
    createdAt: Generated<Date>;
    startedAt: Date | null;
    finishedAt: Date | null;
    cost: Generated<string>;
    tokens: Generated<number>;
    numTurns: Generated<number>;
    response: string | null;
    result: JsonOrNull<Record<string, unknown>>;
    error: JsonOrNull<{ code: string; message: string }>;
    deaths: Generated<number>;
    stopRequested: Generated<boolean>;
    sdkCost: string | null;
  };
  sessionEvents: {
    sessionId: string;
    seq: number;
    type: string;
    at: Date;
    agent: string | null;
    turnId: string | null;
    data: Json<Record<string, unknown>>;
  };
  sessionAgents: {
    sessionId: string;
    name: string;
    sdkSessionId: string | null;
    resumeAt: string | null;
    fork: Generated<boolean>;
  };
  transcriptEntries: {
    sessionId: string;
    sdkSessionId: string;
    subpath: Generated<string>;
    n: GeneratedAlways<number>;
    uuid: string | null;
    entry: Json<Record<string, unknown>>;
  };
  idempotencyKeys: {
    scope: string;
    key: string;
    requestHash: string;
    sessionId: string;
    turnId: string | null;
    answer: JsonOrNull<Record<string, unknown>>;
    createdAt: Generated<Date>;
  };
  deletedSessions: { sessionId: string; deletedAt: Generated<Date> };
  runners: {
    id: string;
    instance: Generated<string>;
    serverId: string | null;
    draining: Generated<boolean>;
    refusedAt: Date | null;
    version: string;
    capacity: number;
    labels: Generated<string[]>;
    isolation: string;
    joinedAt: Generated<Date>;
    expiresAt: Date;
  };
  deletedSessionStats: {
    day: Date;
    pattern: string;
    status: string;
    userId: string | null;
    tags: string[];
    sessions: number;
    cost: string;
    tokens: number;
    durationMs: number;
  };
  serverSecrets: { name: string; value: string };
}

/**
 * The columns of a table by name. Statements are kept prepared, and one that says `*` would break in a running server when
 * the migration of a newer one adds a column.
 */
export const SESSION_COLUMNS = [
  'id',
  'sdkSessionId',
  'pattern',
  'status',
  'statusReason',
  'config',
  'conversationId',
  'createdAt',
  'startedAt',
  'lastActivityAt',
  'completedAt',
  'terminatedAt',
  'totalCost',
  'totalTokens',
  'numTurns',
  'toolsUsed',
  'maxIdleTimeMs',
  'maxLifetimeMs',
  'maxBudgetUsd',
  'maxTurns',
  'tags',
  'description',
  'userId',
  'isolation',
  'lastEventSeq',
  'pendingTurns',
  'wantsRunner',
  'runnerId',
  'releasing',
  'epoch',
  'lastBatch',
  'nextDeadlineAt',
  'resumedFrom',
  'runnerLabels',
  'onBudget',
  'paused',
  'budgetWarned',
  'keyId',
] as const satisfies readonly (keyof Tables['agentSessions'])[];
export const TURN_COLUMNS = [
  'id',
  'sessionId',
  'ordinal',
  'agent',
  'fromAgent',
  'depth',
  'status',
  'prompt',
  'attempt',
  'epoch',
  'createdAt',
  'startedAt',
  'finishedAt',
  'cost',
  'tokens',
  'numTurns',
  'response',
  'result',
  'error',
  'deaths',
  'stopRequested',
  'sdkCost',
] as const satisfies readonly (keyof Tables['sessionTurns'])[];
export const AGENT_COLUMNS = [
  'sessionId',
  'name',
  'sdkSessionId',
  'resumeAt',
  'fork',
] as const satisfies readonly (keyof Tables['sessionAgents'])[];
