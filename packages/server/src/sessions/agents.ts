/** From a session's configuration to the agents a runner is to host. Pure. */
import type { AgentSpec } from '@rigger/runner/protocol';
import type { CustomAgent, SessionConfig } from '../model/config.ts';
import { type AgentRecord, COORDINATOR, MAIN_AGENT } from '../model/record.ts';
import type { Policy } from './policy.ts';

/** The name of the agent that a message goes to when it names none. */
export const defaultAgent = (policy: Policy): string => (policy.crew ? COORDINATOR : MAIN_AGENT);

/** The agents of a session, the default one first. */
export function agentNames(config: SessionConfig, policy: Policy): string[] {
  if (!policy.crew) return [MAIN_AGENT];
  return [COORDINATOR, ...Object.keys(config.customAgents ?? {}).filter((name) => name !== COORDINATOR)];
}

/** Members of `config` that are Rigger's own, and not options of the SDK. */
const OURS = [
  'customAgents', 'resumeSessionId', 'resumeAtMessageId', 'forkSession', 'continueSession', 'workingDirectory', 'executable',
  'executableArgs', 'maxBudgetUsd', 'source', 'runnerLabels', 'network', 'secrets', 'permissions', 'permissionTimeoutMs',
  'enableFileCheckpointing', 'image', 'resources',
] as const satisfies readonly (keyof SessionConfig)[]; // biome-ignore format: a list

type Options = Record<string, unknown>;

const withoutUndefined = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

function baseOptions(config: SessionConfig): Options {
  const { hooks, ...options } = config as SessionConfig & Options;
  for (const name of OURS) delete options[name];
  // Hooks as JSON are those of the SDK's settings, which run in the sandbox.
  return hooks === undefined ? options : { ...options, settings: { hooks } };
}

/** The session's rules for tools, after an agent's own. A rule that asks is one of the SDK's settings, and goes before what allows. */
function withPermissions(
  options: Options,
  { allow, ask, deny }: NonNullable<SessionConfig['permissions']> = {},
): Options {
  const more = (name: string, rules: string[] | undefined): Options =>
    rules === undefined ? {} : { [name]: [...((options[name] as string[] | undefined) ?? []), ...rules] };
  return {
    ...options,
    ...more('allowedTools', allow),
    ...more('disallowedTools', deny),
    ...(ask === undefined ? {} : { settings: { ...(options.settings as object | undefined), permissions: { ask } } }),
  };
}

/** What one custom agent of a crew overrides. */
const ownOptions = (agent: CustomAgent): Options =>
  withoutUndefined({
    systemPrompt: agent.systemPrompt ?? agent.prompt,
    allowedTools: agent.allowedTools ?? agent.tools,
    disallowedTools: agent.disallowedTools,
    model: agent.model,
    maxTurns: agent.maxTurns,
    maxBudgetUsd: agent.maxBudgetUsd,
    permissionMode: agent.permissionMode,
  });

const promptText = (prompt: CustomAgent['prompt']): string =>
  typeof prompt === 'string'
    ? prompt
    : Array.isArray(prompt)
      ? prompt.join('\n')
      : String((prompt as { prompt?: unknown } | undefined)?.prompt ?? '');

/** Outside a crew, `customAgents` are what the SDK calls agents: subagents of the one conversation. */
const asSubagents = (agents: Record<string, CustomAgent>): Options =>
  Object.fromEntries(
    Object.entries(agents).map(([name, agent]) => [
      name,
      withoutUndefined({
        description: agent.description ?? name,
        prompt: promptText(agent.prompt ?? agent.systemPrompt) || `You are ${name}.`,
        tools: agent.tools ?? agent.allowedTools,
        disallowedTools: agent.disallowedTools,
        model: agent.model,
        maxTurns: agent.maxTurns,
        permissionMode: agent.permissionMode,
      }),
    ]),
  );

/** The agents of a session as its runner is told of them. */
export function agentSpecs(
  config: SessionConfig,
  policy: Policy,
  agents: AgentRecord[],
  rules: Map<string, string[]> = new Map(),
): AgentSpec[] {
  const known = new Map(agents.map((agent) => [agent.name, agent]));
  const base = baseOptions(config);
  const custom = config.customAgents ?? {};
  return agentNames(config, policy).map((name) => {
    const own = custom[name];
    let options = base;
    if (policy.crew && own !== undefined) options = { ...base, ...ownOptions(own) };
    if (!policy.crew && Object.keys(custom).length > 0)
      options = { ...base, agents: { ...asSubagents(custom), ...config.agents } };
    const agent = known.get(name);
    return {
      name,
      options: withPermissions(options, config.permissions),
      description: own?.description ?? null,
      sdkSessionId: agent?.sdkSessionId ?? null,
      resumeAt: agent?.resumeAt ?? null,
      fork: agent?.fork ?? false,
      allowedForSession: rules.get(name) ?? [],
    };
  });
}
