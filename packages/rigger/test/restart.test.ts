import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bash, type Json, processesNaming, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
afterEach(() => rigger.stop());

const tools = { allowedTools: ['Bash'] };
const workspace = (id: string): string => join(rigger.dataDir, 'sessions', id, 'workspace');
/** A turn that waits for a file, so that a test decides when it goes on; then one more tool call and words. */
const waits = script(
  bash(
    "echo once >> trace.txt; node -e \"const t=setInterval(()=>{if(require('fs').existsSync('go')){clearInterval(t)}},50)\"; echo waited",
  ),
  bash('echo second >> trace.txt'),
  { text: 'the turn ended normally' },
);
const queue = async (id: string, prompt: string): Promise<string> =>
  (await rigger.call('POST', `/api/sessions/${id}/message`, { prompt }, { prefer: 'respond-async' })).body.turn.id;
const toolRuns = async (id: string): Promise<void> => {
  while (!existsSync(join(workspace(id), 'trace.txt'))) await new Promise((resolve) => setTimeout(resolve, 20));
};
const letGo = (id: string): Promise<Json> =>
  import('node:fs/promises').then((fs) => fs.writeFile(join(workspace(id), 'go'), ''));

test('a turn that runs while its server is killed ends normally under the next one, with its database and runner taken over', async () => {
  rigger = await startRigger();
  const session = await rigger.create({ pattern: 'long-running', config: tools });
  const turn = await queue(session.id, waits);
  await toolRuns(session.id);
  const runner = rigger.runnerPid();
  const before = await rigger.events(session.id);
  await rigger.kill('SIGKILL');
  await letGo(session.id);
  await rigger.restart();
  expect(rigger.runnerPid()).toBe(runner);
  const finished = await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === turn);
  expect(finished.data).toMatchObject({ status: 'succeeded' });
  const [done] = await rigger.turns(session.id);
  expect(done).toMatchObject({ attempt: 1, response: { content: 'the turn ended normally' } });
  const after = await rigger.events(session.id);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.map((event) => event.seq)).toEqual(after.map((_, index) => index + 1));
  expect(readFileSync(join(workspace(session.id), 'trace.txt'), 'utf8')).toBe('once\nsecond\n');
});

test('a runner that is killed in the middle of a turn is replaced, and the turn goes on from its transcript', async () => {
  rigger = await startRigger();
  const session = await rigger.create({ pattern: 'hybrid', config: tools });
  await rigger.say(session.id, 'remember the heron');
  const turn = await queue(session.id, waits);
  await toolRuns(session.id);
  const dead = rigger.runnerPid();
  process.kill(dead, 'SIGKILL');
  const finished = await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === turn);
  expect(finished.data).toMatchObject({ status: 'succeeded' });
  expect(rigger.runnerPid()).not.toBe(dead);
  const turns = await rigger.turns(session.id);
  expect(turns[1]).toMatchObject({ attempt: 2, status: 'succeeded' });
  expect(turns[1]?.response?.content).toContain('The process that ran you died');
  expect(await rigger.events(session.id)).toContainEqual(expect.objectContaining({ type: 'session.runner_lost' }));
  expect((await rigger.say(session.id, 'What did I say?')).response.content).toContain('remember the heron');
  expect(await rigger.get(session.id)).toMatchObject({ status: 'idle', statusReason: null });
});

test('a server that is stopped keeps its sessions: they go on with their history and files after the next start', async () => {
  rigger = await startRigger();
  const session = await rigger.create({ pattern: 'long-running', config: tools });
  await rigger.say(session.id, 'remember the heron');
  await rigger.kill('SIGINT');
  expect(processesNaming(rigger.dataDir)).toEqual([]);
  expect(readdirSync(rigger.dataDir)).not.toContain('server.json');
  await rigger.restart();
  expect((await rigger.say(session.id, 'What did I say?')).response.content).toContain('remember the heron');
});

test('a turn that runs while its server is stopped in order goes on after the next start, and is not called interrupted', async () => {
  rigger = await startRigger();
  const session = await rigger.create({ pattern: 'long-running', config: tools });
  const turn = await queue(session.id, waits);
  await rigger.until(
    session.id,
    (event) => event.type === 'sdk.message' && JSON.stringify(event.data).includes('tool_use'),
  );
  await rigger.kill('SIGINT');
  expect(processesNaming(rigger.dataDir)).toEqual([]);
  await rigger.restart();
  await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === turn);
  const [done] = await rigger.turns(session.id);
  expect(done).toMatchObject({ attempt: 2, status: 'succeeded' });
  expect(done?.response?.content).toContain('The process that ran you died');
});

