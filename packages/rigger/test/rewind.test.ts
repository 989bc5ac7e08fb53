/** Files put back to how they were at a message, and forks from there: nothing else is touched, and nothing is lost. */
import type { SessionEvent } from '@rigger/server/types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, HANG, type Json, type Rigger, script, startRigger } from './harness.ts';

const config = { allowedTools: ['Bash'] };
const keeps = { ...config, enableFileCheckpointing: true };

let server: Rigger;
beforeAll(async () => {
  server = await startRigger({ RIGGER_SNAPSHOTS_KEPT: '2', RIGGER_SNAPSHOTS_MAX: '3', RIGGER_CHECKPOINTS_KEPT: '5', RIGGER_RUNNER_CAPACITY: '3' }); // biome-ignore format: one line
});
afterAll(() => server?.stop());

const post = (path: string, body?: object) => server.call('POST', `/api/sessions/${path}`, body);
const rewind = (id: string, body: object) => post(`${id}/rewind`, body);
const does = (id: string, command: string): Promise<Json> =>
  server.say(id, script(bash(command), { text: '{{lastToolResult}}' }));
const said = async (id: string, command: string): Promise<string> => (await does(id, command)).response.content;
const fileOf = async (id: string, path: string): Promise<string | null> => {
  const answer = await fetch(new URL(`/api/sessions/${id}/files/${path}`, server.url));
  return answer.status === 404 ? null : (await answer.text()).trim();
};
const snapshotsOf = async (id: string): Promise<Json[]> =>
  (await server.call('GET', `/api/sessions/${id}/snapshots`)).body.snapshots;
const park = async (id: string): Promise<void> => {
  const before = (await server.events(id)).length;
  await server.call('PATCH', `/api/sessions/${id}`, { status: 'idle' });
  await server.until(id, (event) => event.seq > before && event.type === 'snapshot.taken');
};
const gone = (id: string) => server.call('DELETE', `/api/sessions/${id}`);

