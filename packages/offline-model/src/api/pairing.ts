import type { RequestBlock, RequestMessage } from './blocks.ts';
import { ApiError } from './errors.ts';

interface Turn {
  role: 'user' | 'assistant';
  index: number;
  blocks: { block: RequestBlock; at: string }[];
}

/**
 * Holds the Messages API's rule that every `tool_use` is answered in the very next user message and every `tool_result`
 * answers one of the message before. Hosts that lose half a transcript break exactly this, so the check is worth having
 * in a test server.
 * @throws ApiError 400 `invalid_request_error`, worded like the real API
 */
export function checkToolPairs(messages: readonly RequestMessage[]): void {
  const turns = mergeTurns(messages);
  for (const [position, turn] of turns.entries()) {
    if (turn.role === 'user') checkResults(turn, turns[position - 1]);
    else checkUses(turn, turns[position + 1]);
  }
}

function checkResults(turn: Turn, before: Turn | undefined): void {
  const asked = new Set(before?.role === 'assistant' ? useIds(before) : []);
  for (const { block, at } of turn.blocks) {
    if (block.type !== 'tool_result' || asked.has(block.tool_use_id)) continue;
    const message = `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    throw new ApiError(400, 'invalid_request_error', message);
  }
}

function checkUses(turn: Turn, after: Turn | undefined): void {
  // Without a next message the assistant turn is a prefill, which the API accepts.
  if (!after) return;
  const answered = new Set(
    after.blocks.flatMap(({ block }) => (block.type === 'tool_result' ? block.tool_use_id : [])),
  );
  const open = useIds(turn).filter((id) => !answered.has(id));
  if (open.length === 0) return;
  const message = `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
  throw new ApiError(400, 'invalid_request_error', message);
}

/** Consecutive messages of one role count as one, and mid-conversation system messages do not part them. */
function mergeTurns(messages: readonly RequestMessage[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system') continue;
    const blocks = typeof message.content === 'string' ? [] : message.content;
    const placed = blocks.map((block, i) => ({ block, at: `messages.${index}.content.${i}` }));
    const last = turns.at(-1);
    if (last?.role === message.role) last.blocks.push(...placed);
    else turns.push({ role: message.role, index, blocks: placed });
  }
  return turns;
}

function useIds(turn: Turn): string[] {
  return turn.blocks.flatMap(({ block }) => (block.type === 'tool_use' ? block.id : []));
}
