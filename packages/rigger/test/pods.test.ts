/** Runners for one session each, as pods have them, here as processes: what they are given, what they may, and when they end. */
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { makePodTokens, type PodTokens } from '../../server/src/runners/identity.ts';
import { type Cluster, type Runner, startCluster } from './cluster.ts';
import { bash, type Json, type Rigger, script } from './harness.ts';

let cluster: Cluster;
let server: Rigger;
let tokens: PodTokens;
beforeAll(async () => {
  cluster = await startCluster(1, { RIGGER_SWEEP_INTERVAL_MS: '1000', RIGGER_RUNNER_PORT: '0' });
  server = cluster.servers[0]!;
  const client = new pg.Client({ connectionString: cluster.databaseUrl });
  await client.connect();
  const { rows } = await client.query(`SELECT value FROM server_secrets WHERE name = 'session-tokens'`);
  tokens = makePodTokens(rows[0].value);
  await client.end();
});
afterAll(() => cluster.stop());

const KIND = 'pod:test';
const podRunner = (id: string, env: Record<string, string> = {}): Promise<Runner> =>
  cluster.startRunner(id, {
    // What it says of itself does not count.
    labels: 'everything',
    capacity: 64,
    env: {
      RIGGER_RUNNER_TOKEN: tokens.make(id, [KIND]),
      RIGGER_RUNNER_ONCE: 'true',
      RIGGER_ISOLATION: 'pod',
      RIGGER_WARM_SPARES: '1',
      ...env,
    },
  });
const ends = (runner: Runner): Promise<unknown> | null =>
  runner.process.exitCode === null ? once(runner.process, 'exit') : null;
const config = { allowedTools: ['Bash'], runnerLabels: [KIND] };
const seen = async (id: string, type: string): Promise<Json[]> =>
  (await server.events(id)).filter((event) => event.type === type).map((event) => event.data);

test('a runner for one session holds one, of its token’s kind, and ends when the session is let go of', async () => {
  const first = await podRunner('pod-1');
  const { runners } = (await server.call('GET', '/api/runners')).body;
  expect(runners[0]).toMatchObject({ id: 'pod-1', capacity: 1, labels: [KIND], isolation: 'pod' });
  const session = await server.create({ pattern: 'hybrid', config });
  await server.say(session.id, script(bash('echo kept > note.txt'), { text: 'noted' }));
  const other = await server.create({ pattern: 'hybrid', config });
  const waiting = server.say(other.id, 'hello');
  // What is removed of another session is nothing of this one's.
  const third = await server.create({ pattern: 'hybrid', config });
  await server.call('DELETE', `/api/sessions/${third.id}`);
  await server.say(session.id, script(bash('cat note.txt'), { text: 'still there' }));
  await server.until(other.id, (event) => event.type === 'session.waiting');

  const ended = ends(first);
  await server.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' });
  await ended;
  expect(first.process.exitCode).toBe(0);
  expect(await seen(session.id, 'snapshot.taken')).toHaveLength(1);
  // Its place was not given to the one that waited.
  expect(await seen(other.id, 'session.placed')).toEqual([]);

  await podRunner('pod-2');
  expect((await waiting).turn.status).toBe('succeeded');
  await server.call('DELETE', `/api/sessions/${other.id}`);

  await podRunner('pod-3');
  const { turn } = await server.say(session.id, script(bash('cat note.txt'), { text: 'it says {{lastToolResult}}' }));
  expect(turn.response.content).toBe('it says kept');
  expect((await seen(session.id, 'session.placed')).map((one) => one.runner)).toEqual(['pod-1', 'pod-3']);
  expect(await seen(session.id, 'snapshot.restored')).toHaveLength(1);
  await server.call('DELETE', `/api/sessions/${session.id}`);
});

/** Resolves once a runner has an agent that waits. */
const spareOf = async (id: string): Promise<void> => {
  for (;;) {
    const { runners } = (await server.call('GET', '/api/runners')).body;
    if (runners.find((one: Json) => one.id === id)?.warm?.spares === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

test('one that waits is told of the session to come, has an agent ready, and gives it over', async () => {
  const waiting = await podRunner('pod-warm');
  await spareOf('pod-warm');
  const session = await server.create({ pattern: 'ephemeral', config });
  const { turn } = await server.say(session.id, script(bash('pwd; ls -a'), { text: '{{lastToolResult}}' }));
  expect(turn.response.content).toContain(`${waiting.dataDir}/sessions/session/workspace`);
  expect((await seen(session.id, 'agent.started'))[0]).toMatchObject({ warm: true });
  await ends(waiting);
  await server.call('DELETE', `/api/sessions/${session.id}`);
});

test('an agent that waits and cannot serve the session that comes is gone before that one’s own', async () => {
  const first = await podRunner('pod-before');
  const session = await server.create({ pattern: 'hybrid', config });
  await server.say(session.id, script(bash('echo kept > note.txt'), { text: 'noted' }));
  // Parked, it waits for no runner: the next one has its agent ready before it comes.
  const ended = ends(first);
  await server.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' });
  await ended;
  await podRunner('pod-unfit');
  await spareOf('pod-unfit');
  const { turn } = await server.say(session.id, script(bash('cat note.txt'), { text: 'it says {{lastToolResult}}' }));
  expect(turn).toMatchObject({ attempt: 1, response: { content: 'it says kept' } });
  expect((await seen(session.id, 'agent.exited')).filter((one) => one.expected === false)).toEqual([]);
  await server.call('DELETE', `/api/sessions/${session.id}`);
});

test('SIGTERM has its files saved and its session go on elsewhere', async () => {
  const first = await podRunner('pod-drained');
  const session = await server.create({ pattern: 'hybrid', config });
  await server.say(session.id, script(bash('echo kept > note.txt'), { text: 'noted' }));
  await first.end('SIGTERM');
  expect((await seen(session.id, 'snapshot.taken'))[0]).toMatchObject({ reason: 'moved' });
  await podRunner('pod-next');
  const { turn } = await server.say(session.id, script(bash('cat note.txt'), { text: 'it says {{lastToolResult}}' }));
  expect(turn.response.content).toBe('it says kept');
  await server.call('DELETE', `/api/sessions/${session.id}`);
});

test('a pod’s token is no other runner’s, and reads nothing of a session that it does not hold', async () => {
  const token = tokens.make('pod-x', [KIND]);
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/runner/v1/connect`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await once(socket, 'open');
  const hello = {
    type: 'hello',
    protocol: 1,
    runner: 'pod-y',
    version: '0',
    capacity: 1,
    labels: [],
    isolation: 'pod',
  };
  socket.send(JSON.stringify({ ...hello, sessions: [], folders: [] }));
  expect((await once(socket, 'close'))[0]).toBe(1008);

  await podRunner('pod-holder');
  const session = await server.create({ pattern: 'hybrid', config });
  await server.say(session.id, 'hello');
  const sdk = (await seen(session.id, 'agent.started'))[0]?.sdkSessionId;
  const read = (said: string) =>
    fetch(`${server.url}/runner/v1/transcript?session=${session.id}&epoch=1&sdkSession=${sdk}`, {
      headers: { authorization: `Bearer ${said}` },
    });
  expect((await read(tokens.make('pod-holder', [KIND]))).status).toBe(200);
  expect((await read(token)).status).toBe(404);
  expect((await read('guess')).status).toBe(401);
  await server.call('DELETE', `/api/sessions/${session.id}`);
});
