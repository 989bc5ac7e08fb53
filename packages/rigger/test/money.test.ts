/** Money at the wire: what is counted is what the model's endpoint counted, and what is spent stops where it is to. */
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OfflineModel, startOfflineModel } from '@rigger/offline-model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, type Json, type Rigger, script, startRigger } from './harness.ts';

let model: OfflineModel;
let overloaded: Server;
const refused: IncomingHttpHeaders[] = [];
let rigger: Rigger;
beforeAll(async () => {
  model = await startOfflineModel();
  overloaded = createServer((request, response) => {
    refused.push(request.headers);
    request.resume().once('end', () => response.writeHead(529, { 'retry-after': '1' }).end('{"type":"error"}'));
  }).listen(0, '127.0.0.1');
  await once(overloaded, 'listening');
  const { port } = overloaded.address() as AddressInfo;
  const file = join(mkdtempSync(join(tmpdir(), 'rigger-money-')), 'upstreams.json');
  const endpoint = (name: string, url: string, weight: number) => ({ name, url, apiKeyEnv: 'UPSTREAM_KEY', weight });
  writeFileSync(
    file,
    JSON.stringify([endpoint('overloaded', `http://127.0.0.1:${port}`, 1000), endpoint('working', model.url, 1)]),
  );
  rigger = await startRigger({
    RIGGER_UPSTREAMS: file,
    UPSTREAM_KEY: 'sk-upstream',
    RIGGER_UPSTREAM_TIMEOUT_MS: '2000',
  });
});
afterAll(async () => {
  await rigger.stop();
  await model.close();
  overloaded.close();
});

const config = { model: 'claude-sonnet-4-5', allowedTools: ['Bash', 'Agent'] };
const forever = (step: object) => `\`\`\`offline\n${JSON.stringify({ steps: [step], loop: true })}\n\`\`\``;
/** $0.003 and a few tokens a call. */
const cheap = { input_tokens: 1_000, output_tokens: 10 };
const callsOf = (session: string) =>
  rigger.sql<{ outcome: string; cost: string; estimated: boolean; upstream: string; agent: string; turn_id: string }>(
    'SELECT outcome, cost, estimated, upstream, agent, turn_id FROM model_calls WHERE session_id = $1 ORDER BY started_at',
    [session],
  );
