import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followEvents, type Json, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger({ RIGGER_MAX_BODY_BYTES: '100000' });
});
afterAll(() => rigger.stop());

const MISSING = 'sess_abc123';

describe('the requests of the brief, as they stand', () => {
  let id: string;

  test('a session is created with a retired model’s name passed on', async () => {
    const { status, body } = await rigger.call('POST', '/api/sessions', {
      pattern: 'ephemeral',
      config: {
        model: 'claude-3-5-sonnet-20241022',
        systemPrompt: 'You are a helpful assistant',
        maxTurns: 10,
        allowedTools: ['Read', 'Write'],
      },
      maxBudgetUsd: 0.5,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      pattern: 'ephemeral',
      status: 'initializing',
      statusReason: null,
      sessionId: '',
      totalCost: 0,
      maxBudgetUsd: 0.5,
      startedAt: null,
    });
    expect(body.id).toMatch(/^sess_/);
    expect(body.config.model).toBe('claude-3-5-sonnet-20241022');
    id = body.id;
  });

  test('a message is answered when its turn has ended, and the ephemeral session with it', async () => {
    const { status, body } = await rigger.call('POST', `/api/sessions/${id}/message`, {
      prompt: 'Hello, how are you?',
      streaming: false,
    });
    expect(status).toBe(200);
    expect(body.response).toMatchObject({ role: 'assistant', content: expect.stringContaining('Hello, how are you?') });
    expect(body.result).toMatchObject({
      subtype: 'success',
      uuid: expect.any(String),
      total_cost_usd: expect.any(Number),
      usage: expect.any(Object),
    });
    expect(body.latency).toBeGreaterThan(0);
    expect(body.turn).toMatchObject({ status: 'succeeded' });
    expect(body.session).toMatchObject({ id, status: 'completed', numTurns: 1 });
    expect(body.session.totalCost).toBeCloseTo(body.result.total_cost_usd, 9);
    expect(body.session.sessionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('the list and the statistics count it', async () => {
    const list = (await rigger.call('GET', '/api/sessions')).body;
    expect(list).toMatchObject({ page: 1, pageSize: 50 });
    expect(list.sessions.map((session: Json) => session.id)).toContain(id);
    const stats = (await rigger.call('GET', '/api/sessions/stats/summary')).body;
    expect(stats.completedSessions).toBeGreaterThanOrEqual(1);
    expect(stats.byPattern.ephemeral.avgCost).toBeGreaterThan(0);
  });

  test('its SQL works on agent_sessions, and the delete takes the events along', async () => {
    const [row] = await rigger.sql<{ status: string }>('SELECT id, pattern, status FROM agent_sessions WHERE id = $1', [
      id,
    ]);
    expect(row).toMatchObject({ pattern: 'ephemeral', status: 'completed' });
    const before = (await rigger.call('GET', '/api/sessions/stats/summary')).body;
    await rigger.sql("UPDATE agent_sessions SET completed_at = NOW() - INTERVAL '8 days' WHERE id = $1", [id]);
    await rigger.sql(
      "DELETE FROM agent_sessions WHERE pattern = 'ephemeral' AND status = 'completed' AND completed_at < NOW() - INTERVAL '7 days'",
    );
    expect((await rigger.call('GET', `/api/sessions/${id}/events`)).status).toBe(404);
    expect(await rigger.sql('SELECT 1 FROM deleted_sessions WHERE session_id = $1', [id])).toHaveLength(1);
    const after = (await rigger.call('GET', '/api/sessions/stats/summary')).body;
    expect(after.totalCost).toBeCloseTo(before.totalCost, 9);
    expect(after.totalSessions).toBe(before.totalSessions);
  });

  test('a message to a session that has ended is refused with its status', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    const { status, body, headers } = await rigger.call('POST', `/api/sessions/${session.id}/message`, {
      prompt: 'hi',
    });
    expect(status).toBe(409);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({
      error: 'Session is not active',
      sessionStatus: 'terminated',
      code: 'session_not_active',
      status: 409,
    });
  });
});

describe('bad input', () => {
  test.each<[string, unknown, number, string]>([
    ['an unknown pattern', { pattern: 'nope', config: {} }, 400, 'invalid_pattern'],
    ['no pattern', { config: {} }, 400, 'invalid_pattern'],
    ['an unknown member', { pattern: 'hybrid', totalCost: 3 }, 400, 'unknown_members'],
    ['an unknown member of config', { pattern: 'hybrid', config: { sytemPrompt: '' } }, 400, 'unknown_members'],
    ['an option that cannot be hosted', { pattern: 'hybrid', config: { canUseTool: true } }, 400, 'unsupported_option'],
    [
      'a variable that is Rigger’s own',
      { pattern: 'hybrid', config: { env: { ANTHROPIC_BASE_URL: 'http://evil' } } },
      400,
      'unsupported_option',
    ],
    [
      'a working folder over the system',
      { pattern: 'hybrid', config: { workingDirectory: '/usr/lib' } },
      400,
      'invalid_request',
    ],
    ['a limit that is no number', { pattern: 'hybrid', maxTurns: 'many' }, 400, 'invalid_request'],
    [
      'a session to resume that is not there',
      { pattern: 'hybrid', config: { resumeSessionId: 'sess_nope' } },
      404,
      'resume_source_not_found',
    ],
    [
      'a source that no setting allows',
      { pattern: 'hybrid', config: { source: { path: '/etc' } } },
      400,
      'source_not_allowed',
    ],
    ['a NUL', { pattern: 'hybrid', description: 'a\0b' }, 400, 'invalid_request'],
    ['half of a surrogate pair', { pattern: 'hybrid', config: { systemPrompt: '\ud800' } }, 400, 'invalid_request'],
    ['a list', [], 400, 'invalid_request'],
    ['no JSON', '{"pattern":', 400, 'body_not_json'],
  ])('%s is refused by name and makes no session', async (_, body, status, code) => {
    const before = (await rigger.call('GET', '/api/sessions')).body.total;
    const answer = await rigger.call('POST', '/api/sessions', body, { 'content-type': 'application/json' });
    expect(answer).toMatchObject({
      status,
      body: { code, status, title: expect.any(String), error: expect.any(String), remedy: expect.any(String) },
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/\.ts:|node_modules|at async/);
    expect((await rigger.call('GET', '/api/sessions')).body.total).toBe(before);
  });

  test('an invalid pattern is answered with those that are valid', async () => {
    expect((await rigger.call('POST', '/api/sessions', { pattern: 'x' })).body).toMatchObject({
      error: 'Invalid pattern',
      validPatterns: ['ephemeral', 'long-running', 'hybrid', 'single-container'],
    });
  });

  test('a session that is not there is a 404 on every route', async () => {
    const routes: [string, string, unknown?][] = [
      ['GET', ''], ['PATCH', '', { description: 'x' }], ['DELETE', ''], ['POST', '/message', { prompt: 'x' }], ['POST', '/terminate'],
      ['POST', '/interrupt'], ['GET', '/events'], ['GET', '/turns'], ['GET', '/turns/turn_x'],
    ]; // biome-ignore format: a list
    for (const [method, path, body] of routes)
      expect(await rigger.call(method, `/api/sessions/${MISSING}${path}`, body), `${method} ${path}`).toMatchObject({
        status: 404,
        body: { error: 'Session not found', id: MISSING, code: 'session_not_found' },
      });
  });

  test('a body that is no JSON by its type is a 415, one that is too large a 413', async () => {
    expect(await rigger.call('POST', '/api/sessions', 'pattern=x', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
    });
    expect(
      await rigger.call('POST', '/api/sessions', { pattern: 'hybrid', description: 'x'.repeat(101_000) }),
    ).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  });

  test('a page of another site, and a name that was rebound to this machine, are refused', async () => {
    expect(await rigger.call('GET', '/api/sessions', undefined, { origin: 'http://evil.example' })).toMatchObject({
      status: 403,
    });
    expect(await rigger.call('GET', '/api/sessions', undefined, { origin: rigger.url })).toMatchObject({ status: 200 });
  });

  test('null means absent, and what has no effect is said', async () => {
    const session = await rigger.create({
      pattern: 'hybrid',
      maxTurns: null,
      tags: null,
      config: { executable: 'bun', model: null },
    });
    expect(session).toMatchObject({
      maxTurns: null,
      tags: [],
      config: { executable: 'bun' },
      notices: [expect.stringContaining('executable')],
    });
  });
});

describe('listing', () => {
  const tag = `list-${Date.now()}`;
  let ids: string[];
  beforeAll(async () => {
    ids = [];
    for (let n = 0; n < 5; n++)
      ids.push(
        (
          await rigger.create({
            pattern: 'hybrid',
            tags: [tag, `n${n % 2}`],
            userId: `user_${n % 2}`,
            conversationId: n === 4 ? 4 : `c${n}`,
          })
        ).id,
      );
  });

  test('newest first, by page, with all tags and by user and conversation', async () => {
    const page = (await rigger.call('GET', `/api/sessions?tags=${tag}&page=2&pageSize=2`)).body;
    expect(page).toMatchObject({ total: 5, page: 2, pageSize: 2 });
    expect(page.sessions.map((session: Json) => session.id)).toEqual([ids[2], ids[1]]);
    expect((await rigger.call('GET', `/api/sessions?tags=${tag},n1`)).body.total).toBe(2);
    expect((await rigger.call('GET', `/api/sessions?tags=${tag}&userId=user_0`)).body.total).toBe(3);
    expect((await rigger.call('GET', `/api/sessions?tags=${tag}&conversationId=4`)).body.sessions).toMatchObject([
      { id: ids[4], conversationId: 4 },
    ]);
  });

  test('by cursor, each once, to the end', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Json = (
        await rigger.call('GET', `/api/sessions?tags=${tag}&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`)
      ).body;
      seen.push(...page.sessions.map((session: Json) => session.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...ids].reverse());
  });

  test('statistics are filtered as the list is', async () => {
    const stats = (await rigger.call('GET', `/api/sessions/stats/summary?tags=${tag}`)).body;
    expect(stats).toMatchObject({
      totalSessions: 5,
      byPattern: { hybrid: { count: 5 } },
      byStatus: { initializing: 5 },
    });
    expect(stats.byUser.user_0.count).toBe(3);
    expect(stats.byTag[tag].count).toBe(5);
  });

  test('what they are made of can be folded beside a running server', async () => {
    const [folded] = await rigger.sql<{ took: number }>('SELECT fold_session_sums(1000000) AS took');
    const left = await rigger.sql('SELECT 1 FROM session_deltas LIMIT 1');
    // None, if the server folds at this moment.
    expect(folded!.took > 0 || left.length === 0).toBe(true);
    expect((await rigger.call('GET', `/api/sessions/stats/summary?tags=${tag}`)).body.totalSessions).toBe(5);
  });

  test('labels and limits can be changed, and a deleted session is gone', async () => {
    const changed = (
      await rigger.call('PATCH', `/api/sessions/${ids[0]}`, {
        tags: ['other'],
        description: 'd',
        userId: 'u',
        maxTurns: 7,
        maxBudgetUsd: 0.1,
      })
    ).body;
    expect(changed).toMatchObject({ tags: ['other'], description: 'd', userId: 'u', maxTurns: 7, maxBudgetUsd: 0.1 });
    expect((await rigger.call('PATCH', `/api/sessions/${ids[0]}`, { status: 'active' })).body).toMatchObject({
      code: 'invalid_status_change',
      status: 400,
    });
    expect((await rigger.call('DELETE', `/api/sessions/${ids[0]}`)).body).toEqual({ success: true, id: ids[0] });
    expect((await rigger.call('GET', `/api/sessions/${ids[0]}`)).status).toBe(404);
  });
});

describe('messages', () => {
  test('streamed: deltas, whole messages with their number, and done', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    const answer = await fetch(`${rigger.url}/api/sessions/${session.id}/message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'Hello', streaming: true }),
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const blocks = (await answer.text()).split('\n\n').filter((block) => block.includes('data: '));
    const entries = blocks.map((block) => ({
      id: /^id: (\d+)/m.exec(block)?.[1],
      ...JSON.parse(/^data: (.*)$/m.exec(block)![1]!),
    }));
    expect(
      entries.some(
        (entry) =>
          entry.type === 'stream_event' && entry.data.event?.type === 'content_block_delta' && entry.id === undefined,
      ),
    ).toBe(true);
    const messages = entries.filter((entry) => entry.type === 'message');
    expect(messages.map((entry) => entry.data.type)).toEqual(expect.arrayContaining(['assistant', 'result']));
    expect(messages.every((entry) => Number(entry.id) > 0)).toBe(true);
    expect(entries.at(-1)).toMatchObject({
      type: 'done',
      latency: expect.any(Number),
      usage: expect.any(Object),
      cost: expect.any(Number),
      session: { id: session.id, status: 'idle' },
    });
  });

  test('a turn that fails ends its stream with an error and a code', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: { maxTurns: 1, allowedTools: ['Bash'] } });
    const answer = await fetch(`${rigger.url}/api/sessions/${session.id}/message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        prompt: script({ tools: [{ name: 'Bash', input: { command: 'echo 1', description: 'x' } }] }, { text: 'done' }),
        streaming: true,
      }),
    });
    const last = (await answer.text()).trim().split('\n\n').at(-1)!;
    expect(JSON.parse(last.slice(last.indexOf('{')))).toMatchObject({
      type: 'error',
      error: expect.any(String),
      code: 'error_max_turns',
    });
    expect(await rigger.get(session.id)).toMatchObject({ status: 'idle', numTurns: 1 });
  });

  test('respond-async is answered at once; queued turns run in their order', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    const turns: string[] = [];
    for (const prompt of ['one', 'two', 'three']) {
      const answer = await rigger.call(
        'POST',
        `/api/sessions/${session.id}/message`,
        { prompt },
        { prefer: 'respond-async' },
      );
      expect(answer).toMatchObject({
        status: 202,
        body: { turn: { status: expect.stringMatching(/queued|running/) } },
      });
      turns.push(answer.body.turn.id);
    }
    await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === turns[2]);
    const events = await rigger.events(session.id);
    expect(events.filter((event) => event.type === 'turn.finished').map((event) => event.turnId)).toEqual(turns);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect((await rigger.turns(session.id)).map((turn) => [turn.status, turn.prompt])).toEqual([
      ['succeeded', 'one'],
      ['succeeded', 'two'],
      ['succeeded', 'three'],
    ]);
  });

  test('content blocks are taken as a prompt', async () => {
    const session = await rigger.create({ pattern: 'ephemeral', config: {} });
    const { response } = await rigger.say(session.id, [
      { type: 'text', text: 'blocks' },
      { type: 'text', text: 'here' },
    ]);
    expect(response.content).toContain('blocks');
  });

  test('an agent that says NUL and odd Unicode is heard and logged', async () => {
    const session = await rigger.create({ pattern: 'ephemeral', config: {} });
    const { response, turn } = await rigger.say(session.id, script({ text: 'a\0b \u{1f600}' }));
    expect(turn.status).toBe('succeeded');
    expect(response.content).toBe('ab \u{1f600}');
  });

  test('an agent that is not there is refused with those that are', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    expect(
      await rigger.call('POST', `/api/sessions/${session.id}/message`, { prompt: 'x', agent: 'who' }),
    ).toMatchObject({ status: 404, body: { code: 'agent_not_found', agents: ['main'] } });
  });

  test('a tool that is not allowed is refused, and the log says so', async () => {
    // Where nobody is to be asked; permissions.test.ts has what becomes of it where somebody is.
    const config = { allowedTools: ['Read'], permissionTimeoutMs: 0 };
    const session = await rigger.create({ pattern: 'ephemeral', config });
    const { response } = await rigger.say(
      session.id,
      script(
        { tools: [{ name: 'Bash', input: { command: 'touch x', description: 'x' } }] },
        { text: '{{lastToolResult}}' },
      ),
    );
    expect(response.content).toContain('not among this session’s allowedTools');
    expect(await rigger.events(session.id)).toContainEqual(
      expect.objectContaining({
        type: 'permission.answered',
        data: expect.objectContaining({ tool: 'Bash', behavior: 'deny' }),
      }),
    );
  });
});

