/**
 * Asks the database how far the logs go that readers of this server follow. Who follows is told of every commit; this is for
 * what could not be told: a word of another server that was lost, or a commit whose answer was lost with its connection.
 */
import type { Engine } from '../sessions/engine.ts';
import { lastSeqs } from '../store/sessions.ts';

const LOOK_MS = 5_000;
const DEAF_LOOK_MS = 500;

export class Lookout {
  readonly #engine: Engine;
  readonly #deaf: () => boolean;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  /** @param deaf whether words of other servers cannot be heard now: then it looks often. */
  constructor(engine: Engine, deaf: () => boolean) {
    this.#engine = engine;
    this.#deaf = deaf;
  }

  /** Looks in `ms` milliseconds, and from then on again and again. */
  lookIn(ms: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => this.#engine.log.debug({ err: error }, 'The database could not be asked'))
        .finally(() => this.lookIn(this.#deaf() ? DEAF_LOOK_MS : LOOK_MS));
    }, ms);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { followers, database } = this.#engine;
    const followed = followers.followed();
    if (followed.length === 0) return;
    const known = await lastSeqs(database.db, followed);
    for (const session of followed) {
      const lastSeq = known.get(session);
      followers.elsewhere({ session, lastSeq: lastSeq ?? 0, deleted: lastSeq === undefined, events: [] });
    }
  }
}
