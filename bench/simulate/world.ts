/** A cluster without end, in which time passes by events: sessions come and go, pods come up, and the policy looks at it all. */
import { decide, type PodState } from '../../packages/server/src/kubernetes/decide.ts';
import type { Profile } from '../../packages/server/src/kubernetes/profiles.ts';
import { type Demand, warmTarget, withMore } from '../../packages/server/src/kubernetes/warmth.ts';
import { type Day, makeRandom } from './day.ts';

export interface Policy {
  name: string;
  warm: Profile['warm'];
  /** Pods that come up at a time. */
  creating: number;
}

export interface Outcome {
  policy: string;
  /** The share of sessions that found a pod waiting; how long the others and all waited, in seconds. */
  hits: number;
  p50: number;
  p95: number;
  p99: number;
  longest: number;
  podHours: number;
  idleHours: number;
  most: number;
}

/** Servers look when something has changed, and gather what changes together; a simulated round for each of so many. */
const ROUND_MS = 250;
const QUIET_ROUND_MS = 15_000;
const MOST_PODS = 5_000;
const SEEN = { name: '', node: 'node', deleting: false, ended: false, end: null, problem: null };

interface Pod extends PodState {
  madeAt: number;
  readyAt: number;
  /** When its session is over; Infinity while it waits. */
  freeAt: number;
}

export function simulate(day: Day, policy: Policy, coldMs: number, seed: number): Outcome {
  const random = makeRandom(seed + 1);
  const limits = { pods: MOST_PODS, creating: policy.creating, startTimeoutMs: 300_000 };
  let pods: Pod[] = [];
  let demand: Demand | undefined;
  const line: { at: number; ms: number }[] = [];
  const waits: number[] = [];
  let hits = 0;
  let podMs = 0;
  let idleMs = 0;
  let most = 0;
  let made = 0;
  let next = 0;
  let now = 0;

  const place = () => {
    const warm = pods.filter((pod) => pod.joined && !pod.claimed);
    while (line.length > 0 && warm.length > 0) {
      const session = line.shift()!;
      const pod = warm.pop()!;
      const waited = now - session.at;
      Object.assign(pod, { claimed: true, holds: true, freeAt: now + session.ms });
      waits.push(waited);
      if (pod.readyAt <= session.at) hits += 1;
      demand = withMore(demand, 1, now);
    }
  };

  while (next < day.sessions.length || line.length > 0 || pods.some((pod) => pod.holds)) {
    for (; next < day.sessions.length && day.sessions[next]!.at <= now; next += 1) line.push(day.sessions[next]!);
    for (const pod of pods) {
      pod.ageMs = now - pod.madeAt;
      if (!pod.joined && pod.readyAt <= now) pod.joined = true;
      if (pod.holds && pod.freeAt <= now) pod.holds = false;
    }
    place();
    const kinds = [
      {
        label: 'pod:default',
        waiting: line.length,
        warm: warmTarget(policy.warm, demand, now),
        revision: 'r',
        maxAgeMs: policy.warm.maxAgeMs,
      },
    ];
    const { create, end } = decide(kinds, pods, limits);
    const ends = new Set(end.map((one) => one.name));
    if (ends.size > 0) pods = pods.filter((pod) => !ends.has(pod.name));
    for (const label of create) {
      made += 1;
      const takes = coldMs * (0.8 + 0.4 * random());
      const name = `p${made}`;
      const state = {
        label,
        revision: 'r',
        ageMs: 0,
        joined: false,
        claimed: false,
        holds: false,
        ending: false,
        lost: false,
      };
      pods.push({ ...state, name, seen: SEEN, madeAt: now, readyAt: now + takes, freeAt: Number.POSITIVE_INFINITY });
    }
    most = Math.max(most, pods.length);
    // From one event to the next, but not finer than servers look.
    const events = pods.flatMap((pod) => [...(pod.joined ? [] : [pod.readyAt]), ...(pod.holds ? [pod.freeAt] : [])]);
    const coming = day.sessions[next]?.at ?? Number.POSITIVE_INFINITY;
    const then = events.reduce((least, at) => Math.min(least, at), Math.min(coming, now + QUIET_ROUND_MS));
    const passed = Math.max(ROUND_MS, then - now);
    podMs += pods.length * passed;
    idleMs += pods.filter((pod) => !pod.claimed).length * passed;
    now += passed;
  }

  waits.sort((a, b) => a - b);
  const at = (share: number) => (waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0) / 1_000;
  return {
    policy: policy.name,
    hits: hits / waits.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    longest: at(1),
    podHours: podMs / 3_600_000,
    idleHours: idleMs / 3_600_000,
    most,
  };
}
