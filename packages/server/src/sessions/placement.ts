/** Which runner a session runs on: waiting sessions are placed, told of their place in the queue, and made room for. */
import { RiggerError } from '../model/errors.ts';
import { transact } from '../store/database.ts';
import {
  anyWaits,
  claimSessions,
  idleSessions,
  lockPlacement,
  lockWaiting,
  runnerRooms,
  untoldPlaces,
  waitingSessions,
} from '../store/queue.ts';
import { usageOf } from '../store/runners.ts';
import { changeSession, changeWithin, tellOf } from './change.ts';
import type { Engine } from './engine.ts';
import { assign, isNews, isOpen, isReady, NEAR_THE_FRONT, reasonFor, whoFreesMemory, whoYields } from './queue.ts';

/** So many sessions are placed, or told of their place, in one transaction, which has placement for itself. */
const PORTION = 32;
/** So many of those that wait longest are looked at to make room for them. */
const LOOKED_AT = 64;
/** Who was idle for less keeps its place: its user may be about to go on. */
const LEAST_IDLE_MS = 1_000;

/**
 * Places waiting sessions, the longest waiting first, on the least loaded runners that will have them, whichever server those are connected
 * to. Those for whom there is no place learn where they stand, and idle sessions are parked to make room for them.
 * @returns whether any still waits.
 */
export async function placeSessions(engine: Engine): Promise<boolean> {
  while (await placePortion(engine));
  if (!(await anyWaits(engine.database.db))) return false;
  while (await tellPortion(engine));
  await makeRoom(engine);
  return true;
}

/** Whether any session waits for a runner. */
export const anyWaiting = (engine: Engine): Promise<boolean> => anyWaits(engine.database.db);

/** A session's lease, the event that tells of it and the turns given under it are one commit. @returns whether there may be more to place. */
async function placePortion(engine: Engine): Promise<boolean> {
  const done = await transact(engine.database.db, async (tx) => {
    await lockPlacement(tx);
    const rooms = await runnerRooms(tx);
    const open = rooms.filter(isOpen);
    if (open.length === 0) return [];
    const places = open.reduce((sum, room) => sum + room.capacity - room.held, 0);
    const closed = rooms.filter((room) => isReady(room) && !isOpen(room)).map((room) => room.id);
    const waiting = await waitingSessions(tx, Math.min(PORTION, places), closed);
    const claims = await claimSessions(tx, assign(waiting, rooms).slice(0, PORTION));
    const placed = [];
    for (const { id, epoch, runnerId, waitedMs } of claims)
      placed.push(
        await changeWithin(engine, tx, id, async (change) => {
          change.log('session.placed', { runner: runnerId, epoch, isolation: change.session.isolation, waitedMs });
          change.dispatch();
        }),
      );
    return placed;
  });
  for (const one of done) tellOf(engine, one);
  return done.length === PORTION;
}

/** Tells those that wait where they stand, if that is news. @returns whether there may be more to tell. */
async function tellPortion(engine: Engine): Promise<boolean> {
  const done = await transact(engine.database.db, async (tx) => {
    const rooms = await runnerRooms(tx);
    const news = (await untoldPlaces(tx, NEAR_THE_FRONT, 8 * PORTION)).flatMap((place) => {
      const { id, position, told, toldReason } = place;
      const reason = reasonFor(place, rooms);
      const before = told === null ? null : { position: told, reason: toldReason };
      return reason !== null && isNews({ position, reason }, before) ? [{ id, position, reason, told }] : [];
    });
    const portion = news.slice(0, PORTION);
    const here = await lockWaiting(tx, portion);
    const telling = [];
    for (const { id, position, reason } of portion.filter((one) => here.has(one.id)))
      telling.push(
        await changeWithin(engine, tx, id, async (change) => {
          change.session.waitingTold = position;
          change.session.waitingReason = reason;
          change.log('session.waiting', { position, reason });
        }),
      );
    return telling;
  });
  for (const one of done) tellOf(engine, one);
  return done.length === PORTION;
}

/** Parks sessions that are idle and may be parked, the longest idle first, where others wait for their places. */
async function makeRoom(engine: Engine): Promise<void> {
  const { db } = engine.database;
  const rooms = await runnerRooms(db);
  const waiting = await waitingSessions(db, LOOKED_AT);
  const full = rooms.filter((room) => isReady(room) && !room.singleUse && room.held >= room.capacity);
  if (full.length === 0) return;
  const idle = await idleSessions(
    db,
    full.map((room) => room.id),
    parkable(engine),
    LEAST_IDLE_MS,
    LOOKED_AT,
  );
  for (const id of whoYields(waiting, rooms, idle)) await parkFor(engine, id, 'place');
}

/**
 * A runner is short of memory: idle sessions of it are parked, a few at a time; it asks again for as long as that lasts. What is being let
 * go of is waited for first.
 */
export async function relieveMemory(engine: Engine, runner: string, wantedBytes: number): Promise<void> {
  const { db } = engine.database;
  const room = (await runnerRooms(db)).find((one) => one.id === runner);
  if (room === undefined || room.leaving > 0) return;
  const idle = await idleSessions(db, [runner], parkable(engine), LEAST_IDLE_MS, LOOKED_AT);
  const usage = await usageOf(
    db,
    idle.map((session) => session.id),
  );
  const used = new Map(usage.map(({ id, memoryBytes }) => [id, memoryBytes]));
  for (const id of whoFreesMemory(idle, used, wantedBytes)) await parkFor(engine, id, 'memory');
}

/** Patterns whose sessions hold their processes only while they are used. */
const parkable = ({ policies }: Engine) =>
  (Object.keys(policies) as (keyof typeof policies)[]).filter((pattern) => policies[pattern].residence !== 'always');

/** Parks a session that is idle, so that another has its place or its memory. One that works by now, or is gone, is left alone. */
async function parkFor(engine: Engine, id: string, wanted: 'place' | 'memory'): Promise<void> {
  await changeSession(engine, id, (change) => change.apply({ type: 'room_wanted', wanted })).catch((error: unknown) => {
    if (!(error instanceof RiggerError && error.code === 'session_not_found')) throw error;
  });
}
