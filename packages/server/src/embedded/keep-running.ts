import type { Log } from './log.ts';
import { isRunning, type Postmaster, shutDown } from './postmaster.ts';

const lookEveryMs = 1000;
const firstRetryMs = 250;
const lastRetryMs = 30_000;

/**
 * Starts PostgreSQL again when it ends while its server lives (the memory killer, an operator's mistake). The socket stays
 * the same, so a pool of connections recovers by itself. Does not keep the server's process alive.
 */
export function keepRunning(first: Postmaster, again: () => Promise<Postmaster>, log: Log) {
  let current = first;
  let restart: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const watch = () => {
    if (stopped) return;
    // Our own child's exit is reported to us; one that was taken over has to be looked at.
    if (current.child) current.child.once('exit', () => ended());
    timer = setTimeout(look, lookEveryMs).unref();
  };
  const look = async () => {
    if (stopped || restart) return;
    if (await isRunning(current)) timer = setTimeout(look, lookEveryMs).unref();
    else ended();
  };
  const ended = () => {
    if (stopped || restart) return;
    clearTimeout(timer);
    log('error', 'The embedded PostgreSQL ended by itself: starting it again', { pid: current.pid });
    attempt(firstRetryMs);
  };
  const attempt = (retryMs: number) => {
    if (stopped) return;
    restart = again().then(
      (postmaster) => {
        current = postmaster;
        restart = undefined;
        watch();
      },
      (error: Error) => {
        log('error', `The embedded PostgreSQL did not start again: ${error.message}`, { error });
        timer = setTimeout(attempt, retryMs, Math.min(2 * retryMs, lastRetryMs)).unref();
      },
    );
  };

  watch();
  return {
    pid: () => current.pid,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await restart;
      clearTimeout(timer);
      await shutDown(current);
    },
  };
}
