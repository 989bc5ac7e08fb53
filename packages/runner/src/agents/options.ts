/** From an agent's specification to the options of its `query()`. */
import { basename, join } from 'node:path';
import type { Options, SessionStore } from '@anthropic-ai/claude-agent-sdk';
import { type AgentSpec, type Allowance, SESSION_AGENT_HEADER } from '../protocol/index.ts';
import type { Sandbox, SandboxProcess } from '../sandbox/index.ts';
import { CREW_SERVER, CREW_TOOLS, crewNote, type crewServer } from './crew.ts';

export interface OptionParts {
  spec: AgentSpec;
  sandbox: Sandbox;
  /** For every process in the sandbox: its way out and its placeholders. */
  env: Record<string, string>;
  store: SessionStore;
  /** The SDK session to resume, or the id that a new one is to have. */
  start: { resume: string } | { sessionId: string };
  caps: Caps;
  crew: { server: ReturnType<typeof crewServer>; others: string[] } | null;
  marker: string;
  hooks: Pick<Options, 'canUseTool' | 'onElicitation' | 'hooks' | 'stderr'>;
  spawned(child: SandboxProcess): void;
}

/** Limits that a process takes at its start and cannot change. */
export interface Caps {
  maxTurns: number | null;
  maxBudgetUsd: number | null;
  /** Whether round trips are counted after every tool, for a session whose turns are limited. */
  countsTurns: boolean;
}

const least = (...values: (number | null | undefined)[]): number | null => {
  const set = values.filter((value): value is number => value !== null && value !== undefined);
  return set.length === 0 ? null : Math.min(...set);
};

export function capsFor(spec: AgentSpec, { remainingTurns, remainingBudgetUsd }: Allowance): Caps {
  return {
    maxTurns: least(spec.options.maxTurns as number | undefined, remainingTurns),
    maxBudgetUsd: least(spec.options.maxBudgetUsd as number | undefined, remainingBudgetUsd),
    countsTurns: remainingTurns !== null,
  };
}

/**
 * Whether a process that took `caps` at its start, and has spent `spentUsd` since, still does for a turn that wants
 * `wanted`. A cap on turns may be too high, for those are counted after every tool; a cap on money must fit.
 */
export function stillFits(caps: Caps, spentUsd: number, wanted: Caps): boolean {
  if (wanted.countsTurns && !caps.countsTurns) return false;
  if (caps.maxTurns !== null && (wanted.maxTurns === null || wanted.maxTurns > caps.maxTurns)) return false;
  if (caps.maxBudgetUsd === null || wanted.maxBudgetUsd === null) return caps.maxBudgetUsd === wanted.maxBudgetUsd;
  return Math.abs(caps.maxBudgetUsd - spentUsd - wanted.maxBudgetUsd) < 1e-6;
}

/** What an agent's processes find in their environment: nothing of the runner's own, no secret, and what its user asked for. */
function environment({ sandbox, spec, marker, env }: OptionParts): Record<string, string> {
  return {
    ...(spec.options.env as Record<string, string> | undefined),
    ...env,
    PATH: `${sandbox.programs.node}:/usr/local/bin:/usr/bin:/bin`,
    HOME: sandbox.home,
    LANG: 'C.UTF-8',
    CLAUDE_CONFIG_DIR: sandbox.configDir,
    // Any address will do: every call goes through the socket, where the relay adds what opens the gateway.
    ANTHROPIC_BASE_URL: 'http://gateway.rigger',
    ANTHROPIC_UNIX_SOCKET: sandbox.socketPath,
    ANTHROPIC_API_KEY: 'held-by-rigger',
    ANTHROPIC_CUSTOM_HEADERS: `${SESSION_AGENT_HEADER}: ${spec.name}`,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    IS_SANDBOX: '1',
    RIGGER_AGENT: marker,
  };
}

function systemPrompt(spec: AgentSpec, others: string[] | null): Options['systemPrompt'] {
  const own = spec.options.systemPrompt as Options['systemPrompt'];
  if (others === null) return own;
  const note = crewNote(spec.name, others);
  if (own === undefined) return note;
  if (typeof own === 'string') return `${own}\n\n${note}`;
  if (Array.isArray(own)) return [...own, note];
  if (own.type === 'custom')
    return { ...own, prompt: Array.isArray(own.prompt) ? [...own.prompt, note] : `${own.prompt}\n\n${note}` };
  return { ...own, append: own.append === undefined ? note : `${own.append}\n\n${note}` };
}

export function sdkOptions(parts: OptionParts): Options {
  const { spec, sandbox, store, start, caps, crew, hooks } = parts;
  const {
    maxTurns: _turns,
    maxBudgetUsd: _budget,
    env: _env,
    settings,
    systemPrompt: _prompt,
    ...given
  } = spec.options as Options;
  const resumes = 'resume' in start;
  return {
    settingSources: [],
    includePartialMessages: true,
    // Left to itself, the agent’s program may have a model decide what a person is to be asked.
    permissionMode: 'default',
    // A title of our own saves the model call that would make one.
    title: 'Rigger session',
    ...given,
    ...hooks,
    // Whether a host may be fetched from is for the way out to say, and not for a service that cannot be reached from inside.
    settings: { ...(settings as object | undefined), skipWebFetchPreflight: true },
    ...(caps.maxTurns === null ? {} : { maxTurns: caps.maxTurns }),
    ...(caps.maxBudgetUsd === null ? {} : { maxBudgetUsd: caps.maxBudgetUsd }),
    ...(resumes ? { resume: start.resume } : { sessionId: start.sessionId }),
    ...(resumes && spec.resumeAt !== null ? { resumeSessionAt: spec.resumeAt } : {}),
    ...(resumes && spec.fork ? { forkSession: true } : {}),
    systemPrompt: systemPrompt(spec, crew?.others ?? null),
    cwd: sandbox.cwd,
    env: environment(parts),
    sessionStore: store,
    sessionStoreFlush: 'eager',
    mcpServers: { ...given.mcpServers, ...(crew === null ? {} : { [CREW_SERVER]: crew.server }) },
    mcpServersDelivery: 'initialize',
    allowedTools: [...(given.allowedTools ?? []), ...(crew === null ? [] : CREW_TOOLS)],
    spawnClaudeCodeProcess: ({ command, args, cwd, env, signal }) => {
      const child = sandbox.spawn(join(sandbox.programs.cli ?? '', basename(command)), args, {
        env,
        signal,
        ...(cwd === undefined ? {} : { cwd }),
      });
      parts.spawned(child);
      return child;
    },
  };
}