/** The calls of a session once none is open: one whose agent was killed is settled a moment after its process is gone. */
const settled = async (session: string) => {
  for (;;) {
    const calls = await callsOf(session);
    if (calls.every((call) => call.outcome !== 'open')) return calls;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const named = (events: Json[], type: string) =>
  events.filter((event) => event.type === type).map((event) => event.data);

test('an endless loop with three subagents is stopped within one model call of its budget, and the ledger is the endpoint’s own count', async () => {
  const before = model.calls().length;
  const subagent = (n: number) => ({
    name: 'Agent',
    input: {
      description: `worker ${n}`,
      subagent_type: 'general-purpose',
      run_in_background: false,
      prompt: forever({ ...bash(`echo ${n}`), usage: cheap }),
    },
  });
  const session = await rigger.create({ pattern: 'hybrid', config, maxBudgetUsd: 0.05 });
  const answer = await rigger.say(
    session.id,
    script({ tools: [1, 2, 3].map(subagent), usage: cheap }, { text: 'done' }),
  );
  expect(answer.turn).toMatchObject({ status: 'failed', error: { code: 'budget_exceeded' } });
  expect(answer.session).toMatchObject({ status: 'terminated', statusReason: 'budget_exceeded' });
  const calls = await settled(session.id);
  const spent = (await rigger.get(session.id)).totalCost;
  expect(spent).toBeGreaterThan(0.04);
  expect(spent).toBeLessThanOrEqual(0.05 + 0.00315);
  expect(calls.reduce((sum, call) => sum + Number(call.cost), 0)).toBeCloseTo(spent, 9);
  // What was under way when the session ended is estimated; of the rest the endpoint and the ledger say the same, call by call.
  const told = model
    .calls()
    .slice(before)
    .filter((call) => call.outcome === 'done');
  const ours = await rigger.sql<Json>(
    `SELECT request_id AS "requestId", input_tokens::int AS "inputTokens", output_tokens::int AS "outputTokens",
       cache_read_tokens::int AS "cacheReadTokens", (cache_write_5m_tokens + cache_write_1h_tokens)::int AS "cacheCreationTokens"
     FROM model_calls WHERE session_id = $1 AND outcome = 'done' ORDER BY request_id`,
    [session.id],
  );
  expect(ours.length).toBeGreaterThan(10);
  const theirs = told
    .map(({ requestId, usage }) => ({ requestId, ...usage }))
    .sort((x, y) => (x.requestId < y.requestId ? -1 : 1));
  const both = new Set(ours.map((call) => call.requestId));
  expect(theirs.filter((call) => both.has(call.requestId))).toEqual(ours);
  expect(theirs.length).toBeLessThanOrEqual(calls.length);
  const { body } = await rigger.call('GET', `/api/usage?groupBy=session&sessionId=${session.id}`);
  expect(body.total).toMatchObject({ calls: calls.length, cost: spent });
  expect(named(await rigger.events(session.id), 'budget.warning').map((data) => data.percent)).toEqual(
    expect.arrayContaining([50, 80]),
  );
});

test('a session that is to pause waits for money with its turn, and goes on when its budget is raised', async () => {
  const session = await rigger.create({ pattern: 'long-running', config, maxBudgetUsd: 0.01, onBudget: 'pause' });
  const steps = [1, 2, 3, 4, 5].map((n) => ({ ...bash(`echo ${n}`), usage: cheap }));
  const said = await rigger.call('POST', `/api/sessions/${session.id}/message`, {
    prompt: `\`\`\`offline\n${JSON.stringify({ steps, again: [{ text: 'went on', usage: cheap }] })}\n\`\`\``,
  });
  expect(said).toMatchObject({ status: 409, body: { code: 'session_paused', turnId: expect.any(String) } });
  expect(await rigger.get(session.id)).toMatchObject({ status: 'idle', paused: true, totalCost: expect.any(Number) });
  const second = await rigger.call(
    'POST',
    `/api/sessions/${session.id}/message`,
    { prompt: 'next' },
    {
      prefer: 'respond-async',
    },
  );
  expect(second.body).toMatchObject({ turn: { status: 'queued' }, session: { paused: true } });
  expect((await rigger.call('PATCH', `/api/sessions/${session.id}`, { maxBudgetUsd: 1 })).body).toMatchObject({
    status: 'active',
    paused: false,
  });
  await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === second.body.turn.id);
  expect((await rigger.turns(session.id)).map((turn) => [turn.status, turn.response?.content])).toEqual([
    ['succeeded', 'went on'],
    ['succeeded', expect.any(String)],
  ]);
  await rigger.call('DELETE', `/api/sessions/${session.id}`);
});

test('a stream is cut where the money ends, and what of it was said is paid for', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config, maxBudgetUsd: 0.02 });
  const answer = await rigger.say(
    session.id,
    script({ text: 'word '.repeat(4_000), chunkDelayMs: 5, usage: { input_tokens: 1_000 } }),
  );
  expect(answer.turn.error.code).toBe('budget_exceeded');
  const [cut] = await settled(session.id);
  expect(cut).toMatchObject({ outcome: 'cut', estimated: true });
  expect(Number(cut!.cost)).toBeGreaterThan(0.0199);
  expect(Number(cut!.cost)).toBeLessThan(0.0205);
  const last = model.calls().at(-1)!;
  expect(last.outcome).toBe('aborted');
});

test('agents side by side in one sandbox are counted each, and all together pass their session’s budget by one call at most', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const session = await rigger.create({
    pattern: 'single-container',
    config: { ...config, customAgents: Object.fromEntries(names.map((name) => [name, { systemPrompt: name }])) },
    maxBudgetUsd: 0.2,
  });
  const everyone = async (prompt: string) => {
    for (const agent of ['coordinator', ...names])
      await rigger.call('POST', `/api/sessions/${session.id}/message`, { prompt, agent }, { prefer: 'respond-async' });
  };
  await everyone(script({ text: 'ready', usage: cheap }));
  for (const agent of names)
    await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.agent === agent);
  await everyone(forever({ ...bash('echo'), usage: cheap }));
  await rigger.until(
    session.id,
    (event) => event.type === 'session.status_changed' && event.data.status === 'terminated',
  );
  const calls = await settled(session.id);
  expect(new Set(calls.map((call) => call.agent)).size).toBe(8);
  const spent = (await rigger.get(session.id)).totalCost;
  expect(spent).toBeGreaterThan(0.19);
  expect(spent).toBeLessThanOrEqual(0.2 + 0.00315);
});

