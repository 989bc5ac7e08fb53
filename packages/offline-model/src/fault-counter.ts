import { createHash } from 'node:crypto';
import type { Conversation } from './conversation/conversation.ts';

const MAX_KEYS = 10_000;

/**
 * Counts how often a fault was played for one step of one conversation: the only memory between requests, needed
 * because a client repeats the very same request after an error.
 */
export class FaultCounter {
  readonly #counts = new Map<string, number>();

  /** True for the first `times` calls with the same kind, conversation and step; always true without `times`. */
  isDue(kind: string, client: string, conversation: Conversation, times: number | undefined): boolean {
    if (times === undefined) return true;
    const identity = JSON.stringify([kind, client, conversation.prompts, conversation.stepIndex]);
    const key = createHash('sha1').update(identity).digest('base64');
    const played = this.#counts.get(key) ?? 0;
    if (played >= times) return false;
    this.#counts.set(key, played + 1);
    if (this.#counts.size > MAX_KEYS) this.#counts.delete(this.#counts.keys().next().value ?? '');
    return true;
  }
}
