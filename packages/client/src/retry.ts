/** How long to wait before a request is sent again. Pure: chance and time are given. */

/** What a request may be sent again after. */
export type Resend =
  /** After a broken connection too: the same request twice has one effect. */
  | 'always'
  /** Only where the server said that it did nothing: 429 or 503. */
  | 'refused'
  | 'never';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;
/** What a server may make us wait at most. */
const OBEYED_MS = 60_000;

const REFUSALS = new Set([429, 503]);
/** What stands between may say these while the server restarts; whether the request had come through is not known. */
const BROKEN = new Set([502, 504]);

/** Whether an answer is worth another try. */
export const isWorthRetrying = (status: number, retry: boolean | undefined, resend: Resend): boolean =>
  retry !== false && resend !== 'never' && (REFUSALS.has(status) || (resend === 'always' && BROKEN.has(status)));

/** Milliseconds from a Retry-After: seconds, or a date. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), OBEYED_MS) : null;
}

/**
 * Milliseconds before try `attempt` + 1 (`attempt` counts from 0): twice as long each time, half of it by chance so that
 * many clients do not come back at once, and not before the server asked for.
 */
export function backoffMs(attempt: number, chance: number, asked: number | null): number {
  const full = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return Math.max(full / 2 + (full / 2) * chance, asked ?? 0);
}

/** Resolves after `ms`; rejects with the signal's reason once it aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const done = (): void => {
      signal?.removeEventListener('abort', gone);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const gone = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', gone, { once: true });
  });
}
