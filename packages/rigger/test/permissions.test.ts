/** What agents ask of people, over the whole: requests, answers, and who may give which. */
import { readFileSync } from 'node:fs';
import type { SessionMetadata } from '@rigger/server/types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, type Json, type Rigger, script, startRigger } from './harness.ts';
import { marks, people } from './people.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger();
});
afterAll(() => rigger.stop());
const { answer, asked, hybrid, killAgents, over, read, send } = people(() => rigger);

describe('a tool that needs leave', () => {
  test('waits for a person, who sees what it is about, and runs once it is allowed', async () => {
    const session = await hybrid();
    const turn = rigger.say(session.id, marks('once.txt', 'done: {{lastToolResult}}'));
    const one = await asked(session);
    expect(one).toMatchObject({
      sessionId: session.id,
      agent: 'main',
      kind: 'tool',
      tool: 'Bash',
      input: { command: 'echo ran >> once.txt' },
      title: 'Bash: echo ran >> once.txt',
      status: 'pending',
      answeredAt: null,
      toolUseId: expect.stringMatching(/^toolu_/),
    });
    expect(Date.parse(one.expiresAt) - Date.parse(one.requestedAt)).toBeGreaterThan(86_000_000);
    expect(await rigger.get(session.id)).toMatchObject({ status: 'active', pendingPermissions: 1 });
    const everywhere = await rigger.call('GET', '/api/permissions?status=pending');
    expect(everywhere.body.permissions.map(({ id }: Json) => id)).toContain(one.id);

    expect(await answer(one, { behavior: 'allow', scope: 'once' })).toMatchObject({
      status: 200,
      body: { status: 'allowed', answeredBy: 'api', scope: 'once' },
    });
    expect((await turn).turn.status).toBe('succeeded');
    expect(await read(session.id, 'once.txt')).toBe('ran\n');
    expect((await rigger.get(session.id)).pendingPermissions).toBe(0);
  });
});

