/** Files that outlive their runner: saved when a session parks, moves or is asked to, and restored where it goes on. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { bash, HANG, type Json, type Rigger, script } from './harness.ts';

const config = { allowedTools: ['Bash'] };
const MAKE =
  'mkdir -p a/b; echo deep > a/b/file; printf "#!/bin/sh\\necho ran" > run.sh; chmod +x run.sh; ln -s a/b/file link';
const SEE = 'cat link; ./run.sh; find . | sort | tr "\\n" " "; stat -c %U .';
const SEEN = 'deep\nran\n. ./a ./a/b ./a/b/file ./link ./run.sh agent';

let store: string;
let cluster: Cluster;
let server: Rigger;
beforeAll(async () => {
  store = mkdtempSync(join(tmpdir(), 'rigger-store-'));
  cluster = await startCluster(1, {
    RIGGER_LEASE_MS: '3000',
    RIGGER_SWEEP_INTERVAL_MS: '500',
    RIGGER_SNAPSHOT_STORE: `folder:${store}`,
    RIGGER_SNAPSHOTS_KEPT: '2',
  });
  server = cluster.servers[0]!;
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(store, { recursive: true, force: true });
});

const said = async (id: string, ...steps: object[]): Promise<string> =>
  (await server.say(id, script(...steps, { text: '{{lastToolResult}}' }))).response.content;
const park = async (id: string): Promise<void> => {
  const before = (await server.events(id)).length;
  await server.call('PATCH', `/api/sessions/${id}`, { status: 'idle' });
  await server.until(id, (event) => event.seq > before && /^snapshot\.(taken|failed)$/.test(event.type));
};
const post = (path: string, body?: object) => server.call('POST', `/api/sessions/${path}`, body);
const blobs = (): string[] =>
  readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('on one runner', () => {
  let id: string;
  beforeAll(async () => {
    await cluster.startRunner('first');
    ({ id } = await server.create({ pattern: 'hybrid', config }));
    await said(id, bash(MAKE));
  });

  test('a session that parks is saved, with its files, its conversation’s place and what it had used', async () => {
    await park(id);
    const { snapshots } = (await server.call('GET', `/api/sessions/${id}/snapshots`)).body;
    const { totalCost, totalTokens, numTurns } = await server.get(id);
    expect(snapshots).toEqual([
      expect.objectContaining({ sessionId: id, reason: 'parked', files: 2, totalCost, totalTokens, numTurns }),
    ]);
    const [{ entry }] = (await server.sql<{ entry: Json }>(
      "SELECT entry FROM transcript_entries WHERE session_id = $1 AND entry ->> 'type' = 'assistant' ORDER BY n DESC LIMIT 1",
      [id],
    )) as [{ entry: Json }];
    expect(snapshots[0].lastMessageId).toBe(entry.uuid);
  });

  test('a runner that has the files goes on with its own', async () => {
    expect(await said(id, bash(SEE))).toBe(SEEN);
    expect((await server.events(id)).filter((event) => event.type === 'snapshot.restored')).toEqual([]);
  });

  test('a second snapshot stores what changed alone, and the oldest of those taken by themselves go', async () => {
    for (const word of ['one', 'two', 'three']) {
      await said(id, bash(`echo ${word} > more`));
      await park(id);
    }
    const { snapshots } = (await server.call('GET', `/api/sessions/${id}/snapshots`)).body;
    expect(snapshots).toHaveLength(2);
    const taken = (await server.events(id)).filter((event) => event.type === 'snapshot.taken');
    expect(taken).toHaveLength(4);
    expect(Number(taken.at(-1)!.data.addedBytes)).toBeLessThan(400);
  });

  test('one is taken when it is asked for, also while a turn runs, and can be gone back to', async () => {
    await said(id, bash('echo kept > more'));
    const running = server.say(id, script(bash(`echo now > more; ${HANG}`)));
    await server.until(id, (event) => event.type === 'sdk.message' && JSON.stringify(event.data).includes('echo now'));
    const { status, body: taken } = await post(`${id}/snapshots`);
    expect({ status, taken }).toMatchObject({ status: 201, taken: { reason: 'on_demand' } });
    expect(await post(`${id}/snapshots/${taken.id}/restore`)).toMatchObject({ status: 409, body: { code: 'busy' } });
    await post(`${id}/interrupt`);
    await running;
    await said(id, bash('rm -r a; echo later > more'));
    expect(await post(`${id}/snapshots/${taken.id}/restore`)).toMatchObject({ status: 200, body: { id: taken.id } });
    expect(await said(id, bash('cat more link'))).toMatch(/^(now|kept)\ndeep$/);
    // Once: what is done after that stays.
    await said(id, bash('echo after > more'));
    await park(id);
    expect(await said(id, bash('cat more'))).toBe('after');
  });

  test('another session begins with the files of a snapshot', async () => {
    const { snapshots } = (await server.call('GET', `/api/sessions/${id}/snapshots`)).body;
    const other = await server.create({
      pattern: 'hybrid',
      config: { ...config, source: { snapshot: snapshots[0].id } },
    });
    expect(await said(other.id, bash('cat link more'))).toBe('deep\nafter');
    const missing = { pattern: 'hybrid', config: { source: { snapshot: 'snap_none' } } };
    expect(await server.call('POST', '/api/sessions', missing)).toMatchObject({
      status: 404,
      body: { code: 'snapshot_not_found' },
    });
  });

  test('a fork has conversation and files as of now, of a snapshot or of an earlier message, and leaves its origin alone', async () => {
    const origin = await server.create({ pattern: 'hybrid', config, tags: ['origin'], maxBudgetUsd: 3 });
    await server.say(origin.id, 'The first word is kiwi.');
    await said(origin.id, bash('echo first > file'));
    const { body: early } = await post(`${origin.id}/snapshots`);
    await server.say(origin.id, 'The second word is plum.');
    await said(origin.id, bash('echo second > file'));

    const [now, then, after] = [
      await post(`${origin.id}/fork`, { description: 'a branch' }),
      await post(`${origin.id}/fork`, { snapshot: early.id }),
      await post(`${origin.id}/fork`, { atMessageId: early.lastMessageId }),
    ];
    expect(now).toMatchObject({
      status: 201,
      body: { pattern: 'hybrid', tags: ['origin'], maxBudgetUsd: 3, description: 'a branch' },
    });
    const look = [
      { tools: [{ name: 'Bash', input: { command: 'cat file', description: 'x' } }] },
      { text: '{{lastToolResult}} {{prompts}}' },
    ];
    for (const [fork, file, words] of [
      [now, 'second', /kiwi[\s\S]*plum/],
      [then, 'first', /kiwi(?![\s\S]*plum)/],
      [after, 'first', /kiwi(?![\s\S]*plum)/],
    ] as const) {
      const { content } = (await server.say(fork.body.id, script(...look))).response;
      expect(content).toMatch(words);
      expect(content.startsWith(file), content).toBe(true);
    }
    await said(then.body.id, bash('echo elsewhere > file'));
    expect(await said(origin.id, bash('cat file'))).toBe('second');
    const ids = await Promise.all(
      [origin.id, now.body.id, then.body.id].map(async (one) => (await server.get(one)).sessionId),
    );
    expect(new Set(ids).size).toBe(3);
    const wrong = { atMessageId: '00000000-0000-4000-8000-000000000000' };
    expect(await post(`${origin.id}/fork`, wrong)).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'atMessageId' }] },
    });
  });

  test('what is asked of a snapshot that is not there, or of another session, is not found', async () => {
    const { snapshots } = (await server.call('GET', `/api/sessions/${id}/snapshots`)).body;
    const other = await server.create({ pattern: 'hybrid', config });
    for (const path of [`${id}/snapshots/snap_none`, `${other.id}/snapshots/${snapshots[0].id}`])
      for (const [method, action] of [['GET', ''], ['DELETE', ''], ['POST', '/restore']] as const)
        expect(await server.call(method, `/api/sessions/${path}${action}`)).toMatchObject({ status: 404, body: { code: 'snapshot_not_found' } }); // biome-ignore format: one line
    expect(await post('sess_none/snapshots')).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
  });
});

test('a parked session comes back on another runner, with its files and its memory', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config });
  await server.say(id, 'Remember the word kiwi.');
  await said(id, bash(MAKE));
  await park(id);
  const second = await cluster.startRunner('second');
  await server.call('POST', '/api/runners/first/drain', { draining: true });
  expect(await said(id, bash(SEE))).toBe(SEEN);
  expect((await server.until(id, (event) => event.type === 'snapshot.restored')).data).toMatchObject({ files: 2 });
  expect((await server.say(id, script({ text: '{{prompts}}' }))).response.content).toContain('kiwi');
  const placed = (await server.events(id)).filter((event) => event.type === 'session.placed');
  expect(placed.map((event) => event.data.runner)).toEqual(['first', 'second']);

  // And from there, once that runner ends, where it began: with what it did elsewhere, not with the files it had left here.
  await said(id, bash('echo from the second > more'));
  await server.call('POST', '/api/runners/first/drain', { draining: false });
  await second.end('SIGTERM');
  expect(await said(id, bash('cat more link'))).toBe('from the second\ndeep');
});

test('a runner that is drained saves what it has before it lets go: a resident session goes on elsewhere with its files', async () => {
  const { id } = await server.create({ pattern: 'long-running', config });
  await said(id, bash(MAKE));
  const other = await cluster.startRunner('other');
  await server.call('POST', '/api/runners/first/drain', { draining: true });
  await server.until(id, (event) => event.type === 'session.placed' && event.data.runner === 'other');
  expect(await said(id, bash(SEE))).toBe(SEEN);
  const told = (await server.events(id)).filter(({ type }) => /^(snapshot|session\.placed)/.test(type));
  expect(told.map(({ type, data }) => data.reason ?? data.runner ?? type)).toEqual(['first', 'moved', 'other', 'snapshot.restored']); // biome-ignore format: one line
  await server.call('DELETE', `/api/sessions/${id}`);
  await server.call('POST', '/api/runners/first/drain', { draining: false });
  await other.end('SIGTERM');
});

test('files whose conversation has lost its last message are not gone on with: no turn is taken up', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config });
  await said(id, bash('echo one > file'));
  await said(id, bash('echo two > file'));
  await park(id);
  // As when the database was set back to an earlier day.
  await server.sql(
    "DELETE FROM transcript_entries WHERE session_id = $1 AND n > (SELECT min(n) FROM transcript_entries WHERE session_id = $1 AND entry ->> 'type' = 'assistant')",
    [id],
  );
  const before = (await server.events(id)).length;
  const answer = await post(`${id}/message`, { prompt: 'hello' });
  expect(answer.body.turn).toMatchObject({ status: 'failed', error: { code: 'snapshot_damaged' } });
  const after = (await server.events(id)).slice(before).map((event) => event.type);
  expect(after).not.toContain('turn.started');
  expect(after).not.toContain('agent.started');
});

test('a session whose files are nowhere is refused, and the runner that was to have it goes on with others', async () => {
  const origin = await server.create({ pattern: 'hybrid', config });
  await said(origin.id, bash('echo one > file'));
  const { body: taken } = await post(`${origin.id}/snapshots`);
  const lost = await server.create({ pattern: 'hybrid', config: { ...config, source: { snapshot: taken.id } } });
  await server.sql('DELETE FROM snapshots WHERE id = $1 OR session_id = $2', [taken.id, lost.id]);
  const answer = await post(`${lost.id}/message`, { prompt: 'hello' });
  expect(answer.body.turn).toMatchObject({ status: 'failed', error: { code: 'snapshot_not_found' } });
  expect((await server.get(lost.id)).status).toBe('error');
  expect(await said(origin.id, bash('cat file'))).toBe('one');
  expect((await server.events(origin.id)).filter((event) => event.type === 'session.placed')).toHaveLength(1);
});

test('a snapshot that was damaged refuses the session, and says so', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config });
  await said(id, bash('head -c 100000 /dev/urandom > file'));
  const known = new Set(blobs());
  await park(id);
  const [pack] = blobs().filter((path) => !known.has(path));
  const third = await cluster.startRunner('third');
  await server.call('POST', '/api/runners/first/drain', { draining: true });
  chmodSync(pack!, 0o600);
  truncateSync(pack!, 10);
  const answer = await post(`${id}/message`, { prompt: 'hello' });
  expect(answer.body.turn).toMatchObject({ status: 'failed', error: { code: 'snapshot_damaged' } });
  await server.call('POST', '/api/runners/first/drain', { draining: false });
  await third.end('SIGTERM');
});
