/** Looks for what is due: when the next is, when it is woken, and at an interval for what other servers bring. One look at a time. */
export class Alarm {
  readonly #look: () => Promise<number>;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | null = null;
  #ringsAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #again = false;
  #stopped = true;

  /** @param look does what is due and says in how many milliseconds the next is; it does not reject. */
  constructor(look: () => Promise<number>, intervalMs: number) {
    this.#look = look;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  /** Something may be due now. */
  wake(): void {
    this.#ringIn(0);
  }

  /** Ends once the look that is under way has. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  #ringIn(ms: number): void {
    if (this.#stopped) return;
    // What came while it was looking may be just what it did not see.
    if (this.#looking !== null) {
      this.#again ||= ms === 0;
      return;
    }
    const at = Date.now() + Math.max(0, Math.min(ms, this.#intervalMs));
    if (at >= this.#ringsAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#ringsAt = at;
    this.#timer = setTimeout(() => {
      this.#ringsAt = Number.POSITIVE_INFINITY;
      this.#looking = this.#look().then((nextMs) => {
        this.#looking = null;
        const again = this.#again;
        this.#again = false;
        this.#ringIn(again ? 0 : Math.max(1, nextMs));
      });
    }, at - Date.now());
  }
}