describe('an answer', () => {
  test('may change what the tool is given', async () => {
    const session = await hybrid();
    const turn = rigger.say(session.id, marks('given.txt'));
    const changed = { command: 'echo changed > given.txt' };
    const one = await asked(session);
    expect((await answer(one, { behavior: 'allow', updatedInput: changed })).body.updatedInput).toEqual(changed);
    expect((await turn).turn.status).toBe('succeeded');
    expect(await read(session.id, 'given.txt')).toBe('changed\n');
  });

  test('for the whole session is not asked for again, also after its runner was killed and after it was parked', async () => {
    const session = await hybrid();
    const first = rigger.say(session.id, marks('like.txt'));
    const one = await asked(session);
    expect(one.rules).toEqual(['Bash(echo ran *)', expect.stringMatching(/^Edit\(\/\/.*workspace\/\*\*\)$/)]);
    expect((await answer(one, { behavior: 'allow', scope: 'session' })).body).toMatchObject({ rules: one.rules });
    expect((await first).turn.status).toBe('succeeded');
    await rigger.say(session.id, marks('like.txt'));
    process.kill(rigger.runnerPid(), 'SIGKILL');
    await rigger.until(session.id, ({ type }) => type === 'session.runner_lost');
    await rigger.say(session.id, marks('like.txt'));
    await rigger.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' });
    await rigger.say(session.id, marks('like.txt'));
    expect(await read(session.id, 'like.txt')).toBe('ran\nran\nran\nran\n');
    const { permissions } = (
      await rigger.call('GET', `/api/sessions/${session.id}/permissions?status=all&scope=session`)
    ).body;
    expect(permissions).toEqual([expect.objectContaining({ id: one.id, rules: one.rules })]);
    const requests = (await rigger.events(session.id)).filter(({ type }) => type === 'permission.requested');
    expect(requests).toHaveLength(1);
  });

  test('that denies is told to the agent, which goes on', async () => {
    const session = await hybrid();
    const turn = rigger.say(session.id, marks('never.txt', 'heard: {{lastToolResult}}'));
    await answer(await asked(session), { behavior: 'deny', message: 'Not on a Friday.' });
    const { turn: over, response } = await turn;
    expect(over.status).toBe('succeeded');
    expect(response.content).toContain('heard: Not on a Friday.');
    expect((await rigger.get(session.id)).toolsUsed).toEqual([]);
    expect(await rigger.events(session.id)).toContainEqual(
      expect.objectContaining({
        type: 'permission.answered',
        data: expect.objectContaining({ behavior: 'deny', status: 'denied', by: 'api', message: 'Not on a Friday.' }),
      }),
    );
  });

  test('that denies and interrupts ends the turn, and the session goes on', async () => {
    const session = await hybrid();
    const turn = rigger.say(session.id, marks('never.txt'));
    await answer(await asked(session), { behavior: 'deny', message: 'Stop all of it.', interrupt: true });
    expect((await turn).turn).toMatchObject({ status: 'interrupted' });
    expect((await rigger.say(session.id, script({ text: 'still here' }))).response.content).toBe('still here');
    const [one] = (await rigger.call('GET', `/api/sessions/${session.id}/permissions?status=answered`)).body
      .permissions;
    expect(one).toMatchObject({ status: 'denied', message: 'Stop all of it.' });
    expect(JSON.stringify(await rigger.events(session.id))).toContain('The tool use was rejected');
  });

  test('counts once: of two at the same time one is taken, and the other is told whose it was', async () => {
    const session = await hybrid();
    const turn = rigger.say(session.id, marks('two.txt'));
    const one = await asked(session);
    const both = await Promise.all([
      answer(one, { behavior: 'allow' }),
      answer(one, { behavior: 'deny', message: 'no' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)!.body).toMatchObject({
      code: 'permission_already_answered',
      answeredBy: 'api',
      permission: { id: one.id, answeredBy: 'api' },
    });
    expect((await turn).turn.status).toBe('succeeded');
  });

  test('of the wrong kind, to nothing that was asked, or with anything but an object for the tool is refused', async () => {
    const session = await hybrid();
    const turn = rigger.say(session.id, marks('kind.txt'));
    const one = await asked(session);
    expect(await answer(one, { behavior: 'answer', answers: {} })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'behavior' }] },
    });
    expect((await answer(one, { behavior: 'allow', updatedInput: 'rm -rf' })).status).toBe(400);
    expect((await answer(one, { behavior: 'allow', updatedInput: ['rm'] })).status).toBe(400);
    expect((await answer(one, { behavior: 'allow', scope: 'always' })).status).toBe(400);
    expect((await answer({ ...one, id: 'perm_none' }, { behavior: 'allow' })).body.code).toBe('permission_not_found');
    const other = await hybrid();
    expect((await answer({ ...one, sessionId: other.id }, { behavior: 'allow' })).body.code).toBe(
      'permission_not_found',
    );
    expect((await answer({ ...one, sessionId: 'sess_none' }, { behavior: 'allow' })).body.code).toBe(
      'session_not_found',
    );
    const none = { command: null };
    expect((await answer(one, { behavior: 'allow', updatedInput: none })).body.updatedInput).toEqual(none);
    expect((await turn).turn.status).toBe('succeeded');
  });
});

