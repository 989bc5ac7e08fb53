/** More sessions than a machine has room for: they wait in turn, know where they stand, and idle ones make room. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionEvent } from '@rigger/server/types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster } from './cluster.ts';
import { bash, type Rigger, script, startRigger } from './harness.ts';

const MB = 1024 ** 2;
const tools = { allowedTools: ['Bash'] };
const waits = (event: SessionEvent): boolean => event.type === 'session.waiting';
const isPlaced = (event: SessionEvent): boolean => event.type === 'session.placed';
const isParked = (event: SessionEvent): boolean =>
  event.type === 'session.status_changed' && event.data.parked === true;

describe('a runner with two places', () => {
  let server: Rigger;
  beforeAll(async () => {
    server = await startRigger({ RIGGER_RUNNER_CAPACITY: '2', RIGGER_SWEEP_INTERVAL_MS: '60000' });
  });
  afterAll(() => server?.stop());
  const end = (id: string) => server.call('DELETE', `/api/sessions/${id}`);

  test('holds two sessions; more wait in turn, are told where they stand, and move up as places become free', async () => {
    const resident = { pattern: 'long-running', config: {} };
    const [first, second] = [await server.create(resident), await server.create(resident)];
    await Promise.all([first, second].map(({ id }) => server.until(id, isPlaced)));
    const third = await server.create(resident);
    expect((await server.until(third.id, waits)).data).toEqual({ position: 1, reason: 'runners_full' });
    const fourth = await server.create({ pattern: 'hybrid', config: {} });
    const answer = server.say(fourth.id, 'hi');
    expect((await server.until(fourth.id, waits)).data).toEqual({ position: 2, reason: 'runners_full' });
    const since = expect.stringMatching(/^\d{4}-/);
    expect((await server.get(fourth.id)).waiting).toEqual({ position: 2, since, reason: 'runners_full' });
    const { sessions } = (await server.call('GET', '/api/sessions')).body;
    expect(sessions.map((one: { waiting: unknown }) => one.waiting)).toEqual([
      expect.objectContaining({ position: 2 }),
      expect.objectContaining({ position: 1 }),
      null,
      null,
    ]);
    const { runners, queue } = (await server.call('GET', '/api/runners')).body;
    expect(runners).toMatchObject([{ capacity: 2, sessions: 2 }]);
    expect(queue).toEqual({ waiting: 2, since });

    // Who is always resident makes room for nobody: a place is free when one of them ends, and at once.
    await end(first.id);
    expect((await server.until(third.id, isPlaced)).data).toMatchObject({ waitedMs: expect.any(Number) });
    expect((await server.until(fourth.id, (event) => waits(event) && event.data.position === 1)).seq).toBeGreaterThan(
      0,
    );
    expect((await server.get(third.id)).waiting).toBeNull();
    expect((await server.events(fourth.id)).some(isPlaced)).toBe(false);
    await end(second.id);
    expect((await answer).turn.status).toBe('succeeded');
    expect((await server.call('GET', '/api/runners')).body.queue).toEqual({ waiting: 0, since: null });
    for (const { id } of [third, fourth]) await end(id);
  });

  test('parks the session that was idle for longest where another waits, and that comes back with its files and its memory', async () => {
    const [older, younger, newcomer] = [
      await server.create({ pattern: 'hybrid', config: tools }),
      await server.create({ pattern: 'hybrid', config: tools }),
      await server.create({ pattern: 'hybrid', config: tools }),
    ];
    await server.say(older.id, 'Remember the word kiwi.');
    await server.say(older.id, script(bash('echo kept > file')));
    await server.say(younger.id, 'hi');
    expect((await server.say(newcomer.id, 'hi')).turn.status).toBe('succeeded');
    expect((await server.until(older.id, isParked)).data).toMatchObject({ cause: 'room_wanted', wanted: 'place' });
    expect((await server.until(older.id, (event) => event.type === 'snapshot.taken')).data).toMatchObject({
      reason: 'parked',
      files: 1,
    });
    expect((await server.events(younger.id)).some(isParked)).toBe(false);

    const look = script(bash('cat file'), { text: '{{lastToolResult}} {{prompts}}' });
    expect((await server.say(older.id, look)).response.content).toMatch(/^kept [\s\S]*kiwi/);
    expect((await server.events(younger.id)).some(isParked)).toBe(true);
    expect((await server.events(newcomer.id)).some(isParked)).toBe(false);
    for (const { id } of [older, younger, newcomer]) await end(id);
  });

  test('parks nobody who works, and who works keeps its place until its turn ends', async () => {
    const [one, other] = [
      await server.create({ pattern: 'hybrid', config: tools }),
      await server.create({ pattern: 'hybrid', config: tools }),
    ];
    const work = script(bash('for n in $(seq 60); do [ -e go ] && break; node -e "setTimeout(() => {}, 250)"; done'), { text: 'done' }); // biome-ignore format: one line
    const working = [server.say(one.id, work), server.say(other.id, work)];
    await Promise.all([one, other].map(({ id }) => server.until(id, (event) => event.type === 'turn.started')));
    const late = await server.create({ pattern: 'ephemeral', config: {} });
    const answer = server.say(late.id, 'hi');
    await server.until(late.id, waits);
    await server.call('PUT', `/api/sessions/${one.id}/files/go`, 'x', { 'content-type': 'application/octet-stream' });
    expect((await answer).turn.status).toBe('succeeded');
    expect((await server.events(other.id)).some(isParked)).toBe(false);
    expect((await working[0]!).turn).toMatchObject({ status: 'succeeded', attempt: 1 });
    await server.call('PUT', `/api/sessions/${other.id}/files/go`, 'x', { 'content-type': 'application/octet-stream' });
    expect((await working[1]!).turn).toMatchObject({ status: 'succeeded', attempt: 1 });
    for (const { id } of [one, other, late]) await end(id);
  });

  test('labels that no runner has are a reason of their own, and who waits for them holds up nobody', async () => {
    const gpu = await server.create({ pattern: 'long-running', config: { runnerLabels: ['gpu'] } });
    expect((await server.until(gpu.id, waits)).data).toEqual({ position: 1, reason: 'no_runner_with_labels' });
    const plain = await server.create({ pattern: 'ephemeral', config: {} });
    expect((await server.say(plain.id, 'hi')).turn.status).toBe('succeeded');
    for (const { id } of [gpu, plain]) await end(id);
  });
});

test('without a runner, sessions wait and say why; they are placed as one comes, the first first', async () => {
  const cluster = await startCluster(1, { RIGGER_SWEEP_INTERVAL_MS: '60000' });
  try {
    const server = cluster.servers[0]!;
    const sessions = [];
    for (let n = 0; n < 3; n += 1) sessions.push(await server.create({ pattern: 'long-running', config: {} }));
    const told = await Promise.all(sessions.map(({ id }) => server.until(id, waits)));
    expect(told.map((event) => event.data)).toEqual([1, 2, 3].map((position) => ({ position, reason: 'no_runner_connected' }))); // biome-ignore format: one line
    await cluster.startRunner('r1', { capacity: 2 });
    await Promise.all(sessions.slice(0, 2).map(({ id }) => server.until(id, isPlaced)));
    const last = (event: SessionEvent): boolean => waits(event) && event.data.reason === 'runners_full';
    expect((await server.until(sessions[2]!.id, last)).data).toEqual({ position: 1, reason: 'runners_full' });
  } finally {
    await cluster.stop();
  }
});

describe('what sessions use', () => {
  let server: Rigger;
  beforeAll(async () => {
    server = await startRigger({
      RIGGER_LEASE_MS: '3000',
      RIGGER_USAGE_INTERVAL_MS: '300',
      RIGGER_AGENT_RECYCLE_BYTES: String(60 * MB),
    });
  });
  afterAll(() => server?.stop());
  const until = async <T>(look: () => Promise<T | null | undefined | false>): Promise<T> => {
    for (;;) {
      const found = await look();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  test('is told of a session and of its runner while it has processes', async () => {
    const { id } = await server.create({ pattern: 'hybrid', config: tools });
    expect((await server.get(id)).resources).toBeNull();
    const hold = `node -e 'const held = Buffer.alloc(${200 * MB}, 1); setInterval(() => require("fs").existsSync("go") && process.exit(held.length - held.length), 100)'`;
    const held = server.say(id, script(bash(hold)));
    const large = await until(async () => {
      const { resources } = await server.get(id);
      return resources !== null && resources.memoryBytes > 200 * MB && resources;
    });
    expect(large).toEqual({
      memoryBytes: expect.any(Number),
      cpuMs: expect.any(Number),
      processes: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-/),
    });
    expect(large.cpuMs).toBeGreaterThan(100);
    expect(large.processes).toBeGreaterThanOrEqual(2);
    const [runner] = (await server.call('GET', '/api/runners')).body.runners;
    expect(runner.resources.memoryBytes).toBeGreaterThan(200 * MB);
    expect(runner.memory).toMatchObject({ short: false, totalBytes: expect.any(Number) });
    expect(runner.memory.availableBytes).toBeLessThan(runner.memory.totalBytes);
    await server.call('PUT', `/api/sessions/${id}/files/go`, 'x', { 'content-type': 'application/octet-stream' });
    expect((await held).turn.status).toBe('succeeded');
    await server.call('PATCH', `/api/sessions/${id}`, { status: 'idle' });
    await server.until(id, (event) => event.type === 'snapshot.taken');
    await until(async () => (await server.get(id)).resources === null);
    await server.call('DELETE', `/api/sessions/${id}`);
  });

  test('an agent’s process that has grown too large is replaced between two turns, never in one, and the conversation goes on', async () => {
    const { id } = await server.create({ pattern: 'long-running', config: tools });
    await server.say(id, 'Remember the word kiwi.');
    const isRecycled = (event: SessionEvent): boolean =>
      event.type === 'agent.exited' && event.data.reason === 'recycled';
    const { data } = await server.until(id, isRecycled);
    expect(data).toMatchObject({ expected: true, memoryBytes: expect.any(Number) });
    expect(Number(data.memoryBytes)).toBeGreaterThan(60 * MB);
    // It is brought up again at once, and left alone until it has done something.
    await until(async () => (await server.events(id)).filter((event) => event.type === 'agent.started').length === 2);
    const [agent] = server.agents();
    const { turn, response } = await server.say(
      id,
      script(bash('node -e "setTimeout(() => {}, 2500)"'), { text: '{{prompts}}' }),
    );
    expect(turn).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(response.content).toContain('kiwi');
    const events = await server.events(id);
    const during = events.slice(
      events.findIndex((event) => event.turnId === turn.id),
      events.findIndex((event) => event.turnId === turn.id && event.type === 'turn.finished'),
    );
    expect(during.filter((event) => event.type.startsWith('agent.'))).toEqual([]);
    await until(async () => (await server.events(id)).filter(isRecycled).length === 2);
    await until(async () => server.agents().length > 0 && !server.agents().includes(agent!));
    await server.call('DELETE', `/api/sessions/${id}`);
  });
});

describe('a runner that is short of memory', () => {
  test('is given nothing, and says so; a session that waits for it goes elsewhere', async () => {
    const cluster = await startCluster(1, { RIGGER_LEASE_MS: '3000' });
    try {
      const server = cluster.servers[0]!;
      await cluster.startRunner('poor', { env: { RIGGER_RUNNER_MIN_FREE_BYTES: '99%' } });
      for (let short = false; !short; ) {
        const [poor] = (await server.call('GET', '/api/runners')).body.runners;
        short = poor.memory?.short === true;
      }
      const { id } = await server.create({ pattern: 'hybrid', config: {} });
      const answer = server.say(id, 'hi');
      expect((await server.until(id, waits)).data).toEqual({ position: 1, reason: 'runners_short_of_memory' });
      await cluster.startRunner('rich');
      expect((await answer).turn.status).toBe('succeeded');
      expect((await server.until(id, isPlaced)).data).toMatchObject({ runner: 'rich' });
    } finally {
      await cluster.stop();
    }
  });

  const cgroup = ownCgroup();
  test.skipIf(cgroup === null)(
    'parks the session that was idle for longest and leaves the others, and then takes sessions again',
    async () => {
      const { folder, limit } = cgroup!;
      const cluster = await startCluster(1, { RIGGER_LEASE_MS: '3000' });
      try {
        const server = cluster.servers[0]!;
        writeFileSync(join(folder, limit), String(2_000 * MB));
        const env = {
          RIGGER_RUNNER_MIN_FREE_BYTES: String(600 * MB),
          RIGGER_USAGE_INTERVAL_MS: '300',
          // Sandboxes that isolate have groups of their own; here what agents use is to count for the runner's.
          RIGGER_ISOLATION: 'none',
        };
        const runner = await cluster.startRunner('small', { env });
        writeFileSync(join(folder, 'cgroup.procs'), String(runner.process.pid));
        const hold = `node -e 'const held = Buffer.alloc(${600 * MB}, 1); console.log("held"); setInterval(() => held.length, 1e6)' > out & until grep -q held out; do node -e 0; done`;
        const [older, younger] = [
          await server.create({ pattern: 'hybrid', config: tools }),
          await server.create({ pattern: 'hybrid', config: tools }),
        ];
        await server.say(older.id, script(bash(hold)));
        await server.say(younger.id, script(bash(hold)));
        expect((await server.until(older.id, isParked)).data).toMatchObject({ cause: 'room_wanted', wanted: 'memory' });
        await runner.says((line) => line.msg === 'There is memory again');
        expect((await server.events(younger.id)).some(isParked)).toBe(false);
        const { id } = await server.create({ pattern: 'ephemeral', config: {} });
        expect((await server.say(id, 'hi')).turn.status).toBe('succeeded');
      } finally {
        await cluster.stop();
        rmdirSync(folder);
      }
    },
    90_000,
  );
});

/** A memory cgroup of this test's own below the one that it is in; null where it may not make one. */
function ownCgroup(): { folder: string; limit: string } | null {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n').map((line) => line.split(':')); // biome-ignore format: one line
  const first = lines.find(([, controllers]) => controllers === 'memory');
  const own = first ?? lines.find(([, controllers]) => controllers === '');
  const limit = first === undefined ? 'memory.max' : 'memory.limit_in_bytes';
  const folder = join('/sys/fs/cgroup', first === undefined ? '' : 'memory', own?.[2] ?? '', `rigger-${process.pid}`);
  try {
    mkdirSync(folder);
  } catch {
    return null;
  }
  try {
    writeFileSync(join(folder, limit), String(2_000 * MB));
    return { folder, limit };
  } catch {
    rmdirSync(folder);
    return null;
  }
}
