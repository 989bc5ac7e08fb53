/** Watches, by /proc, that no session has agents on two runners at once for longer than it takes to end them. */
import type { Ledger } from './ledger.ts';
import { sessionsByRunner } from './processes.ts';
import type { Program } from './programs.ts';

const EVERY_MS = 1_000;
/** A runner that was frozen or unheard needs a moment to end what is no longer its own. */
const LIMIT_MS = 10_000;

/** @returns how to stop. Time during which a runner is frozen does not count: it can do nothing about its agents. */
export function watchForTwins(
  ledger: Ledger,
  runners: readonly Program[],
): () => { samples: number; longestMs: number } {
  const together = new Map<string, number>();
  const result = { samples: 0, longestMs: 0 };
  const timer = setInterval(() => {
    if (runners.some((runner) => runner.paused)) return;
    result.samples += 1;
    const found = sessionsByRunner(runners.flatMap((runner) => (runner.pid === null ? [] : [runner.pid])));
    for (const session of together.keys()) if ((found.get(session)?.size ?? 0) < 2) together.delete(session);
    for (const [session, on] of found) {
      if (on.size < 2) continue;
      const ms = (together.get(session) ?? 0) + EVERY_MS;
      together.set(session, ms);
      result.longestMs = Math.max(result.longestMs, ms);
      if (ms >= LIMIT_MS) ledger.violate('two runners', `${session} has had agents on two runners for ${ms / 1_000} s`);
    }
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return result;
  };
}
