/** What a call that needs a person's leave is called, and what would allow the like of it. Pure. */
import type { PermissionUpdate } from '@anthropic-ai/claude-agent-sdk';

const TITLE_LENGTH = 200;
/** Tools that change files: a rule for `Edit` is one for them all. */
const EDITS = new Set(['Edit', 'MultiEdit', 'NotebookEdit', 'Write']);
/** The member of a tool's input that says what it is about. */
const ABOUT: Record<string, string> = {
  Bash: 'command',
  Edit: 'file_path',
  MultiEdit: 'file_path',
  NotebookEdit: 'notebook_path',
  Read: 'file_path',
  WebFetch: 'url',
  WebSearch: 'query',
  Write: 'file_path',
};

export const QUESTION_TOOL = 'AskUserQuestion';

type Input = Record<string, unknown>;

/** One line that says what the call does: its own words, and not those in which the agent describes it. */
export function titleOf(tool: string, input: Input): string {
  const first = Array.isArray(input.questions) ? (input.questions[0] as Input | undefined)?.question : undefined;
  const about = tool === QUESTION_TOOL ? first : input[ABOUT[tool] ?? ''];
  return oneLine(`${tool}: ${typeof about === 'string' ? about : JSON.stringify(input)}`);
}

/** Text without what would break a line or hide a part of it, cut to a title's length. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1).toWellFormed()}…`;
}

/**
 * What would have to be allowed for the like of a call not to be asked again: two calls are alike where this is the same. It is
 * what the agent's program suggests: rules of the SDK, and folders in which files may be changed. For a command that it cannot
 * read to its end it suggests nothing, and only the very same one is alike.
 * @param cwd the agent's working folder
 */
export function rulesFor(tool: string, input: Input, suggestions: PermissionUpdate[], cwd: string): string[] {
  const found = suggestions.flatMap((one) => {
    if (one.type === 'addDirectories') return one.directories.map(editsBelow);
    if (one.type !== 'addRules' || one.behavior !== 'allow') return [];
    return one.rules.map((rule) =>
      rule.ruleContent === undefined ? rule.toolName : `${rule.toolName}(${rule.ruleContent})`,
    );
  });
  const anyEdit = suggestions.some((one) => one.type === 'setMode' && one.mode === 'acceptEdits');
  if (found.length === 0 && EDITS.has(tool) && anyEdit) found.push(editsBelow(cwd));
  if (found.length > 0) return [...new Set(found)];
  const about = input[ABOUT[tool] ?? ''];
  if (tool === 'Bash' || EDITS.has(tool)) return typeof about === 'string' ? [`${tool}: ${about}`] : [];
  return [tool];
}

const editsBelow = (folder: string): string => `Edit(/${folder.replace(/\/$/, '')}/**)`;