describe('the log', () => {
  test('followers that come at any moment, and ones that come back with their cursor, see each event once and without a gap', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: { allowedTools: ['Bash'] } });
    const steps = Array.from({ length: 15 }, (_, n) => ({
      tools: [{ name: 'Bash', input: { command: `echo ${n}`, description: 'x' } }],
    }));
    const done = rigger.say(session.id, script(...steps, { text: 'end' }));
    const url = `${rigger.url}/api/sessions/${session.id}/events`;
    const follow = async (breakEvery: number): Promise<number[]> => {
      const seen: number[] = [];
      for (;;) {
        const leave = new AbortController();
        try {
          for await (const event of followEvents(url, seen.at(-1) ?? 0, leave.signal)) {
            if (event.seq === undefined) continue;
            seen.push(event.seq);
            if (event.type === 'session.status_changed' && event.data.cause === 'turns_done') return seen;
            if (seen.length % breakEvery === 0) break;
          }
        } finally {
          leave.abort();
        }
      }
    };
    const followers = Array.from({ length: 12 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 60));
      return follow(n % 3 === 0 ? 4 : 1_000);
    });
    await done;
    for (const seen of await Promise.all(followers)) expect(seen).toEqual(seen.map((_, index) => index + 1));
  });

  test('Last-Event-ID is the cursor that a browser sends, and a wrong one is refused', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    await rigger.say(session.id, 'hi');
    const url = `${rigger.url}/api/sessions/${session.id}/events`;
    const leave = new AbortController();
    const answer = await fetch(url, {
      headers: { accept: 'text/event-stream', 'last-event-id': '3' },
      signal: leave.signal,
    });
    const first = await answer.body!.pipeThrough(new TextDecoderStream()).getReader().read();
    leave.abort();
    expect(first.value).toMatch(/^id: 4\n/);
    expect(
      await rigger.call('GET', `/api/sessions/${session.id}/events`, undefined, {
        accept: 'text/event-stream',
        'last-event-id': 'x',
      }),
    ).toMatchObject({ status: 400 });
  });
});

describe('the system', () => {
  test('lives, is ready and names its parts', async () => {
    expect(await rigger.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await rigger.call('GET', '/readyz')).toMatchObject({
      status: 200,
      body: { ready: true, database: { ok: true }, runner: { ok: true }, upstream: { ok: true } },
    });
  });

  test('the OpenAPI document names every error code and every route', async () => {
    const { body } = await rigger.call('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(body.components.schemas.Problem.properties.code.enum).toEqual(
      expect.arrayContaining(['session_not_found', 'session_not_active', 'invalid_pattern', 'internal']),
    );
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/api/sessions',
        '/api/sessions/{id}/message',
        '/api/sessions/{id}/events',
        '/api/sessions/stats/summary',
      ]),
    );
  });

  test('the gateway refuses whoever has no session token, and other paths than agents need', async () => {
    expect(await rigger.call('POST', '/gateway/v1/messages', {})).toMatchObject({ status: 401 });
    expect(
      await rigger.call('POST', '/gateway/v1/messages', {}, { 'x-rigger-session-token': 'rgs.sess_x.1.AAAA' }),
    ).toMatchObject({ status: 401 });
  });
});
