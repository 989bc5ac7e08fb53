/** What the demo shows while the agent works: its words, one line for each tool, a spinner with the time in between. */
import { styleText } from 'node:util';
import { log, spinner } from '@clack/prompts';
import type { MessagePart } from '@rigger/client';

interface Block {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  input?: Record<string, unknown>;
  tool_use_id?: string;
  content?: unknown;
  is_error?: boolean;
}

const SHOWN_LINES = 6;
/** The one argument that says most of a tool call. */
const TELLING = ['command', 'file_path', 'path', 'pattern', 'description'];

const dim = (text: string): string => styleText('dim', text);
const telling = (input: Record<string, unknown>): string => {
  const name = TELLING.find((key) => typeof input[key] === 'string');
  return name === undefined ? '' : String(input[name]).split('\n')[0]!.slice(0, 90);
};

function outputOf(content: unknown): string[] {
  const text =
    typeof content === 'string'
      ? content
      : Array.isArray(content)
        ? content.map((part: Block) => part.text ?? '').join('\n')
        : '';
  return text.split('\n').filter((line) => line.trim() !== '');
}

export class Screen {
  readonly #spinner = spinner({ indicator: 'timer' });
  readonly #tools = new Map<string, string>();
  #spinning = false;

  wait(label: string): void {
    // Where nobody watches, as in a CI log, a spinner is only noise.
    if (!process.stdout.isTTY) return;
    if (this.#spinning) this.#spinner.message(label);
    else this.#spinner.start(label);
    this.#spinning = true;
  }

  /** Ends the spinner without leaving a line. */
  clear(): void {
    if (this.#spinning) this.#spinner.clear();
    this.#spinning = false;
  }

  show(entry: MessagePart): void {
    if (entry.type !== 'message') return;
    const { type, message } = entry.data as { type: string; message?: { content?: Block[] | string } };
    if ((type !== 'assistant' && type !== 'user') || !Array.isArray(message?.content)) return;
    for (const block of message.content) {
      if (type === 'assistant' && block.type === 'text' && block.text) this.#print(() => log.message(block.text!));
      if (type === 'assistant' && block.type === 'tool_use') {
        this.#tools.set(block.id!, block.name!);
        this.#print(() => log.step(`${styleText('bold', block.name!)}  ${telling(block.input ?? {})}`));
        this.wait(`${block.name} runs`);
      }
      if (type === 'user' && block.type === 'tool_result') this.#result(block);
    }
  }

  #result(block: Block): void {
    const lines = outputOf(block.content);
    // Of a program's output the end tells most; of a file, that it was read.
    const shown =
      this.#tools.get(block.tool_use_id!) === 'Read' ? [`${lines.length} lines`] : lines.slice(-SHOWN_LINES);
    const left = lines.length - shown.length;
    this.#print(() =>
      log.message(
        [...(left > 0 && shown.length > 1 ? [dim(`… ${left} lines before`)] : []), ...shown.map(dim)].join('\n'),
        { symbol: dim(block.is_error ? '✗' : '│') },
      ),
    );
    this.wait('The agent thinks');
  }

  #print(print: () => void): void {
    this.clear();
    print();
  }
}
