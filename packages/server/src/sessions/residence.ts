/** Where sessions are, for those who look at them: in the queue for a runner, or on one and using so much of it. */
import type { SessionRecord } from '../model/record.ts';
import type { ResourcesView, WaitingView } from '../model/residence.ts';
import { queueLength, queuePlaces, runnerRooms } from '../store/queue.ts';
import { usageOf } from '../store/runners.ts';
import type { Engine } from './engine.ts';
import { reasonFor } from './queue.ts';

export interface Residence {
  waiting: WaitingView | null;
  resources: ResourcesView | null;
}
export const NOWHERE: Residence = { waiting: null, resources: null };

type Resident = Pick<SessionRecord, 'id' | 'wantsRunner' | 'runnerId'>;

/** Asks only where there is something to ask: a page of parked sessions costs nothing. */
export async function residencesOf(engine: Engine, sessions: Resident[]): Promise<Map<string, Residence>> {
  const waits = sessions.filter((session) => session.wantsRunner && session.runnerId === null);
  const held = sessions.filter((session) => session.runnerId !== null);
  const [waiting, resources] = await Promise.all([waitingOf(engine, waits), resourcesOf(engine, held)]);
  return new Map(
    sessions.map(({ id }) => [id, { waiting: waiting.get(id) ?? null, resources: resources.get(id) ?? null }]),
  );
}

async function waitingOf({ database }: Engine, sessions: Resident[]): Promise<Map<string, WaitingView>> {
  if (sessions.length === 0) return new Map();
  const ids = sessions.map((session) => session.id);
  const [places, rooms] = await Promise.all([queuePlaces(database.db, ids), runnerRooms(database.db)]);
  return new Map(
    places.flatMap((place) => {
      const reason = reasonFor(place, rooms);
      if (reason === null) return [];
      return [[place.id, { position: place.position, since: place.since.toISOString(), reason }] as const];
    }),
  );
}

async function resourcesOf({ database }: Engine, sessions: Resident[]): Promise<Map<string, ResourcesView>> {
  if (sessions.length === 0) return new Map();
  const used = await usageOf(
    database.db,
    sessions.map((session) => session.id),
  );
  return new Map(used.map(({ id, at, ...usage }) => [id, { ...usage, at: at.toISOString() }]));
}

/** How many sessions wait for a runner, and for how long the first of them. */
export async function queue({ database }: Engine): Promise<{ waiting: number; since: string | null }> {
  const { waiting, oldest } = await queueLength(database.db);
  return { waiting, since: oldest?.toISOString() ?? null };
}
