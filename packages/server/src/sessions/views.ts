/** What the contract shows of a session and a turn. */
import { toUsd } from '../model/money.ts';
import type { PermissionView } from '../model/permissions.ts';
import type { PermissionRecord, SessionRecord, TurnRecord } from '../model/record.ts';
import type { SessionMetadata } from '../model/session.ts';
import type { TurnView } from '../model/turn.ts';
import { NOWHERE, type Residence } from './residence.ts';
import { stateOf } from './transition.ts';

const time = (date: Date): string => date.toISOString();
const timeOrNull = (date: Date | null): string | null => (date === null ? null : date.toISOString());

/** Where it is, is looked up by those who show it: see `showSession`. */
export function viewSession(session: SessionRecord, residence: Residence = NOWHERE): SessionMetadata {
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
    parked: stateOf(session) === 'parked',
    maxTurns: session.maxTurns,
    tags: session.tags,
    description: session.description,
    userId: session.userId,
    isolation: session.isolation,
    lastEventSeq: session.lastEventSeq,
    pendingPermissions: session.pendingPermissions,
    ...residence,
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

export function viewPermission(permission: PermissionRecord): PermissionView {
  const { decision, scope, parentToolUseId, rules } = permission;
  const changed =
    decision?.behavior === 'answer'
      ? decision.content
      : decision?.behavior === 'allow'
        ? decision.updatedInput
        : undefined;
  return {
    id: permission.id,
    sessionId: permission.sessionId,
    agent: permission.agent,
    turnId: permission.turnId,
    kind: permission.kind,
    tool: permission.tool,
    input: permission.input,
    title: permission.title,
    reason: permission.reason,
    toolUseId: permission.toolUseId,
    ...(parentToolUseId === null ? {} : { parentToolUseId }),
    status: permission.status,
    requestedAt: time(permission.requestedAt),
    expiresAt: time(permission.expiresAt),
    answeredAt: timeOrNull(permission.answeredAt),
    answeredBy: permission.answeredBy,
    message: decision?.behavior === 'deny' ? decision.message : null,
    ...(changed === undefined ? {} : { updatedInput: changed }),
    ...(scope === null ? {} : { scope }),
    ...(permission.status === 'pending' || scope === 'session' ? { rules } : {}),
  };
}