test('a key is remembered over the death of its server', async () => {
  rigger = await startRigger();
  const key = { 'idempotency-key': 'create-1' };
  const created = await rigger.call('POST', '/api/sessions', { pattern: 'hybrid', config: {} }, key);
  const path = `/api/sessions/${created.body.id}/message`;
  const first = await rigger.call('POST', path, { prompt: 'once' }, { 'idempotency-key': 'message-1' });
  expect(first.body.turn.status).toBe('succeeded');
  await rigger.kill('SIGKILL');
  await rigger.restart();
  const again = await rigger.call('POST', '/api/sessions', { config: {}, pattern: 'hybrid' }, key);
  expect(again.body).toEqual(created.body);
  const repeated = await rigger.call('POST', path, { prompt: 'once' }, { 'idempotency-key': 'message-1' });
  expect(repeated.body).toMatchObject({
    response: first.body.response,
    result: first.body.result,
    latency: first.body.latency,
    turn: first.body.turn,
  });
  expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  expect(await rigger.turns(created.body.id)).toHaveLength(1);
});

test('a server that is told to go away leaves a working runner to the next one: its turn ends as if nothing had happened', async () => {
  rigger = await startRigger();
  const session = await rigger.create({ pattern: 'long-running', config: tools });
  const turn = await queue(session.id, waits);
  await toolRuns(session.id);
  const runner = rigger.runnerPid();
  const began = performance.now();
  await rigger.kill('SIGTERM');
  expect(performance.now() - began).toBeLessThan(10_000);
  await letGo(session.id);
  await rigger.restart();
  expect(rigger.runnerPid()).toBe(runner);
  await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === turn);
  expect((await rigger.turns(session.id))[0]).toMatchObject({
    status: 'succeeded',
    attempt: 1,
    response: { content: 'the turn ended normally' },
  });
});

test('a server that is told to go away while nothing works leaves nothing behind', async () => {
  rigger = await startRigger();
  const session = await rigger.create({ pattern: 'long-running', config: tools });
  await rigger.say(session.id, 'remember the heron');
  await rigger.kill('SIGTERM');
  expect(processesNaming(rigger.dataDir)).toEqual([]);
  await rigger.restart();
  expect((await rigger.say(session.id, 'What did I say?')).response.content).toContain('remember the heron');
});

test('a runner that stood still past its lease gives up what it held, and the turn goes on', async () => {
  rigger = await startRigger({ RIGGER_LEASE_MS: '5000', RIGGER_SWEEP_INTERVAL_MS: '5000' });
  const session = await rigger.create({ pattern: 'hybrid', config: tools });
  const turn = await queue(session.id, waits);
  await rigger.until(
    session.id,
    (event) => event.type === 'sdk.message' && JSON.stringify(event.data).includes('tool_use'),
  );
  const runner = rigger.runnerPid();
  process.kill(runner, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 4_500));
  process.kill(runner, 'SIGCONT');
  const finished = await rigger.until(session.id, (event) => event.type === 'turn.finished' && event.turnId === turn);
  expect(finished.data).toMatchObject({ status: 'succeeded' });
  expect((await rigger.turns(session.id))[0]).toMatchObject({ attempt: 2 });
  expect((await rigger.say(session.id, 'again')).turn.status).toBe('succeeded');
});

test('an adopted runner that ends is replaced', async () => {
  rigger = await startRigger();
  const runner = rigger.runnerPid();
  await rigger.kill('SIGKILL');
  await rigger.restart();
  process.kill(runner, 'SIGTERM');
  while (rigger.runnerPid() === runner) await new Promise((resolve) => setTimeout(resolve, 50));
  const session = await rigger.create({ pattern: 'ephemeral', config: {} });
  expect((await rigger.say(session.id, 'hi')).turn.status).toBe('succeeded');
});

test('a server that is killed while a snapshot is taken leaves none that is half: it is taken again, and has all', async () => {
  // However long the restart takes here, the session is to stay on its runner.
  rigger = await startRigger({ RIGGER_LEASE_MS: '120000' });
  const { id } = await rigger.create({ pattern: 'hybrid', config: tools });
  const make = bash('head -c 80000000 /dev/urandom > large; sha256sum < large');
  const { response } = await rigger.say(id, script(make, { text: '{{lastToolResult}}' }));
  const kept = join(rigger.dataDir, 'snapshots');
  const taking = rigger.call('POST', `/api/sessions/${id}/snapshots`).catch(() => null);
  while (!existsSync(kept) || readdirSync(kept).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await rigger.kill('SIGKILL');
  await taking;
  await rigger.restart();
  await rigger.until(id, (event) => /^snapshot\.(taken|failed)$/.test(event.type));
  const { status, body } = await rigger.call('POST', `/api/sessions/${id}/snapshots`);
  expect({ status, body }).toMatchObject({ status: 201, body: { files: 1 } });
  const known = await rigger.sql<{ hash: string }>('SELECT hash FROM blobs WHERE stored');
  for (const { hash } of known) expect(existsSync(join(kept, hash.slice(0, 2), hash))).toBe(true);
  const gone = bash('rm large; echo other > large');
  await rigger.say(id, script(gone, { text: 'done' }));
  await rigger.call('POST', `/api/sessions/${id}/rewind`, { snapshot: body.id });
  const look = script(bash('sha256sum < large'), { text: '{{lastToolResult}}' });
  expect((await rigger.say(id, look)).response.content).toBe(response.content);
}, 90_000);
