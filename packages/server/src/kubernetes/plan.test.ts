import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Engine } from '../sessions/engine.ts';
import type { Database } from '../store/database.ts';
import { makeTestDatabase } from '../store/fixtures/database.ts';
import { migrate } from '../store/migrate.ts';
import { forgetPod, listPods, notePodTold } from '../store/pods.ts';
import { claimSessions, runnerRooms } from '../store/queue.ts';
import { joinRunner } from '../store/runners.ts';
import { plan } from './plan.ts';
import { profileSchema } from './profiles.ts';

let database: Database;
beforeAll(async () => {
  database = await makeTestDatabase('pods_test');
  await migrate(database.clientConfig);
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('TRUNCATE agent_sessions, pods, pod_demand, runners CASCADE'));

const warm = { min: 0, max: 3, refillMs: 15_000, maxAgeMs: 3_600_000 };
const profiles = new Map([['default', profileSchema.parse({ image: 'rigger:1', warm })]]);
const decideAgain = (limits: object = {}) =>
  plan({
    engine: { database } as Engine,
    profiles,
    limits: { pods: 50, creating: 50, startTimeoutMs: 60_000, ...limits },
    seen: new Map(),
    paused: new Set(),
  });
const waits = (id: string, labels: string[] = ['pod:default'], config: object = {}) =>
  database.pool.query(
    `INSERT INTO agent_sessions (id, pattern, status, config, wants_runner, runner_labels, waiting_since, waiting_order)
     VALUES ($1, 'hybrid', 'active', $2, true, $3, now(), now())`,
    [id, JSON.stringify(config), labels],
  );
const join = (name: string) =>
  joinRunner(
    database.db,
    { id: name, instance: name, version: '1', capacity: 1, labels: ['pod:default'], isolation: 'pod', singleUse: true },
    { id: 'srv', url: 'http://srv' },
    60_000,
  );

test('however many servers decide at once, a session gets one pod', async () => {
  for (const id of ['s1', 's2', 's3']) await waits(id);
  await Promise.all(Array.from({ length: 8 }, () => decideAgain()));
  expect(await listPods(database.db)).toHaveLength(3);
});

test('a pod is given one session, ever, and its kind is then asked for more', async () => {
  await waits('s1');
  const [name = ''] = (await decideAgain()).made;
  await join(name);
  expect(await claimSessions(database.db, [{ id: 's1', runner: name }])).toHaveLength(1);
  await decideAgain();
  const pods = await listPods(database.db);
  expect(pods.find((pod) => pod.name === name)).toMatchObject({ joined: true, claimed: true, sessionId: 's1' });
  // One came: one is to wait for the next.
  expect(pods.filter((pod) => !pod.claimed)).toHaveLength(1);
  await database.pool.query(`UPDATE agent_sessions SET runner_id = NULL, wants_runner = false WHERE id = 's1'`);
  expect((await runnerRooms(database.db)).find((room) => room.id === name)).toMatchObject({ held: 0, capacity: 0 });
  await decideAgain();
  expect((await listPods(database.db)).find((pod) => pod.name === name)).toMatchObject({
    ending: true,
    endingWhy: 'session_over',
  });
});

test('a pod that is to end is given no session any more', async () => {
  await waits('s1');
  const [name = ''] = (await decideAgain()).made;
  await join(name);
  await decideAgain();
  // Its session went elsewhere, and nobody else came; it is no newborn any more.
  await database.pool.query(`UPDATE agent_sessions SET wants_runner = false`);
  await database.pool.query(`UPDATE pods SET created_at = now() - interval '1 minute'`);
  await decideAgain();
  expect((await listPods(database.db))[0]).toMatchObject({ ending: true, endingWhy: 'not_needed' });
  expect((await runnerRooms(database.db))[0]).toMatchObject({ capacity: 0 });
});

test('sessions from before there were pods get the kind they would have now', async () => {
  await waits('s1', []);
  await waits('s2', ['pod:former']);
  await waits('s3', ['elsewhere'], { runnerLabels: ['elsewhere'] });
  await decideAgain();
  const { rows } = await database.pool.query('SELECT id, runner_labels FROM agent_sessions ORDER BY id');
  expect(rows.map((row) => row.runner_labels)).toEqual([['pod:default'], ['pod:default'], ['elsewhere']]);
  expect(await listPods(database.db)).toHaveLength(2);
});

test('what is told of a pod is told once, whichever servers would', async () => {
  await waits('s1');
  const [name = ''] = (await decideAgain()).made;
  const told = await Promise.all([1, 2, 3, 4].map(() => notePodTold(database.db, name, 'no room')));
  expect(told.filter(Boolean)).toHaveLength(1);
});

test('a pod that holds a session is not forgotten', async () => {
  await waits('s1');
  const [name = ''] = (await decideAgain()).made;
  await join(name);
  await claimSessions(database.db, [{ id: 's1', runner: name }]);
  await forgetPod(database.db, name);
  expect(await listPods(database.db)).toHaveLength(1);
});