describe('a budget of a user', () => {
  test('refuses what none is left for, and leaves the session', async () => {
    const userId = 'spender';
    const put = await rigger.call('PUT', '/api/budgets', { scope: 'user', userId, period: 'day', limitUsd: 0.008 });
    expect(put).toMatchObject({ status: 200, body: { userId, limitUsd: 0.008, spentUsd: 0 } });
    const session = await rigger.create({ pattern: 'hybrid', config, userId });
    expect((await rigger.say(session.id, script({ text: 'one', usage: cheap }))).turn.status).toBe('succeeded');
    expect((await rigger.say(session.id, script({ text: 'two', usage: cheap }))).turn.status).toBe('succeeded');
    const third = await rigger.say(session.id, script({ text: 'three', usage: cheap }));
    expect(third.turn).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('Budget exceeded') },
    });
    expect(third.session.status).toBe('idle');
    expect(named(await rigger.events(session.id), 'budget.exceeded')).toEqual([
      { scope: 'user', userId, period: 'day', limitUsd: 0.008, spentUsd: expect.any(Number) },
    ]);
    expect((await rigger.call('DELETE', `/api/budgets/${put.body.id}`)).body.success).toBe(true);
    expect((await rigger.say(session.id, script({ text: 'four', usage: cheap }))).turn.status).toBe('succeeded');
    expect((await rigger.call('DELETE', `/api/budgets/${put.body.id}`)).body.code).toBe('budget_not_found');
  });

  test('begins with what was spent before it was set', async () => {
    const userId = 'early';
    const session = await rigger.create({ pattern: 'hybrid', config, userId });
    await rigger.say(session.id, script({ text: 'one', usage: cheap }));
    const { body } = await rigger.call('PUT', '/api/budgets', { scope: 'user', userId, period: 'month', limitUsd: 1 });
    expect(body.spentUsd).toBe((await rigger.get(session.id)).totalCost);
    await rigger.call('DELETE', `/api/budgets/${body.id}`);
  });
});

test('what an overloaded endpoint refuses goes to the next one, and is billed once', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config });
  await rigger.say(session.id, script({ text: 'hello', usage: cheap }));
  expect(await settled(session.id)).toEqual([expect.objectContaining({ outcome: 'done', upstream: 'working' })]);
  expect(refused.length).toBeGreaterThan(0);
});

test('an endpoint is shown its own key, and nothing that a sandbox or the way from it put there', async () => {
  const seen = refused.at(-1)!;
  expect(seen['x-api-key']).toBe('sk-upstream');
  expect(Object.keys(seen).filter((name) => name.startsWith('x-rigger') || name === 'authorization')).toEqual([]);
  expect(JSON.stringify(seen)).not.toMatch(/held-by-rigger|rgs\./);
});

test('out of a sandbox only what agents need of the Messages API can be asked', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config });
  const ask = (method: string, path: string, body = '') =>
    `node -e 'const r = require("http").request({ socketPath: process.env.ANTHROPIC_UNIX_SOCKET, method: "${method}", path: "${path}", headers: { "x-api-key": "attacker" } }, (a) => { console.log(a.statusCode); a.resume(); }); r.end(\`${body}\`)'`;
  const command = [
    ask('POST', '/v1/files'),
    ask('GET', '/v1/models'),
    ask('POST', '/v1/messages/batches'),
    ask('POST', '/v1/messages', 'no json'),
    ask('POST', '/../api/sessions'),
  ].join('; ');
  const answer = await rigger.say(session.id, script(bash(command), { text: '{{lastToolResult}}' }));
  expect(answer.response.content.trim().split('\n')).toEqual(['404', '404', '404', '400', '400']);
});

test('a call that breaks off is tried again, and each is a row with what it used', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config });
  const answer = await rigger.say(
    session.id,
    script({
      text: 'x'.repeat(400),
      breakAfterChunks: 4,
      chunkDelayMs: 20,
      usage: { input_tokens: 1_000, output_tokens: 100 },
    }),
  );
  expect(answer.turn.status).toBe('succeeded');
  const calls = await settled(session.id);
  expect(calls.map((call) => [call.outcome, call.estimated])).toEqual([
    ['error', true],
    ['done', false],
  ]);
  expect(answer.turn.cost).toBeCloseTo(
    calls.reduce((sum, call) => sum + Number(call.cost), 0),
    9,
  );
});

