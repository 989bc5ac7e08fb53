/** Rates: how many requests of a class a caller may send in a minute, counted for all servers together in the database. */
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller, CallerLimits, RouteRule } from '../model/access.ts';
import type { Database } from '../store/database.ts';

const WINDOW_S = 60;
export type RateClass = RouteRule['class'];

/** Which limit a class has. */
const LIMIT: Record<RateClass, keyof CallerLimits> = {
  request: 'requestsPerMinute',
  create: 'createsPerMinute',
  message: 'messagesPerMinute',
};

export interface Rate {
  class: RateClass;
  limit: number;
  remaining: number;
  /** Until the window is over. */
  resetMs: number;
  exceeded: boolean;
}

export class Rates {
  readonly #database: Database;
  readonly #defaults: CallerLimits;
  readonly #limiters = new Map<number, RateLimiterPostgres>();

  constructor(database: Database, defaults: CallerLimits) {
    this.#database = database;
    this.#defaults = defaults;
  }

  /**
   * Counts one request. @param who the caller, or one of its users.
   * @returns null where nothing limits it.
   */
  async count(caller: Caller, kind: RateClass, who = caller.keyId ?? caller.name): Promise<Rate | null> {
    const name = LIMIT[kind];
    const limit = caller.limits[name] === undefined ? this.#defaults[name] : caller.limits[name];
    if (limit === null || limit === undefined) return null;
    if (limit === 0) return { class: kind, limit, remaining: 0, resetMs: WINDOW_S * 1_000, exceeded: true };
    const told = (state: RateLimiterRes, exceeded: boolean): Rate => ({
      class: kind,
      limit,
      remaining: Math.max(0, state.remainingPoints),
      resetMs: state.msBeforeNext,
      exceeded,
    });
    try {
      return told(await this.#limiter(limit).consume(`${kind}:${caller.tenant}:${who}`), false);
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return told(refused, true);
      throw refused;
    }
  }

  /** What is over its limit is known here without asking the database again, so a flood costs it nothing. */
  #limiter(points: number): RateLimiterPostgres {
    const known = this.#limiters.get(points);
    if (known !== undefined) return known;
    const made = new RateLimiterPostgres({
      storeClient: this.#database.pool,
      storeType: 'pool',
      tableName: 'rate_counts',
      tableCreated: true,
      keyPrefix: '',
      points,
      duration: WINDOW_S,
      inMemoryBlockOnConsumed: points,
      clearExpiredByTimeout: false,
    });
    this.#limiters.set(points, made);
    return made;
  }
}
