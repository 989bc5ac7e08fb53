/**
 * Which pods are to be made and which are to end. Pure: what is, goes in; what is to be done, comes out.
 *
 * A pod is counted from the moment its row is committed, before Kubernetes has heard of it: so whichever server decides next knows what is
 * on its way, and makes none twice.
 */
import type { SeenPod } from './observe.ts';

export interface PodState {
  name: string;
  /** What it is made for, as the label that sessions ask for. */
  label: string;
  /** What of its profile it was made from. */
  revision: string;
  ageMs: number;
  /** Its runner has joined. */
  joined: boolean;
  /** A session was given to it, and whether it holds one now. */
  claimed: boolean;
  holds: boolean;
  /** It was decided that it is to end. */
  ending: boolean;
  /** Nothing was heard of its runner for long. */
  lost: boolean;
  /** As Kubernetes has it; null where it has none, as before it was made. */
  seen: SeenPod | null;
}

/** A kind of pods. */
export interface Kind {
  label: string;
  /** Sessions that wait for one. */
  waiting: number;
  /** How many are to wait for sessions. */
  warm: number;
  /** What pods of it are made from now; null where its profile is gone. */
  revision: string | null;
  maxAgeMs: number;
}

export interface Limits {
  /** Pods at most, of all kinds. */
  pods: number;
  /** Pods that are coming up at a time. */
  creating: number;
  /** How long one may take to. */
  startTimeoutMs: number;
}

export type WhyEnd = 'session_over' | 'ended' | 'not_started' | 'not_needed' | 'outdated' | 'old' | 'lost';
export interface Decision {
  create: string[];
  end: { name: string; why: WhyEnd }[];
}

/** A pod that was made for a session which then was ended is kept for a moment: another may come. */
const SPARED_MS = 30_000;

/** @param kinds every kind that sessions wait for or that has a pod. @param pods all that there are. */
export function decide(kinds: Kind[], pods: PodState[], limits: Limits): Decision {
  const known = new Map(kinds.map((kind) => [kind.label, kind]));
  const end: Decision['end'] = [];
  const going = new Set<string>();
  const over = (name: string, why: WhyEnd) => {
    end.push({ name, why });
    going.add(name);
  };
  for (const pod of pods) {
    if (pod.ending) going.add(pod.name);
    else if (pod.seen?.ended === true || pod.seen?.deleting === true) over(pod.name, 'ended');
    else if (pod.claimed && !pod.holds) over(pod.name, 'session_over');
    else if (!pod.joined && !pod.claimed && pod.ageMs > limits.startTimeoutMs) over(pod.name, 'not_started');
    else if (!pod.claimed && pod.joined && pod.lost) over(pod.name, 'lost');
    else if (!pod.claimed && pod.joined) {
      const kind = known.get(pod.label);
      if (kind === undefined || kind.revision !== pod.revision) over(pod.name, 'outdated');
      else if (pod.ageMs > kind.maxAgeMs) over(pod.name, 'old');
    }
  }

  const free = new Map<string, PodState[]>();
  for (const pod of pods)
    if (!pod.claimed && !going.has(pod.name)) free.set(pod.label, [...(free.get(pod.label) ?? []), pod]);
  for (const [label, here] of free) {
    const kind = known.get(label);
    const surplus = here.length - (kind === undefined ? 0 : kind.waiting + kind.warm);
    const idle = here.filter((pod) => pod.joined && pod.ageMs > SPARED_MS).sort((a, b) => b.ageMs - a.ageMs);
    for (const pod of idle.slice(0, Math.max(0, surplus))) over(pod.name, 'not_needed');
  }

  let room = limits.pods - pods.filter((pod) => !pod.ending || pod.seen !== null).length;
  let starting = limits.creating - pods.filter((pod) => !pod.joined && !going.has(pod.name)).length;
  const create: string[] = [];
  const make = (label: string, missing: number) => {
    for (let n = 0; n < missing && room > 0 && starting > 0; n += 1) {
      create.push(label);
      room -= 1;
      starting -= 1;
    }
  };
  const able = kinds.filter((kind) => kind.revision !== null);
  const there = (label: string) => (free.get(label) ?? []).filter((pod) => !going.has(pod.name)).length;
  // Who waits goes before who might come; the longest line gets its first pod last only where there is room for all.
  for (const kind of able) make(kind.label, kind.waiting - there(kind.label));
  for (const kind of able) make(kind.label, kind.warm - Math.max(0, there(kind.label) - kind.waiting));
  return { create, end };
}
