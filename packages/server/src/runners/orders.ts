/** What a runner is told of a session and of a turn: from records to the protocol's words. Pure. */
import type { Allowance, FromServer } from '@rigger/runner/protocol';
import type { AgentRecord, SessionRecord, TurnRecord } from '../model/record.ts';
import { agentNames, agentSpecs } from '../sessions/agents.ts';
import type { Policy } from '../sessions/policy.ts';

/** A chain of agents that answer each other ends at this depth, and one turn sends at most so many messages. */
const MAX_MESSAGE_DEPTH = 8;
const MAX_MESSAGES_PER_TURN = 20;
/** Where the workspace appears when the session does not say. */
const DEFAULT_WORKING_DIRECTORY = '/workspace';

/** What the session's limits still allow. Its money is the gateway's to watch, call by call. */
function allowanceOf({ maxTurns, numTurns }: SessionRecord): Allowance {
  return {
    remainingTurns: maxTurns === null ? null : Math.max(0, maxTurns - numTurns),
    remainingBudgetUsd: null,
  };
}

export function openOrder(
  session: SessionRecord,
  policy: Policy,
  agents: AgentRecord[],
  gatewayToken: string,
): FromServer {
  return {
    type: 'open',
    spec: {
      session: session.id,
      epoch: session.epoch,
      workingDirectory: session.config.workingDirectory ?? DEFAULT_WORKING_DIRECTORY,
      gatewayToken,
      agents: agentSpecs(session.config, policy, agents),
      crew: policy.crew,
      allowance: allowanceOf(session),
      // Where a session is wanted without a turn to run, its first agent waits ready.
      startNow:
        policy.residence === 'always' || session.status === 'idle'
          ? agentNames(session.config, policy).slice(0, 1)
          : [],
      workspaceFrom: session.resumedFrom,
      sourcePath: session.config.source?.path ?? null,
    },
  };
}

export function turnOrder(
  session: SessionRecord,
  turn: TurnRecord,
  begun: { tool: string; input: unknown }[],
): FromServer {
  return {
    type: 'turn',
    session: session.id,
    epoch: session.epoch,
    turn: {
      id: turn.id,
      agent: turn.agent,
      prompt: turn.prompt,
      attempt: turn.attempt,
      ...allowanceOf(session),
      begun,
      messagesAllowed: turn.depth >= MAX_MESSAGE_DEPTH ? 0 : MAX_MESSAGES_PER_TURN,
    },
  };
}
