import { createHash } from 'node:crypto';
import { estimateTokens, type TokenUsage } from './tokens.ts';

/** Prompts shorter than this are not cached, as with the real API's larger models. */
const MIN_CACHED_TOKENS = 1024;
const MAX_PREFIXES = 20_000;

interface Unit {
  text: string;
  breakpoint: boolean;
}

/**
 * A simulated prompt cache, so that a run shows plausible cache reads: a request is cut into tools, system blocks and
 * message blocks; everything up to the last `cache_control` is remembered by hash, and the longest remembered prefix of
 * the next request counts as read. Entries do not expire with time (the real ones do after 5 minutes), so that the same
 * sequence of requests always has the same usage.
 */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  /** Splits the input tokens of a raw request body into uncached, cache read and cache creation, and remembers it. */
  account(body: object): Omit<TokenUsage, 'outputTokens'> {
    const hash = createHash('sha1');
    let tokens = 0;
    let read = 0;
    let cached = 0;
    const pending: string[] = [];
    for (const unit of unitsOf(body)) {
      hash.update(unit.text);
      tokens += estimateTokens(unit.text);
      const key = hash.copy().digest('base64');
      if (this.#prefixes.has(key)) read = tokens;
      pending.push(key);
      if (unit.breakpoint && tokens >= MIN_CACHED_TOKENS) {
        cached = tokens;
        for (const prefix of pending.splice(0)) this.#remember(prefix);
      }
    }
    read = Math.min(read, cached);
    return {
      inputTokens: Math.max(1, tokens - cached),
      cacheReadTokens: read,
      cacheCreationTokens: cached - read,
    };
  }

  #remember(key: string): void {
    this.#prefixes.add(key);
    if (this.#prefixes.size <= MAX_PREFIXES) return;
    for (const oldest of this.#prefixes) {
      this.#prefixes.delete(oldest);
      break;
    }
  }
}

/** All input tokens of a request body, without looking at the cache. Used by `count_tokens`. */
export function countInputTokens(body: object): number {
  let tokens = 0;
  for (const unit of unitsOf(body)) tokens += estimateTokens(unit.text);
  return Math.max(1, tokens);
}

function* unitsOf(body: object): Generator<Unit> {
  const { tools, system, messages } = body as { tools?: unknown; system?: unknown; messages?: unknown };
  if (Array.isArray(tools)) for (const tool of tools) yield unit('tool', tool);
  for (const block of asBlocks(system)) if (!isBillingHeader(block)) yield unit('system', block);
  if (!Array.isArray(messages)) return;
  for (const message of messages)
    for (const block of asBlocks(message?.content)) yield unit(String(message?.role), block);
}

/** The CLI sends the same text as a string or as a text block, and moves `cache_control`: neither is a difference. */
function unit(kind: string, value: unknown): Unit {
  const { cache_control: mark, ...rest } = (typeof value === 'object' ? value : {}) as Record<string, unknown>;
  const sorted = Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = sorted.type === 'text' ? String(sorted.text) : JSON.stringify(sorted);
  return { text: `${kind}\0${text}\0`, breakpoint: mark !== undefined && mark !== null };
}

function asBlocks(content: unknown): unknown[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [];
}

/** The CLI's first system block is a version stamp that changes from prompt to prompt; it would defeat any cache. */
function isBillingHeader(block: unknown): boolean {
  const text = (block as { text?: unknown } | null)?.text;
  return typeof text === 'string' && text.startsWith('x-anthropic-billing-header:');
}
