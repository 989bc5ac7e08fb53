/** The tables as Kysely sees them; `migrations/` is what they are. Money is decimal text. */

import type { PermissionDecision } from '@rigger/runner/protocol';
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { CallerLimits, Scope, TenantRetention } from '../model/access.ts';
import type { SessionConfig } from '../model/config.ts';
import type { PermissionKind, PermissionScope, PermissionStatus } from '../model/permissions.ts';
import type { WaitingReason } from '../model/residence.ts';
import type { RunStatus, ScheduleReason, ScheduleRecord, ScheduleStatus, SkipReason } from '../model/schedules.ts';
import type { OnBudget, SessionPattern, SessionStatus, StatusReason } from '../model/session.ts';
import type { SnapshotReason } from '../model/snapshots.ts';
import type { TurnStatus } from '../model/turn.ts';
import type { AttemptError, DeliveryStatus, DisabledReason } from '../model/webhooks.ts';

/** Written as JSON text, read as a value. */
type Json<T> = ColumnType<T, string, string>;
type JsonOrNull<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface Tables {
  agentSessions: {
    id: string;
    tenant: Generated<string>;
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
    snapshotWanted: string | null;
    restoreWanted: string | null;
    filesRunner: string | null;
    filesKept: Generated<boolean>;
    pendingPermissions: Generated<number>;
    permissionDueAt: Date | null;
    waitsSince: Date | null;
    waitingSince: Date | null;
    waitingOrder: Date | null;
    waitingTold: number | null;
    waitingReason: WaitingReason | null;
    restoreRequest: string | null;
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
    traceparent: string | null;
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
    report: JsonOrNull<Record<string, unknown>>;
    serverUrl: string | null;
    shortOfMemory: Generated<boolean>;
    usage: JsonOrNull<Record<string, unknown>>;
    usageAt: Date | null;
    singleUse: Generated<boolean>;
    used: Generated<boolean>;
    partedAt: Date | null;
  };
  deletedSessionStats: {
    tenant: Generated<string>;
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
  snapshots: {
    id: string;
    sessionId: string;
    reason: SnapshotReason;
    createdAt: Generated<Date>;
    epoch: number;
    manifest: string;
    files: number;
    bytes: number;
    storedBytes: number;
    conversations: Json<Record<string, { sdkSessionId: string; uuid: string | null }>>;
    config: Json<Record<string, unknown>>;
    usage: Json<{ totalCost: number; totalTokens: number; numTurns: number }>;
    turnId: string | null;
  };
  sessionPermissions: {
    id: string;
    sessionId: string;
    agent: string;
    turnId: string;
    kind: PermissionKind;
    tool: string;
    input: Json<Record<string, unknown>>;
    title: string;
    reason: string | null;
    toolUseId: string | null;
    parentToolUseId: string | null;
    rules: Generated<string[]>;
    status: Generated<PermissionStatus>;
    requestedAt: Date;
    expiresAt: Date;
    answeredAt: Date | null;
    answeredBy: string | null;
    decision: JsonOrNull<PermissionDecision>;
    scope: PermissionScope | null;
    resumable: boolean;
    epoch: number;
    taken: Generated<boolean>;
  };
  schedules: {
    id: string;
    tenant: Generated<string>;
    name: string;
    cron: string | null;
    timezone: Generated<string>;
    at: Date | null;
    target: Json<ScheduleRecord['target']>;
    prompt: Json<ScheduleRecord['prompt']>;
    overlap: ScheduleRecord['overlap'];
    onMissed: ScheduleRecord['onMissed'];
    status: Generated<ScheduleStatus>;
    statusReason: ScheduleReason | null;
    nextAt: Date | null;
    createdAt: Generated<Date>;
    updatedAt: Generated<Date>;
  };
  scheduleRuns: {
    id: string;
    n: GeneratedAlways<number>;
    tenant: Generated<string>;
    scheduleId: string;
    dueAt: Date;
    trigger: 'time' | 'manual';
    status: RunStatus;
    reason: SkipReason | null;
    error: JsonOrNull<{ code: string; message: string }>;
    sessionId: string | null;
    turnId: string | null;
    startedAt: Date | null;
    finishedAt: Date | null;
    claimedUntil: Date | null;
  };
  webhookEndpoints: {
    id: string;
    tenant: Generated<string>;
    url: string;
    events: Generated<string[]>;
    description: string | null;
    enabled: Generated<boolean>;
    disabledReason: DisabledReason | null;
    createdAt: Generated<Date>;
    updatedAt: Generated<Date>;
    lastDeliveredAt: Date | null;
    sealed: Buffer;
    keyId: string;
    previousSealed: Buffer | null;
    previousKeyId: string | null;
    previousUntil: Date | null;
  };
  webhookDeliveries: {
    id: string;
    n: GeneratedAlways<number>;
    tenant: Generated<string>;
    endpointId: string;
    messageId: string;
    type: string;
    sessionId: string | null;
    payload: string;
    status: Generated<DeliveryStatus>;
    createdAt: Generated<Date>;
    nextAttemptAt: Date | null;
    triedSince: Generated<Date>;
    tries: Generated<number>;
    finishedAt: Date | null;
  };
  webhookAttempts: {
    deliveryId: string;
    at: Date;
    statusCode: number | null;
    latencyMs: number;
    error: AttemptError | null;
  };
  tenants: {
    id: string;
    limits: Json<CallerLimits>;
    retention: Json<TenantRetention>;
    createdAt: Generated<Date>;
    updatedAt: Generated<Date>;
  };
  apiKeys: {
    id: string;
    tenant: string;
    name: string;
    scopes: Scope[];
    limits: Json<CallerLimits>;
    hash: Buffer;
    previousHash: Buffer | null;
    previousUntil: Date | null;
    createdAt: Generated<Date>;
    createdBy: string | null;
    expiresAt: Date | null;
    revokedAt: Date | null;
    lastUsedAt: Date | null;
  };
  auditLog: {
    n: GeneratedAlways<number>;
    tenant: string;
    at: Generated<Date>;
    actor: string;
    keyId: string | null;
    address: string | null;
    requestId: string | null;
    action: string;
    target: string | null;
    before: JsonOrNull<unknown>;
    after: JsonOrNull<unknown>;
    position: number | null;
    hash: string | null;
  };
  secrets: {
    tenant: Generated<string>;
    name: string;
    sealed: Buffer;
    keyId: string;
    hosts: string[];
    description: string | null;
    createdAt: Generated<Date>;
    updatedAt: Generated<Date>;
  };
}

/**
 * The columns of a table by name. Statements are kept prepared, and one that says `*` would break in a running server when
 * the migration of a newer one adds a column.
 */
export const SESSION_COLUMNS = [
  'id',
  'tenant',
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
  'snapshotWanted',
  'restoreWanted',
  'filesRunner',
  'filesKept',
  'pendingPermissions',
  'permissionDueAt',
  'waitsSince',
  'waitingSince',
  'waitingOrder',
  'waitingTold',
  'waitingReason',
  'restoreRequest',
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
  'traceparent',
] as const satisfies readonly (keyof Tables['sessionTurns'])[];
export const AGENT_COLUMNS = [
  'sessionId',
  'name',
  'sdkSessionId',
  'resumeAt',
  'fork',
] as const satisfies readonly (keyof Tables['sessionAgents'])[];
export const PERMISSION_COLUMNS = [
  'id',
  'sessionId',
  'agent',
  'turnId',
  'kind',
  'tool',
  'input',
  'title',
  'reason',
  'toolUseId',
  'parentToolUseId',
  'rules',
  'status',
  'requestedAt',
  'expiresAt',
  'answeredAt',
  'answeredBy',
  'decision',
  'scope',
  'resumable',
  'epoch',
  'taken',
] as const satisfies readonly (keyof Tables['sessionPermissions'])[];
export const WEBHOOK_COLUMNS = [
  'id',
  'tenant',
  'url',
  'events',
  'description',
  'enabled',
  'disabledReason',
  'createdAt',
  'updatedAt',
  'lastDeliveredAt',
  'sealed',
  'keyId',
  'previousSealed',
  'previousKeyId',
  'previousUntil',
] as const satisfies readonly (keyof Tables['webhookEndpoints'])[];
export const DELIVERY_COLUMNS = [
  'id',
  'n',
  'tenant',
  'endpointId',
  'messageId',
  'type',
  'sessionId',
  'status',
  'createdAt',
  'nextAttemptAt',
  'finishedAt',
] as const satisfies readonly (keyof Tables['webhookDeliveries'])[];
export const SCHEDULE_COLUMNS = [
  'id',
  'tenant',
  'name',
  'cron',
  'timezone',
  'at',
  'target',
  'prompt',
  'overlap',
  'onMissed',
  'status',
  'statusReason',
  'nextAt',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Tables['schedules'])[];
export const RUN_COLUMNS = [
  'id',
  'n',
  'tenant',
  'scheduleId',
  'dueAt',
  'trigger',
  'status',
  'reason',
  'error',
  'sessionId',
  'turnId',
  'startedAt',
  'finishedAt',
] as const satisfies readonly (keyof Tables['scheduleRuns'])[];
