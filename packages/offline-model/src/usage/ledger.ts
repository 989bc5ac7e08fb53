import type { TokenUsage } from './tokens.ts';

/** One answered `POST /v1/messages`. Holds no prompt text, so that logs of it can be shared. */
export interface CallRecord {
  /** When the request was read, ISO 8601. */
  at: string;
  requestId: string;
  model: string;
  stream: boolean;
  /** HTTP status sent. A stream that broke later still has 200, see `outcome`. */
  status: number;
  /** `open` while it is being answered; `aborted` when the client hung up; `broken` when the scenario cut the stream. */
  outcome: 'open' | 'done' | 'error' | 'aborted' | 'broken';
  /** Name of the scenario that spoke, `inline`, `fallback` or `auxiliary:…`; null when none was reached. */
  scenario: string | null;
  /** Zero-based step of the scenario, null when none was reached. */
  step: number | null;
  usage: TokenUsage;
}

export interface Totals extends TokenUsage {
  calls: number;
}

const RING_SIZE = 1000;

/** Remembers the last 1000 calls and the sums over all. Plain memory: the server is for tests and demos. */
export class CallLedger {
  readonly #ring: CallRecord[] = [];
  readonly #totals: Totals = { calls: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 };

  /** Enters a call. Its input counts at once, its output when it is settled. */
  open(record: CallRecord): void {
    this.#ring.push(record);
    if (this.#ring.length > RING_SIZE) this.#ring.shift();
    this.#totals.calls += 1;
    this.#totals.inputTokens += record.usage.inputTokens;
    this.#totals.cacheReadTokens += record.usage.cacheReadTokens;
    this.#totals.cacheCreationTokens += record.usage.cacheCreationTokens;
  }

  has(record: CallRecord): boolean {
    return this.#ring.includes(record);
  }

  /** Ends a call with the output tokens that really left the server. A second call for the same record does nothing. */
  settle(record: CallRecord, outcome: Exclude<CallRecord['outcome'], 'open'>, outputTokens: number): void {
    if (record.outcome !== 'open') return;
    record.outcome = outcome;
    record.usage.outputTokens = outputTokens;
    this.#totals.outputTokens += outputTokens;
  }

  /** The last calls, oldest first, as copies. */
  calls(): CallRecord[] {
    return structuredClone(this.#ring);
  }

  totals(): Totals {
    return { ...this.#totals };
  }
}