describe('a request that nobody answers', () => {
  test('is denied at its deadline, and the agent is told', async () => {
    const session = await hybrid({ permissionTimeoutMs: 1_500 });
    const { turn, response } = await rigger.say(session.id, marks('late.txt', 'heard: {{lastToolResult}}'));
    expect(turn.status).toBe('succeeded');
    expect(response.content).toContain('heard: Nobody answered in time');
    const one = await asked(session);
    expect(one).toMatchObject({ status: 'expired', answeredBy: 'rigger' });
    expect((await answer(one, { behavior: 'allow' })).status).toBe(409);
    expect((await rigger.get(session.id)).pendingPermissions).toBe(0);
  });

  test('is not made where nobody can be asked: by a deadline of no time, or by dontAsk', async () => {
    for (const config of [{ permissionTimeoutMs: 0 }, { permissionMode: 'dontAsk' }]) {
      const session = await hybrid(config);
      const { turn, response } = await rigger.say(session.id, marks('no.txt', 'heard: {{lastToolResult}}'));
      expect(turn.status).toBe('succeeded');
      expect(response.content).not.toContain('completed');
      const events = await rigger.events(session.id);
      expect(events.filter(({ type }) => type === 'permission.requested')).toEqual([]);
      expect((await fetch(`${rigger.url}/api/sessions/${session.id}/files/no.txt`)).status).toBe(404);
    }
  });

  test('is withdrawn by an interrupt, and by the end of its session', async () => {
    const session = await hybrid();
    const first = rigger.say(session.id, marks('x.txt'));
    const one = await asked(session);
    expect((await rigger.call('POST', `/api/sessions/${session.id}/interrupt`)).body.interrupted).toEqual([one.turnId]);
    expect((await first).turn.status).toBe('interrupted');
    expect((await rigger.call('GET', `/api/sessions/${session.id}/permissions/${one.id}`)).body.status).toBe(
      'withdrawn',
    );

    const second = rigger.say(session.id, marks('x.txt'));
    const other = await asked(session, 2);
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    expect((await second).turn.status).toBe('cancelled');
    expect(await answer(other, { behavior: 'allow' })).toMatchObject({
      status: 409,
      body: { permission: { status: 'withdrawn' } },
    });
    expect((await rigger.get(session.id)).pendingPermissions).toBe(0);
  });
});

