/** What the form holds, as it is written; and the request that it comes to. Pure. */
import type { SessionConfig, SessionCreate, SessionPattern } from '../../api/types.ts';

export interface DraftAgent {
  name: string;
  description: string;
  systemPrompt: string;
  tools: string[];
}

export interface DraftServer {
  name: string;
  type: 'http' | 'sse' | 'stdio';
  /** An address, or a command with its arguments. */
  target: string;
}

export interface Draft {
  pattern: SessionPattern;
  prompt: string;
  description: string;
  model: string;
  systemPrompt: string;
  permissionMode: '' | 'acceptEdits' | 'plan' | 'dontAsk';
  allow: string[];
  ask: string[];
  deny: string[];
  agents: DraftAgent[];
  budget: string;
  onBudget: 'terminate' | 'pause';
  turns: string;
  turnsPerMessage: string;
  /** Minutes. */
  idle: string;
  lifetime: string;
  git: string;
  gitRef: string;
  gitSecret: string;
  network: string[];
  secrets: string[];
  servers: DraftServer[];
  tags: string[];
  user: string;
  conversation: string;
  runnerLabels: string[];
}

export const EMPTY: Draft = {
  pattern: 'hybrid',
  prompt: '',
  description: '',
  model: '',
  systemPrompt: '',
  permissionMode: '',
  allow: ['Read', 'Glob', 'Grep'],
  ask: [],
  deny: [],
  agents: [],
  budget: '',
  onBudget: 'terminate',
  turns: '',
  turnsPerMessage: '',
  idle: '',
  lifetime: '',
  git: '',
  gitRef: '',
  gitSecret: '',
  network: [],
  secrets: [],
  servers: [],
  tags: [],
  user: '',
  conversation: '',
  runnerLabels: [],
};

const MINUTE_MS = 60_000;
const set = <T>(name: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [name]: value };
const words = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());
const number = (text: string, unit = 1): number | undefined =>
  text.trim() === '' ? undefined : Number((Number(text) * unit).toFixed(6));
const list = (values: string[]): string[] | undefined => (values.length === 0 ? undefined : values);
/** A conversation may be a number of somebody's: it is sent as one. */
const conversationOf = (text: string): number | string | undefined =>
  /^\d{1,15}$/.test(text.trim()) ? Number(text) : words(text);

function serverOf({ type, target }: DraftServer): object {
  if (type !== 'stdio') return { type, url: target.trim() };
  const [command = '', ...args] = target.trim().split(/\s+/);
  return { command, ...(args.length === 0 ? {} : { args }) };
}

const agentOf = ({ description, systemPrompt, tools }: DraftAgent): object => ({
  ...set('description', words(description)),
  ...set('systemPrompt', words(systemPrompt)),
  ...set('allowedTools', list(tools)),
});

function configOf(draft: Draft): SessionConfig {
  const rules = { ...set('ask', list(draft.ask)), ...set('deny', list(draft.deny)) };
  const source = words(draft.git) && {
    git: draft.git.trim(),
    ...set('ref', words(draft.gitRef)),
    ...set('secret', words(draft.gitSecret)),
  };
  const servers = draft.servers.filter(({ name, target }) => words(name) !== undefined || words(target) !== undefined);
  return {
    ...set('model', words(draft.model)),
    ...set('systemPrompt', words(draft.systemPrompt)),
    ...set('maxTurns', number(draft.turnsPerMessage)),
    ...set('allowedTools', list(draft.allow)),
    ...set('permissionMode', draft.permissionMode === '' ? undefined : draft.permissionMode),
    ...set('permissions', Object.keys(rules).length === 0 ? undefined : rules),
    ...(draft.pattern !== 'single-container' || draft.agents.length === 0
      ? {}
      : { customAgents: Object.fromEntries(draft.agents.map((agent) => [agent.name.trim(), agentOf(agent)])) }),
    ...set('source', source),
    ...set('network', draft.network.length === 0 ? undefined : { allow: draft.network }),
    ...set('secrets', draft.secrets.length === 0 ? undefined : draft.secrets.map((name) => ({ name }))),
    ...(servers.length === 0
      ? {}
      : { mcpServers: Object.fromEntries(servers.map((server) => [server.name.trim(), serverOf(server)])) }),
    ...set('runnerLabels', list(draft.runnerLabels)),
  } as SessionConfig;
}

/** The request to create it. What was left empty is not in it. */
export const toRequest = (draft: Draft): SessionCreate =>
  ({
    pattern: draft.pattern,
    config: configOf(draft),
    ...set('description', words(draft.description)),
    ...set('conversationId', conversationOf(draft.conversation)),
    ...set('maxIdleTimeMs', number(draft.idle, MINUTE_MS)),
    ...set('maxLifetimeMs', number(draft.lifetime, MINUTE_MS)),
    ...set('maxBudgetUsd', number(draft.budget)),
    ...(words(draft.budget) === undefined || draft.onBudget === 'terminate' ? {} : { onBudget: draft.onBudget }),
    ...set('maxTurns', number(draft.turns)),
    ...set('tags', list(draft.tags)),
    ...set('userId', words(draft.user)),
  }) as SessionCreate;
