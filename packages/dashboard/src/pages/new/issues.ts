/** What the server finds wrong, beside the field that it is about. Pure. */
import { RiggerApiError } from '@rigger/client';
import type { Draft } from './draft.ts';

export type Field = keyof Draft;
export type Wrong = Partial<Record<Field, string>>;

/** Which field a member of the request comes from; the longest that fits counts. */
const FIELDS: [path: string, field: Field][] = [
  ['pattern', 'pattern'],
  ['description', 'description'],
  ['conversationId', 'conversation'],
  ['maxIdleTimeMs', 'idle'],
  ['maxLifetimeMs', 'lifetime'],
  ['maxBudgetUsd', 'budget'],
  ['maxTurns', 'turns'],
  ['tags', 'tags'],
  ['userId', 'user'],
  ['config.model', 'model'],
  ['config.systemPrompt', 'systemPrompt'],
  ['config.maxTurns', 'turnsPerMessage'],
  ['config.allowedTools', 'allow'],
  ['config.permissions.ask', 'ask'],
  ['config.permissions.deny', 'deny'],
  ['config.permissionMode', 'permissionMode'],
  ['config.customAgents', 'agents'],
  ['config.source', 'git'],
  ['config.source.ref', 'gitRef'],
  ['config.source.secret', 'gitSecret'],
  ['config.network.allow', 'network'],
  ['config.secrets', 'secrets'],
  ['config.mcpServers', 'servers'],
  ['config.runnerLabels', 'runnerLabels'],
];

const fieldOf = (path: string): Field | undefined =>
  FIELDS.filter(([prefix]) => path === prefix || path.startsWith(`${prefix}.`)).toSorted(
    (a, b) => b[0].length - a[0].length,
  )[0]?.[1];

/** Codes that are about one field and have no issues of their own. */
const CODES: Record<string, Field> = {
  secret_not_found: 'secrets',
  source_not_allowed: 'git',
  invalid_pattern: 'pattern',
};

/** @returns what is wrong by field, and whether there is more than that. */
export function wrongFields(error: unknown): { fields: Wrong; rest: boolean } {
  if (!(error instanceof RiggerApiError)) return { fields: {}, rest: error !== null && error !== undefined };
  const issues = (error.body as { issues?: { path: string; message: string }[] }).issues ?? [];
  const fields: Wrong = {};
  let rest = false;
  for (const { path, message } of issues) {
    const field = fieldOf(path);
    if (field === undefined) {
      rest = true;
      continue;
    }
    const below = path.slice(FIELDS.find(([, name]) => name === field)![0].length + 1);
    const said = /^\d*$/.test(below.split('.')[0]!) ? message : `${below}: ${message}`;
    fields[field] = fields[field] === undefined ? said : `${fields[field]}; ${said}`;
  }
  const byCode = CODES[error.code];
  if (issues.length === 0 && byCode !== undefined) fields[byCode] = error.detail ?? error.title;
  return { fields, rest: rest || (issues.length === 0 && byCode === undefined) };
}
