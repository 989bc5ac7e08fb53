/** When a delivery that failed is tried again, and when it is given up. Pure. */

export interface RetryRules {
  /** The pause after the first failure. */
  firstMs: number;
  /** For how long a delivery is tried. */
  forMs: number;
}

const GROWTH = 3;
const LONGEST_MS = 4 * 3_600_000;
/** A pause is up to so much shorter or longer: endpoints that came back are not met by all at once. */
const JITTER = 0.2;

/**
 * Milliseconds until the next attempt, or null where none would come in time.
 * @param tries attempts that have failed since `since`, at least one
 * @param retryAfterMs what the endpoint asked for; it makes a pause longer, never shorter
 * @param random from 0 to 1
 */
export function pauseAfter(
  tries: number,
  { since, now, retryAfterMs, random }: { since: Date; now: Date; retryAfterMs: number | null; random: number },
  { firstMs, forMs }: RetryRules,
): number | null {
  const base = Math.min(firstMs * GROWTH ** (tries - 1), LONGEST_MS);
  const pause = base * (1 + JITTER * (2 * random - 1));
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_MS);
  const ms = Math.round(Math.max(pause, asked));
  return now.getTime() + ms > since.getTime() + forMs ? null : ms;
}
