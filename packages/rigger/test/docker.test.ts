/** Agents in containers, through the whole: the server, its runner, the real SDK and a real engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, HANG, inContainers, type Json, type Rigger, script, startRigger } from './harness.ts';
import { startWorld, type World } from './world.ts';

const settings = inContainers();
const config = { allowedTools: ['Bash'] };

describe.skipIf(settings === null)('agents in containers', () => {
  const engine = new Docker({ socketPath: settings?.RIGGER_DOCKER_SOCKET ?? '/var/run/docker.sock' });
  const containers = async (): Promise<string[]> =>
    (await engine.listContainers({ all: true, filters: { label: ['rigger.sandbox.root'] } }))
      .map(({ Labels }) => Labels['rigger.sandbox.root']!)
      .filter((root) => root.startsWith(rigger.dataDir));
  let rigger: Rigger;
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    rigger = await startRigger({ ...world.settings, ...settings, RIGGER_LEASE_MS: '3000' });
  });
  afterAll(async () => {
    await rigger?.stop();
    await world?.close();
  });

  test('a turn runs, and what it writes is in the workspace', async () => {
    const { id } = await rigger.create({ pattern: 'hybrid', config, maxIdleTimeMs: 1000 });
    const steps = [
      bash('echo made-in-$(hostname) > proof; cat proof; cat /etc/debian_version'),
      { text: '{{lastToolResult}}' },
    ];
    const { turn } = await rigger.say(id, script(...steps));
    expect(turn).toMatchObject({
      status: 'succeeded',
      response: { content: expect.stringMatching(/^made-in-sandbox\n\d+/) },
    });
    expect((await rigger.get(id)).isolation).toBe('docker');
    expect(readFileSync(join(rigger.dataDir, 'sessions', id, 'workspace', 'proof'), 'utf8')).toBe('made-in-sandbox\n');
    expect(await containers()).toEqual([join(rigger.dataDir, 'sessions', id)]);
    // Parked, it is gone; woken, it is back with what it wrote and remembers.
    await rigger.until(id, ({ type, data }) => type === 'session.status_changed' && (data as Json).parked === true);
    await expect.poll(containers, { timeout: 10_000 }).toEqual([]);
    const again = await rigger.say(id, script(bash('cat proof'), { text: '{{prompts}}: {{lastToolResult}}' }));
    expect(again.turn.response.content).toMatch(/^1\. .*: made-in-sandbox$/);
    await rigger.call('DELETE', `/api/sessions/${id}`);
    await expect.poll(containers, { timeout: 10_000 }).toEqual([]);
  });

  test('a runner that is killed in the middle of a turn takes its containers along, and the turn goes on with its memory', async () => {
    const { id } = await rigger.create({ pattern: 'long-running', config });
    await rigger.say(id, 'remember the heron');
    const turn = rigger.say(id, script(bash(HANG), { text: 'done' }));
    await rigger.until(id, (event) => JSON.stringify(event.data).includes('"tool_use"'));
    const [agent] = rigger.agents();
    expect(agent).toBeDefined();
    process.kill(rigger.runnerPid(), 'SIGKILL');
    expect((await turn).turn).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(rigger.agents()).not.toContain(agent);
    expect(await containers()).toEqual([join(rigger.dataDir, 'sessions', id)]);
    expect((await rigger.say(id, 'What did I say?')).response.content).toContain('remember the heron');
    await rigger.call('DELETE', `/api/sessions/${id}`);
    await expect.poll(containers, { timeout: 10_000 }).toEqual([]);
  });

  test('the hosts that a session names can be reached, and no others', async () => {
    const { id } = await rigger.create({
      pattern: 'ephemeral',
      config: { ...config, network: { allow: [world.host] } },
    });
    const get = (url: string) =>
      `NODE_TLS_REJECT_UNAUTHORIZED=0 node --no-warnings -e "fetch('${url}').then((a) => a.text()).then(console.log, () => console.log('no'))"`;
    const steps = [bash(`${get(world.url)}; ${get('https://b.example')}`), { text: '{{lastToolResult}}' }];
    expect((await rigger.say(id, script(...steps))).response.content).toBe('hello\nno');
    const { data } = await rigger.until(id, ({ type }) => type === 'egress.refused');
    expect(data).toMatchObject({ host: 'b.example', reason: 'not_allowed' });
  });

  test('memory that runs out is told as the reason, of a tool and of an agent', async () => {
    const tool = await rigger.create({ pattern: 'hybrid', config: { ...config, resources: { memoryMb: 400 } } });
    const { turn } = await rigger.say(
      tool.id,
      script(bash('tail /dev/zero; echo ended with $?'), { text: '{{lastToolResult}}' }),
    );
    expect(turn).toMatchObject({ status: 'succeeded', response: { content: expect.stringMatching(/ended with 137/) } });
    await rigger.until(tool.id, ({ type, data }) => type === 'sandbox.out_of_memory' && (data as Json).processes === 1);

    const agent = await rigger.create({ pattern: 'hybrid', config: { ...config, resources: { memoryMb: 64 } } });
    const { turn: failed } = await rigger.say(agent.id, script({ text: 'hello' }));
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'out_of_memory' } });
  });

  test('a session that asks for an image or for more than there is to have is refused', async () => {
    for (const [more, code] of [
      [{ image: 'evil:latest' }, 'image_not_allowed'],
      [{ resources: { memoryMb: 1_000_000 } }, 'resources_not_allowed'],
    ] as const) {
      const { id } = await rigger.create({ pattern: 'hybrid', config: { ...config, ...more } });
      expect((await rigger.say(id, 'hello')).turn).toMatchObject({ status: 'failed', error: { code } });
    }
  });
});

describe.skipIf(settings === null)('containers that wait', () => {
  test('are taken over by new sessions, each in a workspace of its own', async () => {
    const rigger = await startRigger({ ...settings, RIGGER_WARM_SPARES: '1', RIGGER_LEASE_MS: '2000' });
    try {
      const first = await rigger.create({ pattern: 'ephemeral', config });
      await rigger.say(first.id, script({ text: 'hello' }));
      await expect
        .poll(async () => (await rigger.call('GET', '/api/runners')).body.runners[0]?.warm?.spares, { timeout: 20_000 })
        .toBe(1);
      const { id } = await rigger.create({ pattern: 'long-running', config });
      const steps = [bash('echo here > file; pwd'), { text: '{{lastToolResult}}' }];
      expect((await rigger.say(id, script(...steps))).response.content).toBe('/workspace');
      const { data } = await rigger.until(id, ({ type }) => type === 'agent.started');
      expect(data).toMatchObject({ warm: true, isolation: 'docker' });
      expect(readFileSync(join(rigger.dataDir, 'sessions', id, 'workspace', 'file'), 'utf8')).toBe('here\n');
    } finally {
      await rigger.stop();
    }
  });
});
