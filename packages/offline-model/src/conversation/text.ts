import type { RequestBlock, ToolResultBlock } from '../api/blocks.ts';

const REMINDER = /<system-reminder>([\s\S]*?)<\/system-reminder>\s*/g;

/** Notes the CLI writes into user messages in its own name. None of them is something the user asked. */
const NOT_THE_USER = [
  /<local-command-(caveat|stdout|stderr)>[\s\S]*?<\/local-command-\1>/g,
  /<command-(name|message|args)>[\s\S]*?<\/command-\1>/g,
  /\[Request interrupted by user[^\]]*\]/g,
  /^Continue from where you left off\.\s*$/gm,
  /^Base directory for this skill:[\s\S]*$/g,
];

const COMPACTED = 'This session is being continued from a previous conversation';

/** Without the `<system-reminder>` blocks that the CLI adds to prompts and tool results. */
export function withoutReminders(text: string): string {
  return text.replace(REMINDER, '').trim();
}

/** Only the insides of the `<system-reminder>` blocks: environment, deferred tools, mid-turn messages. */
export function remindersIn(text: string): string[] {
  return [...text.matchAll(REMINDER)].map((match) => match[1]?.trim() ?? '');
}

/** What the user wrote in a text block, empty when the CLI alone is speaking. */
export function userWords(text: string): string {
  if (isCompactionSummary(text)) return '';
  let words = withoutReminders(text);
  for (const note of NOT_THE_USER) words = words.replace(note, '');
  return words.trim();
}

/** True for the message that stands for everything before a compaction. */
export function isCompactionSummary(text: string): boolean {
  return text.trimStart().startsWith(COMPACTED);
}

/** The text blocks of a message, whether it was sent as a string or as blocks. */
export function textsOf(content: string | readonly RequestBlock[] | undefined): string[] {
  if (content === undefined) return [];
  if (typeof content === 'string') return [content];
  return content.flatMap((block) => (block.type === 'text' ? block.text : []));
}

/** The raw text of a tool result, parts joined by newlines; images and references are left out. */
export function resultText(block: ToolResultBlock): string {
  if (block.content === undefined) return '';
  if (typeof block.content === 'string') return block.content;
  return block.content.flatMap((part) => part.text ?? []).join('\n');
}
