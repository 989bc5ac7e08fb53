/** The options that say what a new session is like, as `create` and `run` take them. */
import { readFileSync } from 'node:fs';
import type { SessionConfig, SessionCreate, SessionPattern } from '@rigger/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../exit-codes.ts';
import { toMs } from '../terminal/units.ts';

const PATTERNS = ['ephemeral', 'long-running', 'hybrid', 'single-container'] as const satisfies SessionPattern[];

export interface SessionOptions {
  pattern?: SessionPattern;
  model?: string;
  system?: string;
  allow?: string[];
  budget?: number;
  maxTurns?: number;
  config?: string;
  tag?: string[];
  user?: string;
  description?: string;
  idle?: number;
  lifetime?: number;
}

export function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be a number, 0 or more.');
  return value;
}

export function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function duration(text: string): number {
  const ms = toMs(text);
  if (ms === null) throw new InvalidArgumentError('It must be a time, such as 30s, 10m, 2h or 1d.');
  return ms;
}

/** An option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Several with commas or the option again; rules such as `Bash(npm test,npm run *)` keep theirs. */
export const tools = (text: string, before: string[] = []): string[] => [
  ...before,
  ...(text.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).map((tool) => tool.trim()).filter((tool) => tool !== ''),
];

export const addSessionOptions = (command: Command): Command =>
  command
    .addOption(new Option('--pattern <pattern>', 'how it is hosted').choices(PATTERNS))
    .option('--model <model>', 'the model, such as claude-sonnet-4-5')
    .option('--system <prompt>', 'the system prompt')
    .option('--allow <tools>', 'tools that run without asking, with commas between: Read,Edit,Bash', tools)
    .option('--budget <usd>', 'what it may cost', amount)
    .option('--max-turns <n>', 'model round trips that it may take in all', count)
    .option('--idle <time>', 'how long it may be idle: 30s, 10m, 2h', duration)
    .option('--lifetime <time>', 'how long it may live', duration)
    .option('--tag <tag>', 'a tag, to find it by; several times for several', collect)
    .option('--user <id>', 'whose it is')
    .option('--description <text>', 'what it is for')
    .option(
      '--config <file>',
      'a JSON file of everything else that its config may hold: customAgents, mcpServers, hosts …',
    );

/** @throws UsageError for a file of configuration that is none. */
export function createRequest(options: SessionOptions, pattern: SessionPattern): SessionCreate {
  const config: SessionConfig = {
    ...(options.config === undefined ? {} : readConfigFile(options.config)),
    ...given({ model: options.model, systemPrompt: options.system, allowedTools: options.allow }),
  };
  return {
    pattern: options.pattern ?? pattern,
    config,
    ...given({
      maxBudgetUsd: options.budget,
      maxTurns: options.maxTurns,
      maxIdleTimeMs: options.idle,
      maxLifetimeMs: options.lifetime,
      tags: options.tag,
      userId: options.user,
      description: options.description,
    }),
  };
}

function readConfigFile(path: string): SessionConfig {
  const text = readFileSync(path, 'utf8');
  try {
    const value = JSON.parse(text) as SessionConfig;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw new UsageError(`${path} does not hold a JSON object.`);
}

/** Without what was not given. */
export const given = <T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
