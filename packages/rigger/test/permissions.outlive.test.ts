/** What agents ask of people outlives everybody who has to do with it, and finds its way when it is answered. */
import type { SessionEvent, SessionMetadata } from '@rigger/server/types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { bash, type Json, type Rigger, script, startRigger } from './harness.ts';
import { eventually, marks, people } from './people.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger();
});
afterAll(() => rigger.stop());
const { answer, asked, hybrid, killAgents, over, read, send } = people(() => rigger);

const taken = async (id: string): Promise<boolean> =>
  (await rigger.sql<Json>('SELECT taken FROM session_permissions WHERE id = $1', [id]))[0].taken;

describe('a request outlives', () => {
  const deaths: Record<string, (session: SessionMetadata) => Promise<unknown>> = {
    'the agent’s process': (session) => {
      killAgents();
      return rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    },
    'the runner': (session) => {
      process.kill(rigger.runnerPid(), 'SIGKILL');
      return rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    },
    'the server': async () => {
      await rigger.kill('SIGKILL');
      await rigger.restart();
    },
    'the server, which is told to stop': async (session) => {
      await rigger.kill('SIGINT');
      await rigger.restart();
      await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    },
    'the server, which is told to go away': async () => {
      await rigger.kill('SIGTERM');
      await rigger.restart();
    },
    'server and runner': async (session) => {
      process.kill(rigger.runnerPid(), 'SIGKILL');
      await rigger.kill('SIGKILL');
      await rigger.restart();
      await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    },
  };
  test.each(Object.entries(deaths))(
    '%s: it is answered afterwards, the tool runs once and the turn goes on',
    async (_what, kill) => {
      const session = await hybrid();
      const prompt = script(bash('touch before'), bash('echo ran >> after'), { text: 'end {{toolResult.2}}' });
      const turn = await send(session.id, prompt);
      await answer(await asked(session), { behavior: 'allow' });
      const one = await asked(session, 2);
      await kill(session);
      const path = `/api/sessions/${session.id}/permissions/${one.id}`;
      expect((await rigger.call('GET', path)).body.status).toBe('pending');
      expect((await answer(one, { behavior: 'allow' })).status).toBe(200);
      expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
      expect(await read(session.id, 'after')).toBe('ran\n');
      const [only] = await rigger.turns(session.id);
      expect(only!.response!.content).toMatch(/^end .*completed/);
      expect((await rigger.call('GET', `/api/sessions/${session.id}/permissions?status=all`)).body.permissions).toEqual(
        [
          expect.objectContaining({ status: 'allowed' }),
          expect.objectContaining({ id: one.id, status: 'allowed', toolUseId: one.toolUseId }),
        ],
      );
    },
  );

  test('any number of deaths: none of them is the turn’s fault, and nothing runs while it waits', async () => {
    const session = await hybrid();
    const turn = await send(session.id, marks('often.txt'));
    const one = await asked(session);
    for (const nth of [1, 2, 3]) {
      process.kill(rigger.runnerPid(), 'SIGKILL');
      let lost = 0;
      await rigger.until(session.id, ({ type }) => type === 'session.runner_lost' && ++lost === nth);
      expect(await rigger.get(session.id)).toMatchObject({ status: 'active', pendingPermissions: 1 });
    }
    expect(rigger.agents()).toEqual([]);
    await answer(one, { behavior: 'deny', message: 'after all, no' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect((await rigger.turns(session.id))[0]!.response!.content).toContain('after all, no');
  });

  test('its process, and a denial that interrupts then ends the turn without another', async () => {
    const session = await hybrid();
    const turn = await send(session.id, marks('never.txt'));
    const one = await asked(session);
    killAgents();
    await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    await answer(one, { behavior: 'deny', interrupt: true });
    expect((await over(session, turn)).data).toMatchObject({ status: 'interrupted' });
    const starts = (await rigger.events(session.id)).filter(({ type }) => type === 'agent.started');
    expect(starts).toHaveLength(1);
  });
});

describe('an answer that was used', () => {
  test('is not used again: should the agent die with it, the like is asked once more', async () => {
    const session = await hybrid();
    const again = [bash('echo ran >> again'), { text: 'end' }];
    const prompt = `\`\`\`offline\n${JSON.stringify({ steps: [bash('echo ran >> again')], again })}\n\`\`\``;
    const turn = await send(session.id, prompt);
    const one = await asked(session);
    // Its process stands still: the answer gets as far as that, and it is not known what becomes of it.
    for (const pid of rigger.agents()) process.kill(pid, 'SIGSTOP');
    await answer(one, { behavior: 'allow' });
    await eventually(async () => (await taken(one.id)) === true);
    killAgents();
    const other = await asked(session, 2);
    expect(other).toMatchObject({ input: one.input, status: 'pending' });
    await answer(other, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect(await read(session.id, 'again')).toBe('ran\n');
  });
});

describe('a session that waits for longer than an idle one is kept', () => {
  const waits = ({ type, data }: SessionEvent) => type === 'session.status_changed' && data.waiting === true;

  test('lets its process go, and goes on from the same call once it has its answer', async () => {
    const session = await hybrid({}, { maxIdleTimeMs: 1_000 });
    const turn = await send(session.id, marks('parked.txt', 'end {{toolResult.1}}'));
    const one = await asked(session);
    await rigger.until(session.id, waits);
    await rigger.until(session.id, ({ type }) => type === 'agent.exited');
    expect(await rigger.get(session.id)).toMatchObject({ status: 'active', pendingPermissions: 1 });
    const later = await send(session.id, script({ text: 'later' }));
    await answer(one, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect((await over(session, later)).data).toMatchObject({ status: 'succeeded' });
    expect(await read(session.id, 'parked.txt')).toBe('ran\n');
    const [first] = await rigger.turns(session.id);
    expect(first!.response!.content).toMatch(/^end .*completed/);
    expect((await rigger.get(session.id)).toolsUsed).toEqual(['Bash']);
  });

  test('is denied at its deadline, interrupted and ended like any other', async () => {
    const [late, stopped, ended] = await Promise.all([
      hybrid({ permissionTimeoutMs: 8_000 }, { maxIdleTimeMs: 500 }),
      hybrid({}, { maxIdleTimeMs: 500 }),
      hybrid({}, { maxIdleTimeMs: 500 }),
    ]);
    const all = [late, stopped, ended];
    const turns = await Promise.all(all.map(({ id }) => send(id, marks('x.txt', 'heard: {{lastToolResult}}'))));
    await Promise.all(all.map(({ id }) => rigger.until(id, waits)));
    expect((await rigger.call('POST', `/api/sessions/${stopped.id}/interrupt`)).body.interrupted).toEqual([turns[1]]);
    expect((await over(stopped, turns[1]!)).data).toMatchObject({ status: 'interrupted' });
    expect((await asked(stopped)).status).toBe('withdrawn');
    expect((await rigger.say(stopped.id, script({ text: 'here' }))).response.content).toBe('here');
    expect((await over(late, turns[0]!)).data).toMatchObject({ status: 'succeeded' });
    expect((await rigger.turns(late.id))[0]!.response!.content).toContain('Nobody answered in time');
    await rigger.call('PATCH', `/api/sessions/${ended.id}`, { maxLifetimeMs: 1 });
    expect((await over(ended, turns[2]!)).data).toMatchObject({ status: 'cancelled' });
    expect(await rigger.get(ended.id)).toMatchObject({ statusReason: 'lifetime_exceeded', pendingPermissions: 0 });
    expect((await asked(ended)).status).toBe('withdrawn');
  });

  test('keeps its process where that is resident', async () => {
    const session = await rigger.create({ pattern: 'long-running', config: {} });
    const turn = await send(session.id, marks('resident.txt'));
    const one = await asked(session);
    expect(
      (await rigger.sql<Json>('SELECT next_deadline_at FROM agent_sessions WHERE id = $1', [session.id]))[0],
    ).toEqual({ next_deadline_at: new Date(one.expiresAt) });
    killAgents();
    await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    await answer(one, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect(await read(session.id, 'resident.txt')).toBe('ran\n');
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
  });
});

describe('several at once', () => {
  test('calls of one message are asked one after the other, and outlive the agent’s process', async () => {
    const session = await hybrid();
    const call = (file: string) => ({ name: 'Bash', input: { command: `echo ran >> ${file}`, description: 'run' } });
    const turn = await send(
      session.id,
      script({ tools: [call('first'), call('second')] }, { tools: [call('second')] }, { text: 'end' }),
    );
    const one = await asked(session);
    killAgents();
    await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    await answer(one, { behavior: 'allow' });
    const two = await asked(session, 2);
    expect(two.input).toMatchObject({ command: 'echo ran >> second' });
    await answer(two, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect(await read(session.id, 'first')).toBe('ran\n');
    expect(await read(session.id, 'second')).toBe('ran\n');
  });

  const subagent = (background: boolean) => ({
    tools: [
      {
        name: 'Agent',
        input: {
          description: 'x',
          subagent_type: 'general-purpose',
          run_in_background: background,
          prompt: script(bash('echo ran >> sub'), { text: 'sub' }),
        },
      },
    ],
  });

  test('a subagent’s request names the call that runs it; its process gone, the agent calls again and has its answer', async () => {
    const session = await hybrid();
    const again = [bash('echo ran >> sub'), { text: 'taken up' }];
    const whole = JSON.stringify({ steps: [subagent(false), { text: 'end' }], again });
    const turn = await send(session.id, `\`\`\`offline\n${whole}\n\`\`\``);
    const one = await asked(session);
    const calls = (await rigger.events(session.id))
      .filter(({ type, data }) => type === 'sdk.message' && data.type === 'assistant')
      .flatMap(({ data }) => (data.message as Json).content);
    const runs = calls.find((block: Json) => block.name === 'Agent' || block.name === 'Task');
    expect(one).toMatchObject({ agent: 'main', turnId: turn, parentToolUseId: runs.id });
    killAgents();
    await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    await answer(one, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect(await read(session.id, 'sub')).toBe('ran\n');
    const all = (await rigger.call('GET', `/api/sessions/${session.id}/permissions?status=all`)).body.permissions;
    expect(all).toEqual([expect.objectContaining({ id: one.id, status: 'allowed' })]);
  });

  test('a subagent that works on in the background may ask after its turn has ended, until its process ends', async () => {
    const session = await hybrid({}, { maxIdleTimeMs: 500 });
    const turn = await send(session.id, script(subagent(true), { text: 'end' }));
    const one = await asked(session);
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await rigger.get(session.id)).toMatchObject({ status: 'idle', pendingPermissions: 1 });
    await answer(one, { behavior: 'allow' });
    await eventually(async () => (await read(session.id, 'sub')) === 'ran\n');

    const next = await send(session.id, script(subagent(true), { text: 'end' }));
    const other = await asked(session, 2);
    await over(session, next);
    await rigger.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' });
    await eventually(async () => (await asked(session, 2)).status === 'withdrawn');
    expect((await answer(other, { behavior: 'allow' })).status).toBe(409);
  });

  test('agents of a crew ask for themselves, and what one is allowed another is not', async () => {
    const session = await rigger.create({
      pattern: 'single-container',
      config: { customAgents: { helper: { prompt: 'You help.' } } },
    });
    const turns = [await send(session.id, marks('crew.txt')), await send(session.id, marks('crew.txt'), 'helper')];
    const both = [await asked(session), await asked(session, 2)];
    expect(both.map(({ agent }) => agent).sort()).toEqual(['coordinator', 'helper']);
    expect((await rigger.get(session.id)).pendingPermissions).toBe(2);
    await answer(both[0]!, { behavior: 'allow', scope: 'session' });
    await over(session, turns[both[0]!.agent === 'coordinator' ? 0 : 1]!);
    expect((await rigger.get(session.id)).pendingPermissions).toBe(1);
    await answer(both[1]!, { behavior: 'deny' });
    await over(session, turns[both[1]!.agent === 'coordinator' ? 0 : 1]!);
    expect(await read(session.id, 'crew.txt')).toBe('ran\n');
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
  });
});

describe('with several servers', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(2);
  });
  afterAll(() => cluster.stop());

  test('either takes the answer for a runner that is connected to the other', async () => {
    const [here, there] = cluster.servers as [Rigger, Rigger];
    const runner = await cluster.startRunner('near', { servers: [here] });
    const session = await here.create({ pattern: 'hybrid', config: {} });
    const [near, far] = [people(() => here), people(() => there)];
    const turn = await near.send(session.id, marks('near.txt'));
    const one = await far.asked(session);
    const both = await Promise.all([far.answer(one, { behavior: 'allow' }), near.answer(one, { behavior: 'deny' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await far.over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    await runner.end('SIGTERM');
  });

  test('a runner that is emptied hands on what waits, and the answer goes where it then is', async () => {
    const [here] = cluster.servers as [Rigger];
    await cluster.startRunner('first');
    const session = await here.create({ pattern: 'hybrid', config: {} });
    const { answer, asked, over, read, send } = people(() => here);
    const turn = await send(session.id, marks('moved.txt'));
    const one = await asked(session);
    await cluster.startRunner('second');
    await here.call('POST', '/api/runners/first/drain', {});
    await here.until(session.id, ({ type, data }) => type === 'session.placed' && data.runner === 'second');
    expect((await here.get(session.id)).pendingPermissions).toBe(1);
    await answer(one, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect(await read(session.id, 'moved.txt')).toBe('ran\n');
  });
});
