/** A session and a turn as rules and store see them; `views.ts` makes of them what the contract shows. */
import type { SessionConfig } from './config.ts';
import type { Nano } from './money.ts';
import type { OnBudget, SessionPattern, SessionStatus, StatusReason } from './session.ts';
import type { Prompt, TurnStatus } from './turn.ts';

export interface SessionRecord {
  id: string;
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
}

/** The agent that a message goes to when it names none. */
export const MAIN_AGENT = 'main';
/** Its name under `single-container`. */
export const COORDINATOR = 'coordinator';
