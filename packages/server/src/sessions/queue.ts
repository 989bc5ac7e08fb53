/**
 * The queue for places on runners: who gets which, why one waits, and who makes room. Pure.
 *
 * It is one line by time. Who lost a runner that it had stands where its age puts it, so before those that came later; and nobody is
 * held up by a session for which there is no place although there is one for others.
 */
import type { WaitingReason } from '../model/residence.ts';

/** A runner, as far as placing is concerned. */
export interface Room {
  id: string;
  labels: string[];
  capacity: number;
  /** Sessions that it holds, and those of them that it is letting go of. */
  held: number;
  leaving: number;
  /** Its lease is good and a server has its connection. */
  connected: boolean;
  draining: boolean;
  shortOfMemory: boolean;
  /** It could not bring a session up a moment ago. */
  refused: boolean;
}

export interface Waiting {
  id: string;
  labels: string[];
  /** The runner that has its folder, and whether all of that was saved as well. */
  filesRunner: string | null;
  filesKept: boolean;
}

/** A session without a turn on a runner, whose policy lets it be parked. */
export interface Idle {
  id: string;
  runnerId: string;
  lastActivityAt: Date;
}

/** A label of a kind of pods, which one is made of for each session that asks for it. */
const asksForPod = (label: string): boolean => label.startsWith('pod:');
const has = (room: Room, labels: string[]): boolean => labels.every((label) => room.labels.includes(label));
export const isReady = (room: Room): boolean => room.connected && !room.draining;
const hasPlace = (room: Room): boolean => room.held < room.capacity;
const takes = (room: Room): boolean => isReady(room) && !room.shortOfMemory;
/** Whether a session may be placed on it now. */
export const isOpen = (room: Room): boolean => takes(room) && hasPlace(room);

/** Where a session has to go: to the runner that alone has its files, rather than to go on elsewhere without them. */
function boundTo({ filesRunner, filesKept }: Omit<Waiting, 'id'>, rooms: Room[]): Room | null {
  if (filesRunner === null || filesKept) return null;
  return rooms.find((room) => room.id === filesRunner && isReady(room)) ?? null;
}

/** Runners on which a session may be placed. */
function fitting(session: Omit<Waiting, 'id'>, rooms: Room[]): Room[] {
  const bound = boundTo(session, rooms);
  return (bound === null ? rooms : [bound]).filter((room) => has(room, session.labels));
}

const load = (room: Room): number => (room.held + 1) / room.capacity;
/** Those that could not bring a session up come last: with a full disk they would be the least loaded for ever. */
const better = (a: Room, b: Room): number =>
  Number(a.refused) - Number(b.refused) || load(a) - load(b) || (a.id < b.id ? -1 : 1);

/**
 * Gives out the places there are, in order: to each session the runner that has its files, or else the least loaded by what it can
 * hold.
 * @param waiting the longest waiting first.
 */
export function assign(waiting: Waiting[], rooms: Room[]): { id: string; runner: string }[] {
  const left = rooms.map((room) => ({ ...room }));
  const given: { id: string; runner: string }[] = [];
  for (const session of waiting) {
    const open = fitting(session, left).filter(isOpen);
    const near = open.find((room) => room.id === session.filesRunner && !room.refused);
    const room = near ?? open.sort(better)[0];
    if (room === undefined) continue;
    room.held += 1;
    given.push({ id: session.id, runner: room.id });
  }
  return given;
}

/** Why a session has no runner; null when there is a place for it, which it is about to have. */
export function reasonFor(session: Omit<Waiting, 'id'>, rooms: Room[]): WaitingReason | null {
  if (session.labels.some(asksForPod) && !fitting(session, rooms).some(isOpen)) return 'pod_starting';
  const connected = rooms.filter((room) => room.connected);
  if (connected.length === 0) return 'no_runner_connected';
  const labelled = connected.filter((room) => has(room, session.labels));
  if (labelled.length === 0) return 'no_runner_with_labels';
  const ready = fitting(session, rooms).filter(isReady);
  if (ready.length === 0) return 'runners_draining';
  const open = ready.filter(hasPlace);
  if (open.some(takes)) return null;
  if (open.length > 0) return 'runners_short_of_memory';
  return boundTo(session, rooms) === null ? 'runners_full' : 'its_runner_full';
}

/** Those near the front are told when the reason is another one; the others when it matters to them. */
export const NEAR_THE_FRONT = 64;

/**
 * Whether a session's log is to tell of its place in the queue: at first, when half of those before it are gone, and when it waits for
 * another reason. So one that begins at place 1000 is told of some ten places, not of a thousand.
 */
export function isNews(
  now: { position: number; reason: WaitingReason },
  told: { position: number; reason: WaitingReason | null } | null,
): boolean {
  if (told === null || now.position * 2 <= told.position) return true;
  return now.reason !== told.reason && now.position <= NEAR_THE_FRONT;
}

/** A runner parks no more sessions than this at a time: each is saved as it is let go of. */
export const MOST_LEAVING = 8;

/**
 * Which idle sessions are parked so that those who wait get their places: for each who waits and to whom no place is on its way yet, the one
 * that was idle for longest on a runner where it may go.
 * @param waiting the longest waiting first. @param idle in any order.
 */
export function whoYields(waiting: Waiting[], rooms: Room[], idle: Idle[]): string[] {
  const oldest = [...idle].sort((a, b) => a.lastActivityAt.getTime() - b.lastActivityAt.getTime());
  const left = new Map(rooms.map((room) => [room.id, { ...room, coming: room.capacity - room.held + room.leaving }]));
  const yields: string[] = [];
  for (const session of waiting) {
    const fit = fitting(session, [...left.values()])
      .filter(takes)
      .map((room) => left.get(room.id)!);
    const free = fit.find((room) => room.coming > 0);
    if (free !== undefined) {
      free.coming -= 1;
      continue;
    }
    const may = new Set(fit.filter((room) => room.leaving < MOST_LEAVING).map((room) => room.id));
    const at = oldest.findIndex((one) => may.has(one.runnerId));
    const [one] = at < 0 ? [] : oldest.splice(at, 1);
    if (one === undefined) continue;
    // More sessions than places, as after the capacity was lowered: the first that goes makes no room yet.
    const room = left.get(one.runnerId)!;
    room.leaving += 1;
    if (room.coming < 0) room.coming += 1;
    yields.push(one.id);
  }
  return yields;
}

/** What a session is taken to use that was not measured yet. */
const UNMEASURED_BYTES = 100 * 1024 ** 2;

/**
 * Which idle sessions of a runner are parked so that it has so much more memory: the longest idle first, until what they use is enough.
 * @param idle in any order. @param used by session, in bytes.
 */
export function whoFreesMemory(idle: Idle[], used: ReadonlyMap<string, number>, wantedBytes: number): string[] {
  const oldest = [...idle].sort((a, b) => a.lastActivityAt.getTime() - b.lastActivityAt.getTime());
  const chosen: string[] = [];
  for (let freed = 0; freed < wantedBytes && chosen.length < MOST_LEAVING; ) {
    const one = oldest.shift();
    if (one === undefined) break;
    chosen.push(one.id);
    freed += used.get(one.id) ?? UNMEASURED_BYTES;
  }
  return chosen;
}
