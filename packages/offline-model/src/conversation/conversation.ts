import type { RequestMessage } from '../api/blocks.ts';
import type { PromptParts } from '../api/request.ts';
import { readSummary } from './compaction.ts';
import { isCompactionSummary, remindersIn, resultText, textsOf, userWords, withoutReminders } from './text.ts';

export interface ToolOutcome {
  text: string;
  isError: boolean;
}

/** What a scenario can know: everything is read from the request, so any server can answer any step. */
export interface Conversation {
  model: string;
  /** The system prompt without the CLI's version stamp. */
  system: string;
  /** Notes the CLI added outside the prompt: environment, deferred tools, notifications. */
  notes: string;
  /** Working directory named by the CLI, or null when it names none. */
  cwd: string | null;
  /** Names of the tools offered, deferred ones included. */
  tools: Set<string>;
  /** Every prompt of the user so far, the last included, also those from before a compaction. */
  prompts: string[];
  /** The last prompt that began a turn. */
  prompt: string;
  /** Messages the user sent while this turn was running. */
  midTurn: string[];
  /** Answers already given in this turn: the index of the step to play. */
  stepIndex: number;
  /** Results since the last prompt, in order, reminders removed. A finished background agent counts as one. */
  toolResults: ToolOutcome[];
}

/** Reads a validated request. Pure: the same request always gives the same conversation. */
export function readConversation(request: PromptParts): Conversation {
  const system = textsOf(request.system).filter((text) => !text.startsWith('x-anthropic-billing-header:'));
  const offered = request.tools?.flatMap((tool) => tool.name ?? []) ?? [];
  const state: Conversation = {
    model: request.model,
    system: system.join('\n\n'),
    notes: '',
    cwd: null,
    tools: new Set(offered),
    prompts: [],
    prompt: '',
    midTurn: [],
    stepIndex: 0,
    toolResults: [],
  };
  let previous: RequestMessage['role'] | null = null;
  for (const message of request.messages) {
    if (message.role === 'assistant') {
      // One answer may come back as several assistant messages; it is still one step.
      if (previous !== 'assistant') state.stepIndex += 1;
    } else if (message.role === 'system') {
      for (const text of textsOf(message.content)) takeNote(state, text);
    } else readUserMessage(state, message);
    previous = message.role;
  }
  for (const line of deferredTools(state.notes)) state.tools.add(line);
  state.cwd = workingDirectory(`${state.system}\n${state.notes}`);
  return state;
}

function readUserMessage(state: Conversation, message: RequestMessage): void {
  const texts = textsOf(message.content);
  for (const text of texts) {
    if (isCompactionSummary(text)) state.prompts.unshift(...readSummary(text));
    else for (const note of remindersIn(text)) takeNote(state, note);
  }
  const blocks = typeof message.content === 'string' ? [] : message.content;
  for (const block of blocks) {
    if (block.type !== 'tool_result') continue;
    const raw = resultText(block);
    state.toolResults.push({ text: withoutReminders(raw), isError: block.is_error === true });
    for (const note of remindersIn(raw)) takeNote(state, note);
  }
  const words = texts.map(userWords).filter(Boolean).join('\n');
  if (!words) return;
  state.prompts.push(words);
  state.prompt = words;
  state.midTurn = [];
  state.stepIndex = 0;
  state.toolResults = [];
}

function takeNote(state: Conversation, note: string): void {
  const sent =
    /^The user sent a new message while you were working:\n([\s\S]*?)(?:\n\nThis is how Claude Code surfaces|$)/.exec(
      note,
    );
  if (sent?.[1]) {
    state.midTurn.push(sent[1].trim());
    state.prompts.push(sent[1].trim());
    return;
  }
  const finished = /<task-notification>[\s\S]*?<result>([\s\S]*?)<\/result>/.exec(note);
  if (finished?.[1] !== undefined) {
    state.toolResults.push({ text: finished[1].trim(), isError: /<status>failed/.test(note) });
    return;
  }
  state.notes += `${note}\n`;
}

function workingDirectory(text: string): string | null {
  const found = [...text.matchAll(/^\s*(?:-\s*)?(?:Primary w|W)orking directory: (.+)$/gm)];
  return found.at(-1)?.[1]?.trim() ?? null;
}

function deferredTools(notes: string): string[] {
  return notes.split('\n').filter((line) => /^(mcp__\w[\w-]*|[A-Z]\w+)$/.test(line));
}
