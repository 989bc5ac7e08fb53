/** What the contract shows of a session and a turn. */
import { toUsd } from '../model/money.ts';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import type { SessionMetadata } from '../model/session.ts';
import type { TurnView } from '../model/turn.ts';

const time = (date: Date): string => date.toISOString();
const timeOrNull = (date: Date | null): string | null => (date === null ? null : date.toISOString());

export function viewSession(session: SessionRecord): SessionMetadata {
  return {
    id: session.id,
    sessionId: session.sdkSessionId ?? '',
    pattern: session.pattern,
    status: session.status,
    statusReason: session.statusReason,
    config: session.config,
    conversationId: session.conversationId,
    createdAt: time(session.createdAt),
    startedAt: timeOrNull(session.startedAt),
    lastActivityAt: time(session.lastActivityAt),
    completedAt: timeOrNull(session.completedAt),
    terminatedAt: timeOrNull(session.terminatedAt),
    totalCost: toUsd(session.totalCost),
    totalTokens: session.totalTokens,
    numTurns: session.numTurns,
    toolsUsed: session.toolsUsed,
    maxIdleTimeMs: session.maxIdleTimeMs,
    maxLifetimeMs: session.maxLifetimeMs,
    maxBudgetUsd: session.maxBudgetUsd === null ? null : toUsd(session.maxBudgetUsd),
    onBudget: session.onBudget,
    paused: session.paused,
    maxTurns: session.maxTurns,
    tags: session.tags,
    description: session.description,
    userId: session.userId,
    isolation: session.isolation,
    lastEventSeq: session.lastEventSeq,
  };
}

/** The answer to the request that created a session. */
export const viewCreated = (session: SessionRecord, notices: string[]): SessionMetadata & { notices?: string[] } => ({
  ...viewSession(session),
  ...(notices.length > 0 ? { notices } : {}),
});

export function viewTurn(turn: TurnRecord): TurnView {
  return {
    id: turn.id,
    status: turn.status,
    agent: turn.agent,
    from: turn.fromAgent,
    prompt: turn.prompt,
    attempt: turn.attempt,
    createdAt: time(turn.createdAt),
    startedAt: timeOrNull(turn.startedAt),
    finishedAt: timeOrNull(turn.finishedAt),
    cost: toUsd(turn.cost),
    tokens: turn.tokens,
    numTurns: turn.numTurns,
    response: turn.response === null ? null : { role: 'assistant', content: turn.response },
    result: turn.result,
    error: turn.error,
  };
}
