import type { Conversation } from '../conversation/conversation.ts';

/** What `{{…}}` may name in a scenario's strings. */
export interface TemplateValues {
  conversation: Conversation;
  /** The user's prompt as shown: without an inline script. */
  prompt: string;
  /** The prompt pattern's match; its groups are `{{prompt.1}}` … */
  match: RegExpExecArray | null;
}

const PLACE = /\{\{\s*([a-zA-Z]+)(?:\.(\d+))?\s*(?:\|\s*(shell|json)\s*)?\}\}/g;

/**
 * Fills in a string. Unknown names stay as they are, because a scenario may write files that use the same braces.
 * `{{prompt.1|shell}}` quotes for a POSIX shell, `{{prompt|json}}` as a JSON string: what a user typed must not become
 * part of a command. A script for a subagent inside the string is left alone: it is filled in by its own conversation.
 */
export function fill(template: string, values: TemplateValues): string {
  const script = SCRIPT.exec(template);
  if (script) {
    const end = script.index + script[0].length;
    return fill(template.slice(0, script.index), values) + script[0] + fill(template.slice(end), values);
  }
  return template.replace(PLACE, (whole, name: string, index: string | undefined, filter: string | undefined) => {
    const value = lookUp(name, index === undefined ? undefined : Number(index), values);
    if (value === undefined) return whole;
    if (filter === 'shell') return `'${value.replaceAll("'", `'\\''`)}'`;
    return filter === 'json' ? JSON.stringify(value) : value;
  });
}

/** Fills in every string inside a tool's input. */
export function fillDeep<T>(value: T, values: TemplateValues): T {
  if (typeof value === 'string') return fill(value, values) as T;
  if (Array.isArray(value)) return value.map((item) => fillDeep(item, values)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillDeep(item, values)])) as T;
}

function lookUp(name: string, index: number | undefined, values: TemplateValues): string | undefined {
  const { conversation } = values;
  if (name === 'prompt') return index === undefined ? values.prompt : (values.match?.[index] ?? '');
  if (name === 'toolResult' && index !== undefined) return conversation.toolResults[index - 1]?.text ?? '';
  if (index !== undefined) return undefined;
  switch (name) {
    case 'prompts':
      return numbered(earlierPrompts(conversation));
    case 'turn':
      return String(conversation.prompts.length);
    case 'lastToolResult':
      return conversation.toolResults.at(-1)?.text ?? '';
    case 'midTurn':
      return conversation.midTurn.join('\n');
    case 'cwd':
      // Relative paths are resolved by the CLI's tools against its own directory, so a missing name is no harm.
      return conversation.cwd ?? '.';
    case 'model':
      return conversation.model;
    case 'system':
      return conversation.system.slice(0, 200);
    default:
      return undefined;
  }
}

/** The prompts before the one being answered, inline scripts left out. */
export function earlierPrompts(conversation: Conversation): string[] {
  const current = conversation.prompts.length - 1 - conversation.midTurn.length;
  return conversation.prompts
    .slice(0, Math.max(0, current))
    .map((prompt) => withoutScript(prompt) || '(an offline script)');
}

export function numbered(lines: readonly string[]): string {
  return lines.length === 0 ? '(none)' : lines.map((line, index) => `${index + 1}. ${line}`).join('\n');
}

// The closing fence stands on a line of its own, so that a script may hold a subagent's script in a JSON string.
const SCRIPT = /```offline[^\S\n]*\n([\s\S]*?)\n[^\S\n]*```[^\S\n]*(?=\n|$)/;

/** The text of the prompt's ```` ```offline ```` block, or null. */
export function scriptIn(prompt: string): string | null {
  return [...prompt.matchAll(new RegExp(SCRIPT, 'g'))].at(-1)?.[1] ?? null;
}

export function withoutScript(prompt: string): string {
  return prompt.replace(new RegExp(SCRIPT, 'g'), '').trim();
}
