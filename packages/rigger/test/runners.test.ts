/** Many runners: placing by labels and load, emptying, and what happens when one dies or stands still. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, type Runner, startCluster, wrongClock } from './cluster.ts';
import { BIN, bash, HANG, type Json, pids, type Rigger, readProc, script } from './harness.ts';

const tools = { allowedTools: ['Bash'] };
const callsATool = (event: { data: unknown }): boolean => JSON.stringify(event.data).includes('"tool_use"');
const placements = async (server: Rigger, id: string): Promise<Json[]> =>
  (await server.events(id)).filter((event) => event.type === 'session.placed').map((event) => event.data);
const rigger = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [BIN, ...args])).stdout;
/** Agent processes in sandboxes of a runner. */
const agentsOf = (runner: Runner): number[] =>
  pids().filter(
    (pid) => /(^|\/)claude\0/.test(readProc(pid, 'cmdline')) && readProc(pid, 'mountinfo').includes(runner.dataDir),
  );

test.skipIf(wrongClock('+10m') === null)(
  'clocks that are ten minutes wrong, ahead on the server and behind on the runner, give no lease away early and miss no deadline',
  async () => {
    const cluster = await startCluster(1, {
      RIGGER_LEASE_MS: '5000',
      RIGGER_SWEEP_INTERVAL_MS: '1000',
      ...wrongClock('+10m'),
    });
    try {
      const server = cluster.servers[0]!;
      const late = await cluster.startRunner('late', { env: wrongClock('-10m')! });
      const session = await server.create({ pattern: 'hybrid', config: tools, maxIdleTimeMs: 500 });
      const { turn } = await server.say(
        session.id,
        script(bash('node -e "setTimeout(() => {}, 7000)"; echo slept'), { text: 'it said {{lastToolResult}}' }),
      );
      expect(turn).toMatchObject({ status: 'succeeded', attempt: 1, response: { content: 'it said slept' } });
      await server.until(session.id, (event) => event.type === 'session.status_changed' && event.data.parked === true);
      expect(await placements(server, session.id)).toHaveLength(1);
      expect(late.log.filter((line) => /every agent is ended/.test(line.msg))).toEqual([]);
    } finally {
      await cluster.stop();
    }
  },
);

