/** Messages of the SDK, as lines. */
import { brief, clean } from './clean.ts';

export interface Block {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  input?: Record<string, unknown>;
  tool_use_id?: string;
  content?: unknown;
  is_error?: boolean;
}

/** What of a message a transcript is made of. */
export interface SdkMessage {
  type: string;
  subtype?: string;
  parent_tool_use_id?: string | null;
  message?: { id?: string; content?: Block[] | string };
  event?: { type: string; message?: { id: string }; delta?: { type: string; text?: string } };
}

/** The arguments that say most of a tool call, the most telling first. */
const TELLING = ['command', 'file_path', 'path', 'pattern', 'url', 'query', 'to', 'description', 'prompt', 'message'];
const WIDTH = 100;
const SHOWN_LINES = 6;

export function telling(input: Record<string, unknown> = {}): string {
  const name = TELLING.find((key) => typeof input[key] === 'string');
  if (name !== undefined) return brief(String(input[name]), WIDTH);
  const [question] = Array.isArray(input.questions) ? (input.questions as { question?: unknown }[]) : [];
  if (typeof question?.question === 'string') return brief(question.question, WIDTH);
  return Object.keys(input).length === 0 ? '' : brief(JSON.stringify(input), WIDTH);
}

/** `Bash  npm test`; tools of MCP servers by their own name. */
export const toolLine = (name: string, input?: Record<string, unknown>): string =>
  `${clean(name).replace(/^mcp__([^_]+)__/, '$1: ')}  ${telling(input)}`.trimEnd();

export const blocksOf = (message: SdkMessage): Block[] => {
  const content = message.message?.content;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [];
};

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: Block) => part.text ?? `(${part.type})`).join('\n');
}

/** The end of what a tool gave back, which tells most; of a file that was read, how long it is. */
export function resultLines(block: Block, tool: string | undefined): string[] {
  const lines = clean(textOf(block.content))
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (tool === 'Read' && block.is_error !== true) return [`${lines.length} lines`];
  const shown = lines.slice(-SHOWN_LINES).map((line) => brief(line, WIDTH));
  const left = lines.length - shown.length;
  return left > 0 ? [`… ${left} lines before`, ...shown] : shown;
}
