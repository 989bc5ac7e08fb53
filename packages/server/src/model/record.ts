/** A session and a turn as rules and store see them; `views.ts` makes of them what the contract shows. */
import type { PermissionDecision, RunnerReport, SessionUsage } from '@rigger/runner/protocol';
import type { SessionConfig } from './config.ts';
import type { Nano } from './money.ts';
import type { PermissionKind, PermissionScope, PermissionStatus } from './permissions.ts';
import type { WaitingReason } from './residence.ts';
import type { OnBudget, SessionPattern, SessionStatus, StatusReason } from './session.ts';
import type { Prompt, TurnStatus } from './turn.ts';

export interface SessionRecord {
  id: string;
  /** Whose it is. Never changes. */
  tenant: string;
  sdkSessionId: string | null;
  pattern: SessionPattern;
  status: SessionStatus;
  statusReason: StatusReason | null;
  config: SessionConfig;
  conversationId: number | string | null;
  createdAt: Date;
  startedAt: Date | null;
  lastActivityAt: Date;
  completedAt: Date | null;
  terminatedAt: Date | null;
  totalCost: Nano;
  totalTokens: number;
  numTurns: number;
  toolsUsed: string[];
  maxIdleTimeMs: number | null;
  maxLifetimeMs: number | null;
  maxBudgetUsd: Nano | null;
  maxTurns: number | null;
  tags: string[];
  description: string | null;
  userId: string | null;
  isolation: string | null;
  lastEventSeq: number;
  /** Turns queued or running. */
  pendingTurns: number;
  /** Whether it ought to be on a runner; `runnerId` says whether it is. */
  wantsRunner: boolean;
  runnerId: string | null;
  /** Its runner was told to let go of it and has not yet: what comes meanwhile waits for the next lease. */
  releasing: boolean;
  /** The number of its newest lease. */
  epoch: number;
  /** The newest batch committed under that lease. */
  lastBatch: number;
  nextDeadlineAt: Date | null;
  resumedFrom: string | null;
  /** Labels that its runner must have. */
  runnerLabels: string[];
  /** What becomes of it when its budget is spent. */
  onBudget: OnBudget;
  /** Its budget is spent, and it waits for more. */
  paused: boolean;
  /** The highest percentage of its budget that was told of. */
  budgetWarned: number;
  /** The key under which it was created. */
  keyId: string | null;
  /** A snapshot that was asked for and is not taken yet. */
  snapshotWanted: string | null;
  /** The snapshot whose files take the place of what there is when it is opened next. */
  restoreWanted: string | null;
  /** The runner that has its folder. */
  filesRunner: string | null;
  /** Whether its newest snapshot has all that the folder has. */
  filesKept: boolean;
  /** Requests for permission that wait for a person, and when the first of them expires. */
  pendingPermissions: number;
  permissionDueAt: Date | null;
  /** Since when a turn waits for nothing but people, so that its process could be let go; else null. */
  waitsSince: Date | null;
  /** Since when it waits for a runner; null while it does not. */
  waitingSince: Date | null;
  /** Its place among those that wait: the earlier the sooner. */
  waitingOrder: Date | null;
  /** What its log last said of that: its position, and why it waits. */
  waitingTold: number | null;
  waitingReason: WaitingReason | null;
  /** Which request `restoreWanted` is for. */
  restoreRequest: string | null;
}

export interface PermissionRecord {
  id: string;
  sessionId: string;
  agent: string;
  turnId: string;
  kind: PermissionKind;
  tool: string;
  input: Record<string, unknown>;
  title: string;
  reason: string | null;
  toolUseId: string | null;
  parentToolUseId: string | null;
  /** What is allowed with it for the whole session, if it is. */
  rules: string[];
  status: PermissionStatus;
  requestedAt: Date;
  expiresAt: Date;
  answeredAt: Date | null;
  answeredBy: string | null;
  /** What the process that asked is told. */
  decision: PermissionDecision | null;
  scope: PermissionScope | null;
  /** Whether its turn can go on from the very call that asks, should its process be gone. */
  resumable: boolean;
  /** The lease under which it was asked last. */
  epoch: number;
  /** Whether its answer is being used or was. */
  taken: boolean;
}

export interface TurnRecord {
  id: string;
  sessionId: string;
  ordinal: number;
  agent: string;
  fromAgent: string | null;
  depth: number;
  status: TurnStatus;
  prompt: Prompt;
  attempt: number;
  epoch: number | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  cost: Nano;
  tokens: number;
  numTurns: number;
  response: string | null;
  result: Record<string, unknown> | null;
  error: { code: string; message: string } | null;
  /** How often the process that ran it died. */
  deaths: number;
  /** Somebody asked for it to be stopped. */
  stopRequested: boolean;
  /** What the SDK says that it cost; `cost` is the ledger's. */
  sdkCost: Nano | null;
  /** The trace that it is part of, as W3C’s header says it; null: one of its own. */
  traceparent: string | null;
}

export interface AgentRecord {
  sessionId: string;
  name: string;
  sdkSessionId: string | null;
  resumeAt: string | null;
  fork: boolean;
}

export interface RunnerRecord {
  id: string;
  /** The process behind the id. */
  instance: string;
  /** The server that holds its connection; null while none does. */
  serverId: string | null;
  version: string;
  capacity: number;
  labels: string[];
  isolation: string;
  /** Nothing new is placed on it, and what it holds moves away. */
  draining: boolean;
  joinedAt: Date;
  /** Its leases are its own until then. */
  expiresAt: Date;
  /** Where other servers reach the one it is connected to. */
  serverUrl: string | null;
  /** What it last said of itself; of a runner of an older version there may be less. */
  report: Partial<RunnerReport> | null;
  /** It has less memory left than it is to keep. */
  shortOfMemory: boolean;
  /** What its sessions use, by their ids, and when that was measured. */
  usage: Record<string, SessionUsage> | null;
  usageAt: Date | null;
}

/** The agent that a message goes to when it names none. */
export const MAIN_AGENT = 'main';
/** Its name under `single-container`. */
export const COORDINATOR = 'coordinator';
