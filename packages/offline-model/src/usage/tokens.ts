import type { Reply } from '../api/reply.ts';

/** Tokens of one call. The four kinds do not overlap: the whole input is input + cache read + cache creation. */
export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
}

/** Deterministic estimate: about four characters per token, rounded up. The real tokenizer is not public. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Output tokens of an answer: thinking, text and the JSON of the tool calls; at least one, as in the real API. */
export function replyTokens(reply: Reply): number {
  const calls = reply.tools.map((tool) => tool.name + JSON.stringify(tool.input)).join('');
  return Math.max(1, estimateTokens((reply.thinking ?? '') + (reply.text ?? '') + calls));
}
