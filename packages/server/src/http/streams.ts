/** Every event stream that is open here, so that one timer beats for all of them and a server that goes away can end them all. */

import { Turnstile } from './turnstile.ts';

export interface OpenStream {
  /** A sign of life, about every 15 s. A stream whose peer gives none back may end itself. */
  beat(): void;
  /** Says that the server goes away and ends in order: the reader comes back with its cursor. */
  farewell(): void;
  /** Ends at once, whatever the reader has not taken. */
  destroy(): void;
}

export const HEARTBEAT_MS = 15_000;
/** The beats of many streams are spread: ten thousand writes at once would be a pause for everybody else. */
const ROUND = 15;
const GRACE_MS = 1_000;
/**
 * Streams that read the stored part of their log at a time. A crowd that comes back all at once would only wait for the
 * database's connections, and what it holds meanwhile would be garbage that has grown old.
 */
const MOST_CATCHING_UP = 16;

export class Streams {
  readonly catchingUp = new Turnstile(MOST_CATCHING_UP);
  readonly #slots = Array.from({ length: ROUND }, () => new Set<OpenStream>());
  readonly #beatEveryMs: number;
  #size = 0;
  #added = 0;
  #beats = 0;
  #timer: NodeJS.Timeout | undefined;
  #ending = false;
  #onEmpty: (() => void)[] = [];

  constructor(heartbeatMs = HEARTBEAT_MS) {
    this.#beatEveryMs = heartbeatMs / ROUND;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a stream that has just been opened; it says `remove` when it has closed. */
  add(stream: OpenStream): void {
    this.#slots[this.#added++ % ROUND]!.add(stream);
    this.#size += 1;
    if (this.#ending) return stream.farewell();
    this.#timer ??= setInterval(() => this.#beat(), this.#beatEveryMs).unref();
  }

  remove(stream: OpenStream): void {
    if (!this.#slots.some((slot) => slot.delete(stream))) return;
    this.#size -= 1;
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /**
   * Ends every stream, also those that are opened from now on. Readers get what was already written and a farewell; whoever
   * has not taken its end within `graceMs` is cut off. Resolves when none is open.
   */
  async endAll(graceMs = GRACE_MS): Promise<void> {
    this.#ending = true;
    for (const stream of this.#all()) stream.farewell();
    if (this.#size === 0) return;
    const emptied = new Promise<void>((resolve) => this.#onEmpty.push(resolve));
    const late = setTimeout(() => {
      for (const stream of this.#all()) stream.destroy();
    }, graceMs);
    await emptied;
    clearTimeout(late);
  }

  #beat(): void {
    for (const stream of [...this.#slots[this.#beats++ % ROUND]!]) stream.beat();
  }

  #all(): OpenStream[] {
    return this.#slots.flatMap((slot) => [...slot]);
  }
}
