import type Anthropic from '@anthropic-ai/sdk';
import type { TokenUsage } from '../usage/tokens.ts';
import { contentOf, emptyMessage, stopReasonOf } from './message.ts';
import type { Reply } from './reply.ts';

/** `ping` is on the wire but not in the SDK's event union, because clients drop it. */
export type StreamEvent = Anthropic.RawMessageStreamEvent | { type: 'ping' };

const TEXT_CHUNK = 24;
const JSON_CHUNK = 48;

/**
 * The events of a streamed answer in the real API's order, lazily: the caller paces them and may stop anywhere.
 * @param thinkingHidden true when the request asked for `display: "omitted"`: the block then has a signature only
 */
export function* streamEvents(
  id: string,
  model: string,
  reply: Reply,
  usage: TokenUsage,
  thinkingHidden = false,
): Generator<StreamEvent> {
  yield { type: 'message_start', message: emptyMessage(id, model, { ...usage, outputTokens: 1 }) };
  yield { type: 'ping' };
  for (const [index, block] of contentOf(reply).entries()) {
    yield { type: 'content_block_start', index, content_block: opened(block) };
    for (const delta of deltas(block, thinkingHidden)) yield { type: 'content_block_delta', index, delta };
    yield { type: 'content_block_stop', index };
  }
  yield {
    type: 'message_delta',
    delta: { stop_reason: stopReasonOf(reply), stop_sequence: null, container: null, stop_details: null },
    usage: {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cache_read_input_tokens: usage.cacheReadTokens,
      cache_creation_input_tokens: usage.cacheCreationTokens,
      output_tokens_details: null,
      server_tool_use: null,
    },
  };
  yield { type: 'message_stop' };
}

/** One event as server-sent-events text. */
export function encodeEvent(event: { type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function opened(block: Anthropic.ContentBlock): Anthropic.ContentBlock {
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  if (block.type === 'text') return { ...block, text: '' };
  if (block.type === 'tool_use') return { ...block, input: {} };
  return block;
}

function* deltas(block: Anthropic.ContentBlock, thinkingHidden: boolean): Generator<Anthropic.RawContentBlockDelta> {
  if (block.type === 'thinking') {
    if (!thinkingHidden)
      for (const thinking of chunks(block.thinking, TEXT_CHUNK))
        yield {
          type: 'thinking_delta',
          thinking,
        } satisfies Partial<Anthropic.ThinkingDelta> as Anthropic.ThinkingDelta;
    yield { type: 'signature_delta', signature: block.signature };
  } else if (block.type === 'text') {
    for (const text of chunks(block.text, TEXT_CHUNK)) yield { type: 'text_delta', text };
  } else if (block.type === 'tool_use') {
    yield { type: 'input_json_delta', partial_json: '' };
    for (const partial_json of chunks(JSON.stringify(block.input), JSON_CHUNK))
      yield { type: 'input_json_delta', partial_json };
  }
}

/** Pieces of about `size` code points: never half a surrogate pair, which would not survive UTF-8. */
export function chunks(text: string, size: number): string[] {
  const points = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < points.length; at += size) pieces.push(points.slice(at, at + size).join(''));
  return pieces;
}
