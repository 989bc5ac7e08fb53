/** How many pods are to wait for sessions that nobody has asked for yet. Pure. */
import type { Profile } from './profiles.ts';

/** How fast demand is forgotten: after so long it counts half. */
const HALF_LIFE_MS = 300_000;

/** How many sessions of a kind there lately were, those of long ago counting less, and when that was true. */
export interface Demand {
  weight: number;
  at: number;
}

export const demandAt = ({ weight, at }: Demand, now: number): number =>
  weight * 0.5 ** (Math.max(0, now - at) / HALF_LIFE_MS);
export const withMore = (demand: Demand | undefined, sessions: number, now: number): Demand => ({
  weight: sessions + (demand === undefined ? 0 : demandAt(demand, now)),
  at: now,
});

/** Less than this is nobody: after one session the last pod goes some twenty minutes later. */
const LEAST = 0.05;

/**
 * As many as are likely to be asked for while another comes up: the mean of that time and two deviations more, for arrivals are as
 * chance brings them. Between the profile's `min` and `max`; only `min` when nobody came for long.
 */
export function warmTarget(warm: Profile['warm'], demand: Demand | undefined, now: number): number {
  const weight = demand === undefined ? 0 : demandAt(demand, now);
  if (weight < LEAST) return warm.min;
  const perMs = (weight * Math.LN2) / HALF_LIFE_MS;
  const mean = perMs * warm.refillMs;
  return Math.min(warm.max, Math.max(warm.min, 1, Math.ceil(mean + 2 * Math.sqrt(mean))));
}
