import type Anthropic from '@anthropic-ai/sdk';
import type { TokenUsage } from '../usage/tokens.ts';
import type { Reply } from './reply.ts';

/**
 * A whole `Message` as the non-streamed endpoint returns it.
 * @param model echoed from the request, as the real API resolves and echoes it
 */
export function buildMessage(id: string, model: string, reply: Reply, usage: TokenUsage): Anthropic.Message {
  return { ...emptyMessage(id, model, usage), content: contentOf(reply), stop_reason: stopReasonOf(reply) };
}

/** The message of `message_start`: no content yet, no stop reason, one output token as the real API counts it. */
export function emptyMessage(id: string, model: string, usage: TokenUsage): Anthropic.Message {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: null,
    stop_sequence: null,
    usage: apiUsage(usage),
  };
}

/** The content blocks in the order the real model emits them: thinking, text, tool calls. */
export function contentOf(reply: Reply): Anthropic.ContentBlock[] {
  const content: Anthropic.ContentBlock[] = [];
  if (reply.thinking !== undefined)
    content.push({ type: 'thinking', thinking: reply.thinking, signature: signatureOf(reply.thinking) });
  if (reply.text) content.push({ type: 'text', text: reply.text, citations: null });
  for (const tool of reply.tools) content.push({ type: 'tool_use', ...tool, caller: { type: 'direct' } });
  return content;
}

/** `tool_use` when a tool is called, `end_turn` otherwise. */
export function stopReasonOf(reply: Reply): Anthropic.StopReason {
  return reply.tools.length > 0 ? 'tool_use' : 'end_turn';
}

/** The real signature is opaque; clients only carry it back, so any base64 does. */
export function signatureOf(thinking: string): string {
  return Buffer.from(`offline-model:${thinking.length}`).toString('base64');
}

function apiUsage(usage: TokenUsage): Anthropic.Usage {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation_input_tokens: usage.cacheCreationTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheCreationTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  };
}