test('a session that ends in the middle of an answer has paid for what was said', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config });
  const saying = rigger.say(
    session.id,
    script({ text: 'word '.repeat(400), chunkDelayMs: 50, usage: { input_tokens: 1_000 } }),
  );
  await rigger.until(session.id, (event) => event.type === 'turn.started');
  const started = async () =>
    (await rigger.sql('SELECT 1 FROM model_calls WHERE session_id = $1', [session.id])).length > 0;
  while (!(await started())) await new Promise((resolve) => setTimeout(resolve, 20));
  await rigger.call('POST', `/api/sessions/${session.id}/terminate`, {});
  await saying;
  expect(await settled(session.id)).toEqual([expect.objectContaining({ outcome: 'aborted', estimated: true })]);
  expect((await rigger.get(session.id)).totalCost).toBeGreaterThan(0);
});

test('a call that was given up before anything came of it costs its session no more than was held back for it', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config, maxBudgetUsd: 0.02 });
  await rigger.say(session.id, script({ text: 'hello', usage: { input_tokens: 5_000, output_tokens: 10 } }));
  const saying = rigger.say(session.id, script({ text: 'never said', delayMs: 60_000 }));
  const isOpen = async () => (await callsOf(session.id)).some((call) => call.outcome === 'open');
  while (!(await isOpen())) await new Promise((resolve) => setTimeout(resolve, 20));
  const [open] = await rigger.sql<{ reserved: string }>(
    "SELECT reserved FROM model_calls WHERE session_id = $1 AND outcome = 'open'",
    [session.id],
  );
  await rigger.call('POST', `/api/sessions/${session.id}/terminate`, {});
  await saying;
  const [, given] = await settled(session.id);
  expect(given).toMatchObject({ outcome: 'aborted', estimated: true });
  expect(Number(given!.cost)).toBeGreaterThan(0);
  expect(Number(given!.cost)).toBeLessThanOrEqual(Number(open!.reserved));
  expect((await rigger.get(session.id)).totalCost).toBeLessThanOrEqual(0.02);
});

describe('an endpoint that fails', () => {
  const failing: [string, object][] = [
    ['429 and when to come back', { error: { status: 429, retryAfter: 1, times: 1 } }],
    ['500', { error: { status: 500, times: 1 } }],
    ['529', { error: { status: 529, times: 1 } }],
    ['silence in the middle of an answer', { hangMs: 60_000, hangTimes: 1 }],
    ['an error in the middle of an answer', { error: { status: 529, afterChunks: 2, times: 1 } }],
  ];
  test.each(failing)('%s: the turn survives, and what was answered is billed once', async (_, fault) => {
    const session = await rigger.create({ pattern: 'hybrid', config });
    const answer = await rigger.say(
      session.id,
      script({ text: 'x'.repeat(100), chunkDelayMs: 5, usage: cheap, ...fault }),
    );
    expect(answer.turn.status).toBe('succeeded');
    const calls = await settled(session.id);
    expect(calls.map((call) => call.outcome)).toEqual(['error', 'done']);
    expect(Number(calls[1]!.cost)).toBe(0.00315);
    expect(answer.turn.cost).toBeCloseTo(Number(calls[0]!.cost) + 0.00315, 9);
  });
});

test('usage is summed by whatever is asked, as JSON and as CSV', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config, userId: '=1+1', tags: ['x', 'y'] });
  await rigger.say(session.id, script({ text: 'hello', usage: cheap }));
  const ask = (query: string) => rigger.call('GET', `/api/usage?sessionId=${session.id}&${query}`);
  expect((await ask('groupBy=tag,model')).body).toMatchObject({
    rows: [
      { tag: 'x', model: 'claude-sonnet-4-5', calls: 1, inputTokens: 1_000, cost: 0.00315 },
      { tag: 'y', model: 'claude-sonnet-4-5', calls: 1, inputTokens: 1_000, cost: 0.00315 },
    ],
    total: { calls: 1, cost: 0.00315 },
    more: false,
  });
  expect((await ask('groupBy=nothing')).body).toMatchObject({ status: 400, code: 'invalid_request' });
  const csv = await (
    await fetch(`${rigger.url}/api/usage?sessionId=${session.id}&groupBy=user`, { headers: { accept: 'text/csv' } })
  ).text();
  expect(csv.split('\r\n').slice(0, 2)).toEqual([
    'user,calls,inputTokens,outputTokens,cacheWrite5mTokens,cacheWrite1hTokens,cacheReadTokens,webSearches,cost,estimatedCost',
    "'=1+1,1,1000,10,0,0,0,0,0.00315,0",
  ]);
});
