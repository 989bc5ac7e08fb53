/**
 * What pods that wait for a session are told of the sessions to come, so that each has an agent ready: the last session of their kind,
 * without anything of its own. A pod may next be anybody's, so nothing is passed on that somebody wrote.
 */
import { isDeepStrictEqual } from 'node:util';
import type { FromServer, SessionSpec } from '@rigger/runner/protocol';
import type { RunnerConnection } from './connection.ts';

/** Options that name things and say nothing: no prompts, no variables, no addresses. */
const PLAIN = [
  'model', 'fallbackModel', 'allowedTools', 'disallowedTools', 'tools', 'permissionMode', 'allowDangerouslySkipPermissions',
  'maxTurns', 'effort', 'thinking', 'maxThinkingTokens', 'betas', 'includePartialMessages', 'forwardSubagentText', 'strictMcpConfig',
]; // biome-ignore format: a list

/** A session's specification as another of its kind would have it; null for one that has something of its own. */
export function hintOf(spec: SessionSpec): SessionSpec | null {
  const [agent] = spec.agents;
  if (agent === undefined || spec.agents.length > 1 || spec.crew || spec.secrets.length > 0 || spec.allow.length > 0)
    return null;
  if (Object.keys(agent.options).some((name) => !PLAIN.includes(name)) || agent.allowedForSession.length > 0)
    return null;
  return {
    ...spec,
    session: 'nobody',
    epoch: 1,
    gatewayToken: 'none',
    agents: [{ ...agent, sdkSessionId: null, resumeAt: null, fork: false }],
    startNow: [],
    workspaceFrom: null,
    sourcePath: null,
    gitSource: null,
    restore: null,
  };
}

const kindOf = ({ hello }: RunnerConnection): string | null =>
  hello.labels.find((label) => label.startsWith('pod:')) ?? null;

export class Hints {
  readonly #known = new Map<string, SessionSpec>();

  /** A session was opened: those that wait for one of its kind are told, where that is news. */
  learn(connection: RunnerConnection, order: FromServer, others: Iterable<RunnerConnection>): void {
    const kind = connection.singleUse && order.type === 'open' ? kindOf(connection) : null;
    const hint = kind === null || order.type !== 'open' ? null : hintOf(order.spec);
    if (kind === null || hint === null || isDeepStrictEqual(this.#known.get(kind), hint)) return;
    this.#known.set(kind, hint);
    for (const other of others) if (other !== connection && kindOf(other) === kind) this.tell(other);
  }

  /** Tells a runner that waits what is to be expected. One that has its session passes it over. */
  tell(connection: RunnerConnection): void {
    const hint = this.#known.get(kindOf(connection) ?? '');
    if (connection.singleUse && hint !== undefined) connection.send({ type: 'warm', spec: hint });
  }
}
