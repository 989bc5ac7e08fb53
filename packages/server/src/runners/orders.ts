/** What a runner is told of a session and of a turn: from records to the protocol's words. Pure. */
import type { Allowance, BoundSecret, FromServer, RestoreOrder, SessionSpec } from '@rigger/runner/protocol';
import type { SessionConfig } from '../model/config.ts';
import type { AgentRecord, PermissionRecord, SessionRecord, TurnRecord } from '../model/record.ts';
import { agentNames, agentSpecs } from '../sessions/agents.ts';
import type { Policy } from '../sessions/policy.ts';
import { type Bound, hostOfUrl } from '../sessions/secrets.ts';

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

/** What a session may reach: the hosts it names, and those it plainly means to: of its MCP servers and of its secrets. */
function allowed({ network, mcpServers }: SessionConfig, secrets: BoundSecret[]): string[] {
  const servers = Object.values(mcpServers ?? {}).flatMap((server) => ('url' in server ? [hostOfUrl(server.url)] : []));
  return [...new Set([...(network?.allow ?? []), ...servers, ...secrets.flatMap(({ hosts }) => hosts)])];
}

/** `${NAME}` of a secret in what describes an MCP server becomes the placeholder, which its variable holds too. */
function withPlaceholders(config: SessionConfig, secrets: BoundSecret[]): SessionConfig {
  if (config.mcpServers === undefined || secrets.length === 0) return config;
  const written = JSON.stringify(config.mcpServers);
  const filled = secrets.reduce(
    (text, { env, placeholder }) => (env === null ? text : text.replaceAll(`\${${env}}`, placeholder)),
    written,
  );
  return { ...config, mcpServers: JSON.parse(filled) as SessionConfig['mcpServers'] };
}

function resourcesOf({ resources: { memoryMb, cpus, pids } = {} }: SessionConfig): SessionSpec['resources'] {
  return {
    ...(memoryMb === undefined ? {} : { memoryBytes: Math.round(memoryMb * 1024 ** 2) }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(pids === undefined ? {} : { processes: pids }),
  };
}

export function openOrder(
  session: SessionRecord,
  policy: Policy,
  agents: AgentRecord[],
  gatewayToken: string,
  bound: Bound,
  files: { restore: RestoreOrder | null; keepsSnapshots: boolean },
  leave: { asks: boolean; rules: Map<string, string[]> },
): FromServer {
  const { config } = session;
  const source = config.source ?? null;
  return {
    type: 'open',
    spec: {
      session: session.id,
      epoch: session.epoch,
      workingDirectory: config.workingDirectory ?? DEFAULT_WORKING_DIRECTORY,
      gatewayToken,
      agents: agentSpecs(withPlaceholders(config, bound.secrets), policy, agents, leave.rules),
      crew: policy.crew,
      allowance: allowanceOf(session),
      // Where a session is wanted without a turn to run, its first agent waits ready.
      startNow:
        policy.residence === 'always' || session.status === 'idle' ? agentNames(config, policy).slice(0, 1) : [],
      workspaceFrom: session.resumedFrom,
      sourcePath: source !== null && 'path' in source ? source.path : null,
      gitSource:
        source !== null && 'git' in source
          ? { url: source.git, ref: source.ref ?? null, depth: source.depth ?? null, secret: bound.source }
          : null,
      ...files,
      checkpoints: files.keepsSnapshots && config.enableFileCheckpointing === true,
      allow: allowed(config, bound.secrets),
      secrets: bound.secrets,
      asks: leave.asks,
      image: config.image ?? null,
      resources: resourcesOf(config),
    },
  };
}

export function turnOrder(
  session: SessionRecord,
  turn: TurnRecord,
  { begun, asked }: { begun: { tool: string; input: unknown }[]; asked: PermissionRecord[] },
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
      asked: asked.map(({ id, kind, tool, input, toolUseId, decision }) => ({
        id,
        kind,
        tool,
        input,
        toolUseId,
        decision,
      })),
      messagesAllowed: turn.depth >= MAX_MESSAGE_DEPTH ? 0 : MAX_MESSAGES_PER_TURN,
    },
  };
}