describe('a question of the agent to its user', () => {
  const questions = [
    {
      question: 'Which colour?',
      header: 'Colour',
      multiSelect: false,
      options: [
        { label: 'Red', description: 'like a rose' },
        { label: 'Blue', description: 'like the sea' },
      ],
    },
  ];

  test('is answered with a label or with other words', async () => {
    const session = await hybrid();
    const turn = rigger.say(
      session.id,
      script({ tools: [{ name: 'AskUserQuestion', input: { questions } }] }, { text: 'heard: {{lastToolResult}}' }),
    );
    const one = await asked(session);
    expect(one).toMatchObject({ kind: 'question', tool: 'AskUserQuestion', title: 'AskUserQuestion: Which colour?' });
    expect((await answer(one, { behavior: 'allow' })).status).toBe(400);
    expect((await answer(one, { behavior: 'answer', answers: { 'Which size?': 'Red' } })).status).toBe(400);
    expect((await answer(one, { behavior: 'answer', answers: {} })).status).toBe(400);
    const given = await answer(one, { behavior: 'answer', answers: { 'Which colour?': 'Blue' } });
    expect(given.body).toMatchObject({ status: 'answered' });
    expect((await turn).response.content).toMatch(/heard: .*"Which colour\?"="Blue"/);
  });

  test('outlives the agent’s process, and may be refused', async () => {
    const session = await hybrid();
    const ask = { tools: [{ name: 'AskUserQuestion', input: { questions } }] };
    const turn = await send(session.id, script(ask, ask, { text: 'heard: {{toolResult.1}} {{toolResult.2}}' }));
    const one = await asked(session);
    killAgents();
    await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    await answer(one, { behavior: 'answer', answers: { 'Which colour?': 'none of them' } });
    await answer(await asked(session, 2), { behavior: 'deny', message: 'Decide for yourself.' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect((await rigger.turns(session.id))[0]!.response!.content).toMatch(
      /heard: .*"none of them".*Decide for yourself\./,
    );
  });
});

describe('an MCP server', () => {
  /** A session with a server of the test’s own in its workspace. */
  async function shop(config: object = {}): Promise<SessionMetadata> {
    const server = { command: 'node', args: ['server.mjs'] };
    const session = await hybrid({ mcpServers: { shop: server }, ...config });
    const program = readFileSync(new URL('./fixtures/mcp-server.mjs', import.meta.url));
    const put = await fetch(`${rigger.url}/api/sessions/${session.id}/files/server.mjs`, {
      method: 'PUT',
      body: program,
    });
    expect(put.status).toBeLessThan(300);
    return session;
  }
  const calls = (name: string) =>
    script({ tools: [{ name: `mcp__shop__${name}`, input: {} }] }, { text: 'end {{toolResult.1}}' });

  test('has its tools asked for like others, also when the agent’s process dies while one waits', async () => {
    const session = await shop();
    const turn = await send(session.id, calls('order'));
    const one = await asked(session);
    expect(one).toMatchObject({ kind: 'tool', tool: 'mcp__shop__order', rules: ['mcp__shop__order'] });
    killAgents();
    await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    await answer(one, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect((await rigger.turns(session.id))[0]!.response!.content).toBe('end ordered');
    expect(await read(session.id, 'orders')).toBe('ordered\n');
  });

  test('that is gone when the answer comes has its call told of as lost, and the turn goes on', async () => {
    const session = await shop();
    const turn = await send(session.id, calls('order'));
    const one = await asked(session);
    await rigger.call('DELETE', `/api/sessions/${session.id}/files/server.mjs`);
    killAgents();
    await rigger.until(session.id, ({ type }) => type === 'turn.resumed');
    await answer(one, { behavior: 'allow' });
    expect((await over(session, turn)).data).toMatchObject({ status: 'succeeded' });
    expect((await rigger.turns(session.id))[0]!.response!.content).toContain('waiting for a person’s answer');
  });

  test('asks the user, who answers with content or declines', async () => {
    const session = await shop({ permissions: { allow: ['mcp__shop__survey'] } });
    const first = rigger.say(session.id, calls('survey'));
    const one = await asked(session);
    expect(one).toMatchObject({
      kind: 'elicitation',
      tool: 'shop',
      title: 'shop: Which size?',
      input: { message: 'Which size?', requestedSchema: { required: ['size'] } },
    });
    expect((await answer(one, { behavior: 'answer', answers: { size: 'L' } })).status).toBe(400);
    expect((await answer(one, { behavior: 'answer', content: { size: 'L' } })).body.status).toBe('answered');
    expect((await first).response.content).toBe('end accept {"size":"L"}');
    const second = rigger.say(session.id, calls('survey'));
    await answer(await asked(session, 2), { behavior: 'deny' });
    expect((await second).response.content).toBe('end decline null');
  });
});

describe('config.permissions', () => {
  test('lets tools run, has them asked whatever else allows them, and denies them whatever else does', async () => {
    const session = await hybrid({
      allowedTools: ['Bash'],
      permissions: { allow: ['Write'], ask: ['Bash(touch asked:*)'], deny: ['Bash(touch denied:*)'] },
    });
    const turn = rigger.say(
      session.id,
      script(
        { tools: [{ name: 'Write', input: { file_path: 'written', content: 'x' } }] },
        bash('touch free'),
        bash('touch denied'),
        bash('touch asked'),
        { text: 'end' },
      ),
    );
    const one = await asked(session);
    expect(one.input).toMatchObject({ command: 'touch asked' });
    await answer(one, { behavior: 'allow' });
    expect((await turn).turn.status).toBe('succeeded');
    const { entries } = (await rigger.call('GET', `/api/sessions/${session.id}/files`)).body;
    expect(entries.map(({ path }: Json) => path).sort()).toEqual(['asked', 'free', 'written']);
  });
});

describe('over the WebSocket', () => {
  test('a request is answered with the word `answer`', async () => {
    const session = await hybrid();
    const turn = rigger.say(session.id, marks('ws.txt'));
    const one = await asked(session);
    const socket = new WebSocket(`${rigger.url.replace('http', 'ws')}/api/sessions/${session.id}/ws?after=1000`);
    const heard: Json[] = [];
    const acknowledged = new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.ref !== undefined) heard.push(frame);
        if (heard.length === 3) resolve();
      };
    });
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    const say = (frame: object) => socket.send(JSON.stringify({ type: 'answer', permissionId: one.id, ...frame }));
    say({ ref: 'a', behavior: 'answer', answers: {} });
    say({ ref: 'b', behavior: 'allow', updatedInput: { command: 'echo socket > ws.txt' } });
    say({ ref: 'c', behavior: 'deny' });
    await acknowledged;
    socket.close();
    expect(heard).toMatchObject([
      { type: 'problem', ref: 'a', code: 'invalid_request' },
      { type: 'ack', ref: 'b', permission: { status: 'allowed', answeredBy: 'websocket' } },
      { type: 'problem', ref: 'c', code: 'permission_already_answered' },
    ]);
    expect((await turn).turn.status).toBe('succeeded');
    expect(await read(session.id, 'ws.txt')).toBe('socket\n');
  });
});