describe('with enableFileCheckpointing, files', () => {
  let id: string;
  let turns: Json[];
  beforeAll(async () => {
    ({ id } = await server.create({ pattern: 'hybrid', config: keeps }));
    turns = [
      (await does(id, 'echo one > file; mkdir folder; echo x > folder/first; chmod 755 file')).turn,
      (await does(id, 'echo two > file; rm -r folder; ln -s file link')).turn,
      (await does(id, 'echo three > file; echo more > other; chmod 644 file')).turn,
    ];
  });
  afterAll(() => gone(id));

  test('are kept before every turn, whatever changes them, the first one too', async () => {
    const kept = (await snapshotsOf(id)).filter((one) => one.reason === 'turn');
    expect(kept.map((one) => [one.turnId, one.files])).toEqual([
      [turns[2].id, 1],
      [turns[1].id, 2],
      [turns[0].id, 0],
    ]);
    const taken = (await server.events(id)).filter((event) => event.type === 'snapshot.taken');
    expect(taken.map((event) => event.turnId)).toEqual(turns.map((turn) => turn.id));
  });

  test('are shown as they would become, without a change', async () => {
    const before = await snapshotsOf(id);
    const { status, body } = await rewind(id, { turnId: turns[1].id, dryRun: true });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { dryRun: true, undo: null, snapshot: { turnId: turns[1].id }, added: 2, changed: 1, removed: 2 },
    });
    expect(body.changes).toEqual([
      { path: 'file', change: 'changed', type: 'file' },
      { path: 'folder', change: 'added', type: 'folder' },
      { path: 'folder/first', change: 'added', type: 'file' },
      { path: 'link', change: 'removed', type: 'link' },
      { path: 'other', change: 'removed', type: 'file' },
    ]);
    expect(await fileOf(id, 'file')).toBe('three');
    expect(await snapshotsOf(id)).toEqual(before);
  });

  test('are as they were before a turn once it is answered, and that can be undone', async () => {
    const { body } = await rewind(id, { turnId: turns[1].id });
    expect(body).toMatchObject({
      dryRun: false,
      undo: expect.stringMatching(/^snap_/),
      added: 2,
      changed: 1,
      removed: 2,
    });
    expect([await fileOf(id, 'file'), await fileOf(id, 'folder/first'), await fileOf(id, 'other')]).toEqual(['one', 'x', null]); // biome-ignore format: one line
    expect((await server.until(id, (event) => event.type === 'session.rewound')).data).toMatchObject({
      to: body.snapshot.id,
      undo: body.undo,
      turnId: turns[1].id,
    });
    expect((await snapshotsOf(id)).find((one) => one.id === body.undo)).toMatchObject({ reason: 'rewound' });

    const back = await rewind(id, { snapshot: body.undo });
    expect(back.body).toMatchObject({ added: 2, changed: 1, removed: 2 });
    expect([await fileOf(id, 'file'), await fileOf(id, 'folder/first'), await fileOf(id, 'other')]).toEqual(['three', null, 'more']); // biome-ignore format: one line
    // And once more to the same, which is another request.
    await rewind(id, { turnId: turns[1].id });
    expect(await fileOf(id, 'file')).toBe('one');
    await rewind(id, { snapshot: back.body.undo });
    expect(await rewind(id, { snapshot: back.body.undo })).toMatchObject({
      status: 200,
      body: { undo: null, changes: [] },
    });
  });

  test('can be gone back to by a message: a prompt of a user, or the last one of a turn', async () => {
    const messages = (await server.events(id)).filter(
      (event) => event.type === 'sdk.message' && (event.data as Json).type === 'assistant',
    );
    const last = messages.findLast((event) => event.turnId === turns[0].id)!.data as Json;
    const first = messages.find((event) => event.turnId === turns[0].id)!.data as Json;
    expect((await rewind(id, { messageId: last.uuid })).body).toMatchObject({ snapshot: { turnId: turns[1].id } });
    expect(await fileOf(id, 'file')).toBe('one');
    const hex = String(turns[0].id).slice(5);
    const prompt = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    expect((await rewind(id, { messageId: prompt })).body).toMatchObject({ snapshot: { turnId: turns[0].id } });
    expect(await fileOf(id, 'file')).toBeNull();
    // In the middle of a turn nothing is kept: nothing is guessed.
    expect(await rewind(id, { messageId: first.uuid })).toMatchObject({
      status: 409,
      body: { code: 'rewind_inexact', nearest: expect.stringMatching(/^snap_/) },
    });
  });

  test('that are rewound leave the conversation as it is, which goes on from there with them', async () => {
    const look = script(bash('ls; echo later > later'), { text: '{{prompts}}' });
    const { response } = await server.say(id, look);
    expect(response.content).toContain('3. (an offline script)');
    expect(await fileOf(id, 'later')).toBe('later');
    await park(id);
    expect(await said(id, 'ls')).toBe('later');
  });

  test('of turns long ago are not kept for ever', async () => {
    for (const word of ['a', 'b', 'c']) await does(id, `echo ${word} > file`);
    expect((await snapshotsOf(id)).filter((one) => one.reason === 'turn')).toHaveLength(5);
    expect(await rewind(id, { turnId: turns[0].id })).toMatchObject({ status: 409, body: { code: 'rewind_inexact' } });
  });
});

test('a rewind is refused while a turn runs or waits, and of a session that has ended', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config: keeps });
  const { turn } = await does(id, 'echo one > file');
  const running = server.say(id, script(bash(HANG)));
  await server.until(id, (event) => event.type === 'sdk.message' && JSON.stringify(event.data).includes('setTimeout'));
  expect(await rewind(id, { turnId: turn.id })).toMatchObject({ status: 409, body: { code: 'busy' } });
  await post(`${id}/interrupt`);
  await running;
  expect(await rewind(id, {})).toMatchObject({ status: 400 });
  expect(await rewind(id, { turnId: turn.id, snapshot: 'snap_x' })).toMatchObject({ status: 400 });
  expect(await rewind(id, { turnId: 'turn_none' })).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'turnId' }] },
  });
  expect(await rewind(id, { snapshot: 'snap_none' })).toMatchObject({
    status: 404,
    body: { code: 'snapshot_not_found' },
  });
  await post(`${id}/terminate`);
  expect(await rewind(id, { turnId: turn.id })).toMatchObject({ status: 409, body: { code: 'session_not_active' } });
  await gone(id);
});

test('a parked session is rewound too, with what was written to it over the API meanwhile saved first', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config: keeps });
  await does(id, 'echo one > file');
  const { turn } = await does(id, 'echo two > file');
  await park(id);
  await server.call('PUT', `/api/sessions/${id}/files/written`, '"by hand"');
  const { status, body } = await rewind(id, { turnId: turn.id });
  expect({ status, body }).toMatchObject({ status: 200, body: { changed: 1, removed: 1 } });
  expect([await fileOf(id, 'file'), await fileOf(id, 'written')]).toEqual(['one', null]);
  await rewind(id, { snapshot: body.undo });
  expect([await fileOf(id, 'file'), await fileOf(id, 'written')]).toEqual(['two', '"by hand"']);
  await gone(id);
});

