/**
 * Refusals as events: the first of its kind at once, then how many there were, a minute at a time. An agent that tries in a loop
 * must not fill its log.
 */
import type { Refusal } from '../egress/refusal.ts';

const WINDOW_MS = 60_000;
const MOST_KINDS = 100;

export class RefusalLog {
  readonly #say: (data: Record<string, unknown>) => void;
  readonly #kinds = new Map<string, { refusal: Refusal; unsaid: number }>();
  readonly #timer: NodeJS.Timeout;
  /** Refusals of kinds beyond those that are remembered. */
  #others = 0;

  constructor(say: (data: Record<string, unknown>) => void, windowMs = WINDOW_MS) {
    this.#say = say;
    this.#timer = setInterval(() => this.#flush(), windowMs).unref();
  }

  add(refusal: Refusal): void {
    const key = JSON.stringify(refusal);
    const known = this.#kinds.get(key);
    if (known !== undefined) known.unsaid += 1;
    else if (this.#kinds.size >= MOST_KINDS) this.#others += 1;
    else {
      this.#kinds.set(key, { refusal, unsaid: 0 });
      this.#say({ ...refusal, times: 1 });
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
  }

  #flush(): void {
    for (const { refusal, unsaid } of this.#kinds.values()) if (unsaid > 0) this.#say({ ...refusal, times: unsaid });
    if (this.#others > 0) this.#say({ host: null, port: null, via: null, reason: 'others', times: this.#others });
    this.#kinds.clear();
    this.#others = 0;
  }
}
