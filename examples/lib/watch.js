/** Shows a turn while it runs. */
import { brief, dim, line } from './terminal.js';

const SHOWN_LINES = 12;

/** A tool result as text; the SDK gives a string or a list of blocks. */
const textOf = (content) =>
  typeof content === 'string' ? content : (content ?? []).map((block) => block.text ?? '').join('\n');

/** A few lines of a text, under each other. */
function indented(text, prefix) {
  const lines = text.trim().split('\n');
  const shown = lines.slice(0, SHOWN_LINES).map((one) => brief(one, 160));
  if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} more lines`);
  return shown.map((one, index) => (index === 0 ? prefix : ' '.repeat(prefix.length)) + one).join('\n');
}

const target = (input) => input.command ?? input.file_path ?? input.message ?? input.pattern ?? '';

/** Prints one message of the SDK as a line or two; used for streamed turns and for the event log alike. */
export function show(message, who = '') {
  const blocks = Array.isArray(message.message?.content) ? message.message.content : [];
  const name = who === '' ? '' : `${who.padEnd(11)} `;
  for (const block of blocks) {
    if (message.type === 'assistant' && block.type === 'text') line(indented(block.text, `  ${name}`));
    if (block.type === 'tool_use')
      line(dim(`  ${name}→ ${block.name.replace(/^mcp__rigger__/, '')} ${brief(target(block.input), 80)}`));
    if (block.type === 'tool_result')
      line(dim(`  ${name}${block.is_error ? '✗' : '←'} ${brief(textOf(block.content), 80)}`));
  }
}

/**
 * Sends a message, shows its turn while it runs, and gives what came of it.
 * @returns `{ text, toolResults, session, cost }`; throws when the turn did not succeed.
 */
export async function converse(rigger, id, prompt) {
  line(`\n  ${brief(prompt, 120)}`);
  const toolResults = [];
  let text = '';
  for await (const { type, data, ...rest } of rigger.sessions.messageStream(id, prompt)) {
    if (type === 'message') {
      show(data);
      if (data.type === 'user' && Array.isArray(data.message.content))
        for (const block of data.message.content)
          if (block.type === 'tool_result') toolResults.push(textOf(block.content));
      if (data.type === 'result') text = data.result ?? '';
    }
    if (type === 'done') return { text, toolResults, session: rest.session, cost: rest.cost };
    if (type === 'error') throw new Error(`The turn did not succeed: ${rest.code}: ${rest.error}`);
  }
  throw new Error('The stream ended before the turn did.');
}