describe('two runners', () => {
  let cluster: Cluster;
  let server: Rigger;
  beforeAll(async () => {
    cluster = await startCluster(1, { RIGGER_LEASE_MS: '5000', RIGGER_SWEEP_INTERVAL_MS: '1000' });
    server = cluster.servers[0]!;
    await cluster.startRunner('r1');
    await cluster.startRunner('r2');
  });
  afterAll(() => cluster?.stop());

  test('sessions are spread over them', async () => {
    const sessions = await Promise.all([1, 2, 3, 4].map(() => server.create({ pattern: 'hybrid', config: {} })));
    await Promise.all(sessions.map((session) => server.say(session.id, 'hi')));
    const { runners } = (await server.call('GET', '/api/runners')).body;
    expect(runners.map((one: Json) => [one.id, one.state, one.sessions])).toEqual([
      ['r1', 'ready', 2],
      ['r2', 'ready', 2],
    ]);
    for (const session of sessions) await server.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('a session waits for a runner with its labels, and goes there once it joins', async () => {
    const session = await server.create({ pattern: 'hybrid', config: { runnerLabels: ['gpu'] } });
    const asked = server.say(session.id, 'hi');
    const gpu = await cluster.startRunner('r-gpu', { labels: 'gpu,linux' });
    expect((await asked).turn.status).toBe('succeeded');
    expect(await placements(server, session.id)).toEqual([expect.objectContaining({ runner: 'r-gpu', epoch: 1 })]);
    await server.call('DELETE', `/api/sessions/${session.id}`);
    await gpu.end('SIGTERM');
  });

  test('a runner that is drained moves what is idle at once and what works when its turn ends, and is then empty', async () => {
    const idle = await server.create({ pattern: 'long-running', config: {} });
    await server.say(idle.id, 'remember the heron');
    const [{ runner }] = await placements(server, idle.id);
    const other = runner === 'r1' ? 'r2' : 'r1';
    await server.call('POST', `/api/runners/${other}/drain`);
    const busy = await server.create({ pattern: 'hybrid', config: tools });
    const works = server.say(busy.id, script(bash('node -e "setTimeout(() => {}, 3000)"'), { text: 'done in peace' }));
    await server.until(busy.id, callsATool);
    await server.call('POST', `/api/runners/${other}/drain`, { draining: false });
    const said = await rigger('runner', '--server', server.url, 'drain', runner, '--wait');
    expect(said).toContain('is empty');
    expect((await works).response.content).toContain('done in peace');
    expect((await placements(server, busy.id)).map((placed) => placed.runner)).toEqual([runner, other]);
    expect(await rigger('runner', '--server', server.url, 'list', '--no-json')).toMatch(
      new RegExp(`${runner} +draining +0/8`),
    );
    expect((await server.say(idle.id, 'What did I say?')).response.content).toContain('remember the heron');
    expect((await placements(server, idle.id)).map((placed) => [placed.runner, placed.epoch])).toEqual([
      [runner, 1],
      [other, 2],
    ]);
    expect(await rigger('runner', '--server', server.url, 'drain', runner, '--undo')).toContain('takes sessions again');
    await expect(rigger('runner', '--server', server.url, 'drain', 'nobody')).rejects.toThrow('Runner not found');
    for (const session of [idle, busy]) await server.call('DELETE', `/api/sessions/${session.id}`);
  }, 60_000);

  test('a runner that is told to stop hands its sessions on, and a turn that ran there is no death of that turn', async () => {
    const third = await cluster.startRunner('r3', { labels: 'third' });
    const session = await server.create({ pattern: 'hybrid', config: { ...tools, runnerLabels: ['third'] } });
    const asked = server.say(session.id, script(bash(HANG), { text: 'never' }));
    await server.until(session.id, callsATool);
    await third.end('SIGTERM');
    expect(agentsOf(third)).toEqual([]);
    await cluster.startRunner('r4', { labels: 'third' });
    const { turn } = await asked;
    expect(turn).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(await server.sql('SELECT deaths FROM session_turns WHERE id = $1', [turn.id])).toEqual([{ deaths: 0 }]);
    await server.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('a runner that stands still past its lease loses its sessions; awake again, nothing it says is taken and its agents die', async () => {
    const still = await cluster.startRunner('r5', { labels: 'still' });
    const session = await server.create({ pattern: 'hybrid', config: { ...tools, runnerLabels: ['still'] } });
    await server.say(session.id, 'remember the heron');
    const asked = server.say(session.id, script(bash(HANG), { text: 'never' }));
    await server.until(session.id, callsATool);
    expect(agentsOf(still).length).toBeGreaterThan(0);
    still.process.kill('SIGSTOP');
    await server.until(session.id, (event) => event.type === 'session.runner_lost');
    await cluster.startRunner('r6', { labels: 'still' });
    const { turn, response } = await asked;
    expect(turn).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(response.content).toContain('outcome of the last tool call is unknown');
    still.process.kill('SIGCONT');
    await still.says((line) => /every agent is ended/.test(line.msg));
    while (agentsOf(still).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await server.say(session.id, 'What did I say?')).response.content).toContain('remember the heron');
    const events = await server.events(session.id);
    const lost = events.findIndex((event) => event.type === 'session.runner_lost');
    expect(events.slice(lost).filter((event) => event.type === 'agent.started')).toHaveLength(1);
    expect((await placements(server, session.id)).map((placed) => [placed.runner, placed.epoch])).toEqual([
      ['r5', 1],
      ['r6', 2],
    ]);
    await server.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('two processes under one id: the newer one stays, and the older one ends and says why', async () => {
    const older = await cluster.startRunner('twin', { labels: 'twin' });
    const exited = new Promise((resolve) => older.process.once('exit', resolve));
    const newer = await cluster.startRunner('twin', { labels: 'twin' });
    await exited;
    expect(older.log.some((line) => line.code === 'replaced')).toBe(true);
    const session = await server.create({ pattern: 'ephemeral', config: { runnerLabels: ['twin'] } });
    expect((await server.say(session.id, 'hi')).turn.status).toBe('succeeded');
    await newer.end('SIGTERM');
  });
});
