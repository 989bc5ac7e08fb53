import { createServer } from 'node:net';

/**
 * Below the range from which the system takes ports for outgoing connections: a server that is down for a moment must find
 * its port free when it comes back.
 */
const FIRST = 15_000;
const LAST = 31_000;
const given = new Set<number>();

/** A port that nothing listens on and that was not given out before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (given.has(port)) continue;
    given.add(port);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
