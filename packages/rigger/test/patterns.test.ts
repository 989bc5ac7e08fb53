import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, HANG, type Json, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger({ RIGGER_EPHEMERAL_RETENTION_MS: '400', RIGGER_SWEEP_INTERVAL_MS: '2000' });
});
afterAll(() => rigger.stop());

const tools = { allowedTools: ['Bash', 'Read', 'Write', 'Edit'] };
const workspace = (id: string): string => join(rigger.dataDir, 'sessions', id, 'workspace');
const processesOf = (id: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(`/sessions/${id}/`);
    } catch {
      return false;
    }
  });
const gone = async (id: string): Promise<void> => {
  while ((await rigger.call('GET', `/api/sessions/${id}`)).status !== 404)
    await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('ephemeral', () => {
  test('completes with its turn, and is deleted with its files soon after, but not its cost', async () => {
    const session = await rigger.create({ pattern: 'ephemeral', config: tools, tags: ['gone'] });
    const answer = await rigger.say(session.id, script(bash('echo made > file.txt'), { text: 'ok' }));
    expect(answer.session).toMatchObject({ status: 'completed', statusReason: null, toolsUsed: ['Bash'], numTurns: 2 });
    expect(answer.session.completedAt).not.toBeNull();
    const { totalCost } = answer.session;
    await gone(session.id);
    while (existsSync(workspace(session.id))) await new Promise((resolve) => setTimeout(resolve, 20));
    const stats = (await rigger.call('GET', '/api/sessions/stats/summary?tags=gone')).body;
    expect(stats).toMatchObject({ totalSessions: 1, completedSessions: 1 });
    expect(stats.totalCost).toBeCloseTo(totalCost, 9);
  });

  test('is in error when its turn fails, and keeps nothing running', async () => {
    const session = await rigger.create({ pattern: 'ephemeral', config: { ...tools, maxTurns: 1 } });
    const answer = await rigger.say(session.id, script(bash('echo 1'), { text: 'never' }));
    expect(answer.turn).toMatchObject({ status: 'failed', error: { code: 'error_max_turns' } });
    expect(answer.session).toMatchObject({ status: 'error', statusReason: 'error' });
  });
});

describe('long-running', () => {
  test('is resident from its creation and answers all turns in one process', async () => {
    const session = await rigger.create({ pattern: 'long-running', config: tools });
    await rigger.until(session.id, (event) => event.type === 'agent.started');
    const first = await rigger.say(session.id, 'first words');
    const second = await rigger.say(session.id, 'What did I say?');
    expect(second.response.content).toContain('first words');
    expect(second.session).toMatchObject({ status: 'idle', sessionId: first.session.sessionId });
    const events = await rigger.events(session.id);
    expect(events.filter((event) => event.type === 'agent.started')).toHaveLength(1);
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`, { reason: 'user_requested' });
    expect(processesOf(session.id)).toEqual([]);
  });

  test('a CLI killed in the middle of a turn is told at once, and the turn goes on with its history', async () => {
    const session = await rigger.create({ pattern: 'long-running', config: tools });
    await rigger.say(session.id, 'remember the heron');
    const before = new Set(rigger.agents());
    const asked = rigger.say(
      session.id,
      script(bash('echo started >> trace.txt; node -e "setTimeout(() => {}, 61234)"'), { text: 'never said' }),
    );
    await rigger.until(
      session.id,
      (event) => event.type === 'sdk.message' && JSON.stringify(event.data).includes('tool_use'),
    );
    while (!existsSync(join(workspace(session.id), 'trace.txt')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    for (const pid of before) process.kill(pid, 'SIGKILL');
    const answer = await asked;
    expect(answer.turn).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(answer.response.content).toContain('The process that ran you died');
    const events = await rigger.events(session.id);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'agent.exited',
        turnId: answer.turn.id,
        data: expect.objectContaining({ expected: false }),
      }),
    );
    expect(events).toContainEqual(expect.objectContaining({ type: 'turn.resumed' }));
    expect(readFileSync(join(workspace(session.id), 'trace.txt'), 'utf8')).toBe('started\n');
    expect((await rigger.say(session.id, 'What did I say?')).response.content).toContain('remember the heron');
    expect(
      readdirSync('/proc').some(
        (pid) =>
          /^\d+$/.test(pid) &&
          existsSync(`/proc/${pid}/cmdline`) &&
          safeRead(pid).includes('setTimeout(() => {}, 61234)'),
      ),
    ).toBe(false);
    await rigger.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('a second death of the same turn fails it visibly, and the session goes on', async () => {
    const session = await rigger.create({ pattern: 'long-running', config: tools });
    const dead = new Set<string>();
    const killAgent = async (): Promise<void> => {
      let alive: string[] = [];
      while (alive.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        alive = processesOf(session.id).filter((pid) => !dead.has(pid) && /(^|\/)claude\0/.test(safeRead(pid)));
      }
      for (const pid of alive) {
        dead.add(pid);
        process.kill(Number(pid), 'SIGKILL');
      }
    };
    const asked = rigger.say(
      session.id,
      `\`\`\`offline\n${JSON.stringify({ steps: [bash(HANG)], again: [bash(HANG)] })}\n\`\`\``,
    );
    const callsATool = (event: { turnId: string | null; data: unknown }): boolean =>
      JSON.stringify(event.data).includes('"tool_use"');
    const first = await rigger.until(session.id, callsATool);
    await killAgent();
    await rigger.until(session.id, (event) => event.seq > first.seq && callsATool(event));
    await killAgent();
    const answer = await asked;
    expect(answer.turn).toMatchObject({ status: 'failed', attempt: 2, error: { code: 'agent_crashed' } });
    expect(answer.session.status).toBe('idle');
    expect((await rigger.say(session.id, 'still there?')).turn.status).toBe('succeeded');
    await rigger.call('DELETE', `/api/sessions/${session.id}`);
  });
});

