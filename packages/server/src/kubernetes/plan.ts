/**
 * One decision about pods, and its commitment: what there is, is read, and what is to be made or to end is written, in one transaction that
 * has placement for itself. So no pod is made twice, whichever servers decide, and none that is to end is given a session meanwhile.
 */

import type { SessionConfig } from '../model/config.ts';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { Engine } from '../sessions/engine.ts';
import { type Tx, transact } from '../store/database.ts';
import {
  endPods,
  insertPods,
  listPods,
  noteProgress,
  type PodRow,
  readDemand,
  relabel,
  waitingKinds,
  waitingWithoutKind,
  writeDemand,
} from '../store/pods.ts';
import { lockPlacement } from '../store/queue.ts';
import { decide, type Kind, type Limits, type PodState } from './decide.ts';
import { revisionOf } from './manifest.ts';
import type { SeenPod } from './observe.ts';
import { isShapeLabel, labelOf, type Profiles, type Shape, shapeOf } from './profiles.ts';
import { warmTarget, withMore } from './warmth.ts';

export interface PlanParts {
  engine: Engine;
  profiles: Profiles;
  limits: Limits;
  /** Pods as Kubernetes has them. */
  seen: ReadonlyMap<string, SeenPod>;
  /** Kinds of which none is to be made now: Kubernetes refused the last one. */
  paused: ReadonlySet<string>;
}

export interface Plan {
  /** Every pod, with those that were decided on now. */
  pods: PodRow[];
  /** Kinds for which sessions wait. */
  waiting: string[];
  /** Those that were decided on here, now. */
  made: string[];
  /** Pods that did not come up in time, by their kinds. */
  late: string[];
}

const RELABELLED_AT_ONCE = 100;
const NO_PROFILE_MS = 3_600_000;

/** The kind's shape: what the label of a pod that is there stands for, or what a session asks for. */
const shapeIn = (row: PodRow): Shape => row.shape as unknown as Shape;

export async function plan({ engine, profiles, limits, seen, paused }: PlanParts): Promise<Plan> {
  return transact(engine.database.db, async (tx) => {
    await lockPlacement(tx);
    const claimed = await noteProgress(tx);
    const { now, demand } = await readDemand(tx);
    for (const label of claimed) {
      const more = withMore(demand.get(label), 1, now);
      demand.set(label, more);
      await writeDemand(tx, label, more);
    }
    await giveKinds(tx, profiles);
    const waiting = await waitingKinds(tx);
    const rows = await listPods(tx);

    const shapes = new Map<string, Shape>();
    for (const name of profiles.keys()) {
      const plain = { profile: name, image: null, memoryMb: null, cpus: null };
      shapes.set(labelOf(plain), plain);
    }
    for (const row of rows) shapes.set(row.label, shapeIn(row));
    for (const { label, config } of waiting) {
      const shape = shapeFor(config as SessionConfig, profiles);
      if (shape !== null && labelOf(shape) === label) shapes.set(label, shape);
    }
    const lines = new Map(waiting.map((line) => [line.label, line.waiting]));
    // Those who wait for longest first.
    const order = [...new Set([...lines.keys(), ...shapes.keys()])];
    const kinds: Kind[] = order.map((label) => {
      const shape = shapes.get(label);
      const profile = shape === undefined ? undefined : profiles.get(shape.profile);
      const plain = shape !== undefined && label === labelOf({ ...shape, image: null, memoryMb: null, cpus: null });
      return {
        label,
        waiting: lines.get(label) ?? 0,
        warm: profile === undefined || !plain ? 0 : warmTarget(profile.warm, demand.get(label), now),
        revision: profile === undefined ? null : revisionOf(profile),
        maxAgeMs: profile?.warm.maxAgeMs ?? NO_PROFILE_MS,
      };
    });
    const decision = decide(
      kinds,
      rows.map((row) => stateOf(row, seen)),
      limits,
    );
    const made = decision.create
      .filter((label) => !paused.has(label))
      .map((label) => {
        const shape = shapes.get(label)!;
        return { name: podName(shape), label, shape, revision: revisionOf(profiles.get(shape.profile)!) };
      });
    await insertPods(tx, made);
    await endPods(tx, decision.end);
    const ended = new Set(decision.end.map((one) => one.name));
    const late = decision.end.filter((one) => one.why === 'not_started').map((one) => one.name);
    return {
      pods: made.length + decision.end.length === 0 ? rows : await listPods(tx),
      made: made.map((pod) => pod.name),
      waiting: [...lines.keys()],
      late: [...new Set(rows.filter((row) => ended.has(row.name) && late.includes(row.name)).map((row) => row.label))],
    };
  });
}

/** A name that says what it is for, short enough for a host name, and never used again. */
const podName = ({ profile }: Shape): string => `rigger-${profile}-${newId('pod').slice(-16)}`;

function stateOf(row: PodRow, seen: ReadonlyMap<string, SeenPod>): PodState {
  const { name, label, revision, ageMs, joined, claimed, ending, lost } = row;
  return {
    name,
    label,
    revision,
    ageMs,
    joined,
    claimed,
    holds: row.sessionId !== null,
    ending,
    lost,
    seen: seen.get(name) ?? null,
  };
}

/** The shape a session gets by the profiles as they are now; null where it gets none. */
function shapeFor(config: SessionConfig, profiles: Profiles): Shape | null {
  try {
    return shapeOf(config, profiles);
  } catch (error) {
    // It was made under other profiles: it waits, and says so.
    if (error instanceof RiggerError) return null;
    throw error;
  }
}

/** Sessions from before there were pods, or of a profile that is no more, are given the kind they would have now. */
async function giveKinds(tx: Tx, profiles: Profiles): Promise<void> {
  const stale = (await waitingKinds(tx)).flatMap(({ label, config }) => {
    const shape = shapeFor(config as SessionConfig, profiles);
    return shape !== null && labelOf(shape) !== label ? [label] : [];
  });
  for (const { id, config, labels } of await waitingWithoutKind(tx, stale, RELABELLED_AT_ONCE)) {
    const shape = shapeFor(config as SessionConfig, profiles);
    if (shape === null) continue;
    const others = labels.filter((label) => !isShapeLabel(label));
    await relabel(tx, id, [...others, labelOf(shape)].sort());
  }
}