test('the oldest snapshot that is kept can be gone back to: letting go of the session does not take it away', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config });
  for (const word of ['one', 'two']) {
    await does(id, `echo ${word} > file`);
    await park(id);
  }
  await does(id, 'echo three > file');
  const oldest = (await snapshotsOf(id)).at(-1)!;
  expect((await rewind(id, { snapshot: oldest.id })).body).toMatchObject({ changed: 1 });
  expect(await fileOf(id, 'file')).toBe('one');
  await gone(id);
});

test('without enableFileCheckpointing a message is gone back to where its files happen to be kept, and else the nearest is named', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config });
  const first = (await does(id, 'echo one > file')).turn;
  await park(id);
  const second = (await does(id, 'echo two > file')).turn;
  const third = (await does(id, 'echo three > file')).turn;
  const { body } = await rewind(id, { turnId: third.id });
  expect(body).toMatchObject({ code: 'rewind_inexact', nearest: expect.stringMatching(/^snap_/) });
  expect(await rewind(id, { turnId: first.id })).toMatchObject({ status: 409, body: { nearest: null } });
  await rewind(id, { turnId: second.id });
  expect(await fileOf(id, 'file')).toBe('one');
  await gone(id);
});

test('a fork from an earlier message has the files of just then, and neither branch touches the other', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config: keeps });
  await server.say(id, 'The first word is kiwi.');
  await does(id, 'echo one > file');
  const at = (await server.events(id)).findLast(
    (event: SessionEvent) => event.type === 'sdk.message' && (event.data as Json).type === 'assistant',
  )!.data as Json;
  await server.say(id, 'The second word is plum.');
  await does(id, 'echo two > file');
  const { body: fork } = await post(`${id}/fork`, { atMessageId: at.uuid });
  const look = script(bash('cat file'), { text: '{{lastToolResult}} {{prompts}}' });
  const { content } = (await server.say(fork.id, look)).response;
  expect(content).toMatch(/^one [\s\S]*kiwi(?![\s\S]*plum)/);
  await does(fork.id, 'echo fork > file');
  const { turn } = await does(fork.id, 'echo again > file');
  await rewind(fork.id, { turnId: turn.id });
  expect([await fileOf(fork.id, 'file'), await fileOf(id, 'file')]).toEqual(['fork', 'two']);
  await rewind(id, { turnId: (await server.turns(id)).at(-1)!.id });
  expect([await fileOf(fork.id, 'file'), await fileOf(id, 'file')]).toEqual(['fork', 'one']);
  for (const one of [id, fork.id]) await gone(one);
});

test('what a session begins with is its own: the snapshot that it was made of may go', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config });
  await does(id, 'echo one > file');
  const { body: taken } = await post(`${id}/snapshots`);
  const other = await server.create({ pattern: 'hybrid', config: { ...config, source: { snapshot: taken.id } } });
  const { body: fork } = await post(`${id}/fork`);
  expect((await snapshotsOf(id)).map((one) => one.id)).toEqual([taken.id]);
  await server.call('DELETE', `/api/sessions/${id}/snapshots/${taken.id}`);
  await gone(id);
  expect(await said(other.id, 'cat file')).toBe('one');
  expect(await said(fork.id, 'cat file')).toBe('one');
  for (const one of [other.id, fork.id]) await gone(one);
});

test('a session has no more snapshots than it may of those that were asked for', async () => {
  const { id } = await server.create({ pattern: 'hybrid', config });
  await does(id, 'echo one > file');
  const taken = [await post(`${id}/snapshots`), await post(`${id}/snapshots`), await post(`${id}/snapshots`)];
  expect(taken.map((one) => one.status)).toEqual([201, 201, 201]);
  expect(await post(`${id}/snapshots`)).toMatchObject({ status: 409, body: { code: 'too_many_snapshots', most: 3 } });
  await server.call('DELETE', `/api/sessions/${id}/snapshots/${taken[0]!.body.id}`);
  expect((await post(`${id}/snapshots`)).status).toBe(201);
  await gone(id);
});