describe('hybrid', () => {
  test('parks when idle: its processes go, and a message brings it back with memory and files', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: tools, maxIdleTimeMs: 300 });
    const first = await rigger.say(session.id, script(bash('echo kept > note.txt'), { text: 'noted' }));
    await rigger.until(session.id, (event) => event.type === 'session.status_changed' && event.data.parked === true);
    await rigger.until(session.id, (event) => event.type === 'agent.exited' && event.data.expected === true);
    expect(await rigger.get(session.id)).toMatchObject({ status: 'idle', statusReason: null, parked: true });
    while (processesOf(session.id).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const back = await rigger.say(
      session.id,
      script(bash('cat note.txt'), { text: 'found {{lastToolResult}} after {{prompts}}' }),
    );
    expect(back.response.content).toContain('found kept after 1.');
    expect(back.session.sessionId).toBe(first.session.sessionId);
    const started = (await rigger.events(session.id)).filter((event) => event.type === 'agent.started');
    expect(started.map((event) => event.data.resumed)).toEqual([false, true]);
    await rigger.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('PATCH idle parks it, and a working session is not parked', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: tools });
    await rigger.say(session.id, 'hi');
    expect((await rigger.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' })).body.status).toBe('idle');
    const busy = rigger.say(session.id, script(bash(HANG), { text: 'x' }));
    await rigger.until(session.id, (event) => event.type === 'turn.started' && event.seq > 10);
    expect(await rigger.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' })).toMatchObject({
      status: 409,
      body: { code: 'busy' },
    });
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    expect((await busy).turn.status).toBe('cancelled');
  });

  test('resume brings a parked session’s process back before its next message, and continues an ended one by a new session', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: tools, tags: ['kept'], maxTurns: 30 });
    await rigger.say(session.id, 'remember the heron');
    await rigger.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' });
    const back = await rigger.call('POST', `/api/sessions/${session.id}/resume`);
    expect(back).toMatchObject({ status: 200, body: { id: session.id, status: 'idle', parked: false } });
    await rigger.until(session.id, (event) => event.type === 'agent.started' && event.data.resumed === true);
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    const next = await rigger.call('POST', `/api/sessions/${session.id}/resume`);
    expect(next).toMatchObject({
      status: 201,
      body: { pattern: 'hybrid', tags: ['kept'], maxTurns: 30, status: 'initializing' },
    });
    expect((await rigger.say(next.body.id, 'What did I say?')).response.content).toContain('remember the heron');
  });

  test('a new session continues an earlier one by its id, by the SDK’s id, and as a fork', async () => {
    const first = await rigger.create({ pattern: 'hybrid', config: tools, conversationId: 'talk' });
    const spoken = await rigger.say(first.id, script(bash('echo one > a.txt'), { text: 'said' }));
    const recall = script(bash('cat a.txt'), { text: 'knows {{prompts}} and {{lastToolResult}}' });
    for (const config of [
      { resumeSessionId: first.id },
      { resumeSessionId: spoken.session.sessionId, forkSession: true },
    ]) {
      const next = await rigger.create({ pattern: 'hybrid', config: { ...tools, ...config } });
      const answer = await rigger.say(next.id, recall);
      expect(answer.response.content).toContain('knows 1.');
      expect(answer.response.content).toContain('and one');
      expect(answer.session.sessionId === spoken.session.sessionId).toBe(!('forkSession' in config));
      // What was spent before is the earlier session's.
      expect(answer.session.totalCost).toBeLessThan(spoken.session.totalCost * 1.9);
      await rigger.call('DELETE', `/api/sessions/${next.id}`);
    }
    const continued = await rigger.create({
      pattern: 'hybrid',
      config: { ...tools, continueSession: true },
      conversationId: 'talk',
    });
    expect((await rigger.say(continued.id, recall)).response.content).toContain('knows 1.');
    expect((await rigger.say(first.id, 'What did I say?')).response.content).not.toContain('knows');
  });
});

