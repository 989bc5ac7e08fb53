/** Many servers over one PostgreSQL, many runners: any server answers any request. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, type Runner, startCluster } from './cluster.ts';
import { bash, followEvents, HANG, type Json, type Rigger, script } from './harness.ts';

const tools = { allowedTools: ['Bash'] };
const callsATool = (event: { data: unknown }): boolean => JSON.stringify(event.data).includes('"tool_use"');

describe('two servers, a runner at the first', () => {
  let cluster: Cluster;
  let runner: Runner;
  let a: Rigger;
  let b: Rigger;
  const workspace = (id: string): string => join(runner.dataDir, 'sessions', id, 'workspace');
  /** A turn that waits for a file; then one more tool call and words. */
  const waits = script(
    bash(
      "echo once >> trace.txt; node -e \"const t=setInterval(()=>{if(require('fs').existsSync('go')){clearInterval(t)}},50)\"; echo waited",
    ),
    bash('echo second >> trace.txt'),
    { text: 'the turn ended normally' },
  );

  beforeAll(async () => {
    cluster = await startCluster(2, { RIGGER_LEASE_MS: '5000', RIGGER_SWEEP_INTERVAL_MS: '1000' });
    [a, b] = cluster.servers as [Rigger, Rigger];
    runner = await cluster.startRunner('r1', { servers: [a] });
  });
  afterAll(() => cluster?.stop());

  test('a message to one server reaches a runner that is connected to the other, and its answer comes back', async () => {
    const session = await b.create({ pattern: 'hybrid', config: {} });
    const answer = await b.say(session.id, 'remember the heron');
    expect(answer.turn.status).toBe('succeeded');
    expect((await a.say(session.id, 'What did I say?')).response.content).toContain('remember the heron');
    expect(await b.events(session.id)).toEqual(await a.events(session.id));
    await b.call('DELETE', `/api/sessions/${session.id}`);
    expect((await a.call('GET', `/api/sessions/${session.id}`)).status).toBe(404);
    while (existsSync(workspace(session.id))) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  test('live text crosses to a reader at another server, and the log there is the same', async () => {
    const session = await b.create({ pattern: 'hybrid', config: { includePartialMessages: true } });
    const reader = new AbortController();
    const heard: Json[] = [];
    const read = (async () => {
      for await (const event of followEvents(`${b.url}/api/sessions/${session.id}/events`, 0, reader.signal)) {
        heard.push(event);
        if (event.type === 'turn.finished') return;
      }
    })();
    await a.say(session.id, 'tell me something');
    await read;
    expect(heard.filter((event) => event.type === 'sdk.delta').length).toBeGreaterThan(2);
    const stored = heard.filter((event) => event.seq !== undefined);
    expect(stored).toEqual((await a.events(session.id)).slice(0, stored.length));
    await a.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('an interrupt at one server stops a turn that runs behind the other', async () => {
    const session = await b.create({ pattern: 'hybrid', config: tools });
    const asked = b.say(session.id, script(bash(HANG), { text: 'never' }));
    await b.until(session.id, callsATool);
    const { body } = await b.call('POST', `/api/sessions/${session.id}/interrupt`);
    expect(body.interrupted).toHaveLength(1);
    expect((await asked).turn.status).toBe('interrupted');
    expect((await a.say(session.id, 'still there?')).turn.status).toBe('succeeded');
    expect((await b.call('POST', `/api/sessions/${session.id}/terminate`)).body.reason).toBe('user_requested');
    await a.call('DELETE', `/api/sessions/${session.id}`);
  });

  test('one key, two servers, at once: one turn and one answer; another body is refused', async () => {
    const create = { pattern: 'hybrid', config: {} };
    const created = await Promise.all(
      [a, b, a, b].map((server) => server.call('POST', '/api/sessions', create, { 'idempotency-key': 'c1' })),
    );
    expect(new Set(created.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(created.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(3);
    const id = created[0]!.body.id;
    const sent = await Promise.all(
      [a, b, a, b].map((server) =>
        server.call('POST', `/api/sessions/${id}/message`, { prompt: 'once' }, { 'idempotency-key': 'm1' }),
      ),
    );
    expect(sent.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(new Set(sent.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(await a.turns(id)).toHaveLength(1);
    const other = await b.call('POST', `/api/sessions/${id}/message`, { prompt: 'twice' }, { 'idempotency-key': 'm1' });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
    const elsewhere = await b.call('POST', '/api/sessions', { pattern: 'ephemeral' }, { 'idempotency-key': 'c1' });
    expect(elsewhere.status).toBe(409);
    const bad = await b.call('POST', '/api/sessions', create, { 'idempotency-key': 'with space' });
    expect(bad).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    await a.call('DELETE', `/api/sessions/${id}`);
  });

  test('the runner’s server is killed: the turn goes on, and its reader at the other server misses nothing', async () => {
    const moving = await cluster.startRunner('mover', { servers: [a, b], labels: 'mover' });
    const session = await b.create({ pattern: 'hybrid', config: { ...tools, runnerLabels: ['mover'] } });
    const folder = join(moving.dataDir, 'sessions', session.id, 'workspace');
    const { turn } = (
      await b.call('POST', `/api/sessions/${session.id}/message`, { prompt: waits }, { prefer: 'respond-async' })
    ).body;
    await b.until(session.id, callsATool);
    while (!existsSync(join(folder, 'trace.txt'))) await new Promise((resolve) => setTimeout(resolve, 20));
    await a.kill('SIGKILL');
    await writeFile(join(folder, 'go'), '');
    const finished = await b.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === turn.id);
    expect(finished.data).toMatchObject({ status: 'succeeded' });
    const [done] = await b.turns(session.id);
    expect(done).toMatchObject({ attempt: 1, response: { content: 'the turn ended normally' } });
    expect(readFileSync(join(folder, 'trace.txt'), 'utf8')).toBe('once\nsecond\n');
    const events = await b.events(session.id);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    await a.restart();
    await moving.end('SIGTERM');
  });
});
