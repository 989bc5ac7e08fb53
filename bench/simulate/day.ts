/** A day of sessions: few at night, many by day, and bursts out of nothing. The same seed makes the same day. */

export interface Day {
  /** When each begins, and for how long it needs its pod; in order. */
  sessions: { at: number; ms: number }[];
  perMinute: number[];
}

export function makeRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A tenth of all come in bursts, as when a batch is sent or a page is linked to. */
const IN_BURSTS = 0.1;
const BURST_SESSIONS = 250;
const BURST_MS = 20_000;

/** How much of a day's traffic there is at a time of day. */
const traffic = (at: number): number =>
  0.15 + 0.85 * Math.max(0, Math.sin((Math.PI * (at / DAY_MS - 0.25)) / 0.65)) ** 2;

export function makeDay(count: number, seed: number): Day {
  const random = makeRandom(seed);
  const sessions: Day['sessions'] = [];
  // Most are short; some keep their pod for an hour.
  const length = () =>
    random() < 0.8 ? 15_000 - 45_000 * Math.log(1 - random()) : 120_000 - 900_000 * Math.log(1 - random());
  const bursts = Math.round((count * IN_BURSTS) / BURST_SESSIONS);
  for (let burst = 0; burst < bursts; burst += 1) {
    const begin = random() * (DAY_MS - BURST_MS);
    for (let n = 0; n < BURST_SESSIONS; n += 1)
      sessions.push({ at: begin + random() * BURST_MS, ms: Math.min(length(), 3_600_000) });
  }
  while (sessions.length < count) {
    const at = random() * DAY_MS;
    if (random() < traffic(at)) sessions.push({ at, ms: Math.min(length(), 3_600_000) });
  }
  sessions.sort((a, b) => a.at - b.at);
  const perMinute = new Array<number>(DAY_MS / MINUTE_MS).fill(0);
  for (const { at } of sessions) perMinute[Math.floor(at / MINUTE_MS)]! += 1;
  return { sessions, perMinute };
}