test('sessions that are placed together are placed each for itself: one that is deleted meanwhile holds up no other', async () => {
  const sessions = await Promise.all(
    Array.from({ length: 12 }, () => rigger.create({ pattern: 'hybrid', config: {} })),
  );
  await Promise.all(
    sessions.map(({ id }, n) => {
      const asked = rigger.call('POST', `/api/sessions/${id}/message`, { prompt: 'hi' }, { prefer: 'respond-async' });
      return n % 4 === 0 ? Promise.all([asked, rigger.call('DELETE', `/api/sessions/${id}`)]) : asked;
    }),
  );
  for (const { id } of sessions.filter((_, n) => n % 4 !== 0))
    await rigger.until(id, (event) => event.type === 'turn.finished');
  await Promise.all(sessions.map(({ id }) => rigger.call('DELETE', `/api/sessions/${id}`)));
});

test('a long-running session can be the fork of another', async () => {
  const first = await rigger.create({ pattern: 'hybrid', config: tools });
  await rigger.say(first.id, 'remember the heron');
  const fork = await rigger.create({
    pattern: 'long-running',
    config: { ...tools, resumeSessionId: first.id, forkSession: true },
  });
  expect((await rigger.say(fork.id, 'What did I say?')).response.content).toContain('remember the heron');
  await rigger.call('DELETE', `/api/sessions/${fork.id}`);
});

describe('single-container', () => {
  test('agents are conversations of their own in one workspace, and play a game by messages', async () => {
    const session = await rigger.create({
      pattern: 'single-container',
      config: {
        ...tools,
        systemPrompt: 'You are the coordinator of a game.',
        customAgents: {
          player1: { systemPrompt: 'You are player1', allowedTools: ['Bash'], team: 'red' },
          player2: { prompt: 'You are player2', tools: ['Bash'] },
        },
      },
    });
    expect(session.config.customAgents?.player1).toMatchObject({ team: 'red' });
    await rigger.say(session.id, 'Start the game');
    await rigger.until(
      session.id,
      (event) =>
        event.type === 'session.status_changed' && event.data.status === 'idle' && event.data.cause === 'turns_done',
    );
    const events = await rigger.events(session.id);
    const sent = events
      .filter((event) => event.type === 'agent.message_sent')
      .map((event) => [event.agent, event.data.to]);
    expect(sent).toEqual(
      expect.arrayContaining([
        ['coordinator', 'player1'],
        ['coordinator', 'player2'],
        ['player1', 'coordinator'],
        ['player2', 'coordinator'],
      ]),
    );
    expect(
      events
        .filter((event) => event.type === 'sdk.message')
        .every((event) => ['coordinator', 'player1', 'player2'].includes(event.agent ?? '')),
    ).toBe(true);
    expect(readFileSync(join(workspace(session.id), 'result.md'), 'utf8')).toContain('Winner');
    const direct = await rigger.say(session.id, 'Who are you?', { agent: 'player2' });
    expect(direct.turn.agent).toBe('player2');
    expect(direct.session.totalCost).toBeCloseTo(
      (await rigger.turns(session.id)).reduce((sum, turn) => sum + turn.cost, 0),
      6,
    );
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    expect(processesOf(session.id)).toEqual([]);
  });

  test('agents that answer each other without end are bounded', async () => {
    const reply = (to: string): Json =>
      script(
        { tools: [{ name: 'mcp__rigger__send_message', input: { to, message: 'again' } }] },
        { text: '{{lastToolResult}}' },
      );
    const session = await rigger.create({
      pattern: 'single-container',
      config: { customAgents: { echo: { systemPrompt: 'You are echo' } }, systemPrompt: 'loop' },
    });
    // Each message carries the script that sends the next.
    const nested = (depth: number, to: string): string =>
      depth === 0
        ? reply(to)
        : script(
            {
              tools: [
                {
                  name: 'mcp__rigger__send_message',
                  input: { to, message: nested(depth - 1, to === 'echo' ? 'coordinator' : 'echo') },
                },
              ],
            },
            { text: '{{lastToolResult}}' },
          );
    await rigger.say(session.id, nested(10, 'echo'));
    await rigger.until(
      session.id,
      (event) => event.type === 'session.status_changed' && event.data.cause === 'turns_done',
    );
    const turns = await rigger.turns(session.id);
    expect(turns.length).toBeLessThanOrEqual(9);
    expect(turns.at(-1)?.response?.content).toMatch(/gone on for long enough/);
    await rigger.call('DELETE', `/api/sessions/${session.id}`);
  });
});

describe('interrupt and terminate', () => {
  test('an interrupt stops the running turn, says what stays queued, and the session goes on', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: tools });
    const running = rigger.say(session.id, script(bash(HANG), { text: 'x' }));
    await rigger.until(
      session.id,
      (event) => event.type === 'sdk.message' && JSON.stringify(event.data).includes('tool_use'),
    );
    const queued = rigger.say(session.id, 'after');
    await rigger.until(session.id, (event) => event.type === 'turn.queued' && event.data.prompt === 'after');
    const { status, body } = await rigger.call('POST', `/api/sessions/${session.id}/interrupt`);
    expect(status).toBe(200);
    expect(body.interrupted).toHaveLength(1);
    expect(body.queued).toHaveLength(1);
    expect((await running).turn).toMatchObject({ status: 'interrupted', id: body.interrupted[0] });
    expect((await queued).turn).toMatchObject({ status: 'succeeded', id: body.queued[0] });
    await rigger.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('terminate ends a turn, its tools and daemons, and twice is fine', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: tools });
    const running = rigger.say(session.id, script(bash(`(setsid ${HANG} &) ; ${HANG}`), { text: 'x' }));
    await rigger.until(
      session.id,
      (event) => event.type === 'sdk.message' && JSON.stringify(event.data).includes('tool_use'),
    );
    const ended = await rigger.call('POST', `/api/sessions/${session.id}/terminate`, { reason: 'budget_exceeded' });
    expect(ended).toMatchObject({
      status: 200,
      body: { reason: 'budget_exceeded', session: { status: 'terminated', statusReason: 'budget_exceeded' } },
    });
    expect(processesOf(session.id)).toEqual([]);
    expect((await running).turn.status).toBe('cancelled');
    expect(await rigger.call('POST', `/api/sessions/${session.id}/terminate`)).toMatchObject({
      status: 200,
      body: { reason: 'budget_exceeded' },
    });
  });
});

function safeRead(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
