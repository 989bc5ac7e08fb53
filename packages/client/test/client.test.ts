/** The client against a real server, which is killed and started again at the same address. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, type Rigger as Server, script, startRigger } from '../../rigger/test/harness.ts';
import {
  type Delta,
  type MessagePart,
  Rigger,
  RiggerApiError,
  RiggerConnectionError,
  type SessionEvent,
} from '../src/index.ts';

let server: Server;
let rigger: Rigger;

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

beforeAll(async () => {
  server = await startRigger({
    PORT: String(await freePort()),
    RIGGER_VAULT_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  rigger = new Rigger({ baseUrl: server.url });
});
afterAll(() => server.stop());

const make = (client = rigger) =>
  client.sessions.create({ pattern: 'long-running', config: { allowedTools: ['Bash'] } });

/** A turn that waits for a file, so that a test decides when it goes on. */
const WAITS = script(
  bash(
    "echo once >> trace.txt; node -e \"const t=setInterval(()=>{if(require('fs').existsSync('go')){clearInterval(t)}},50)\"; echo waited",
  ),
  { text: 'the turn ended normally' },
);
const inWorkspace = (id: string, name: string) => join(server.dataDir, 'sessions', id, 'workspace', name);
const toolRuns = (id: string) =>
  expect.poll(() => existsSync(inWorkspace(id, 'trace.txt')), { timeout: 20_000 }).toBe(true);
const letGo = (id: string) => writeFile(inWorkspace(id, 'go'), '');

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The platform's fetch, which loses some of the answers after the server has given them. */
function losing(lose: (url: string, times: number) => boolean): typeof fetch {
  let times = 0;
  return async (input, init) => {
    const answer = await fetch(input, init);
    if (!lose(String(input), times)) return answer;
    times += 1;
    await answer.arrayBuffer();
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('the line broke'), { code: 'ECONNRESET' }) });
  };
}

describe('what is sent twice is done once', () => {
  test('a create whose answer was lost makes one session', async () => {
    const unlucky = new Rigger({
      baseUrl: server.url,
      fetch: losing((url, times) => url.endsWith('/api/sessions') && times < 2),
    });
    const tags = ['made-once'];
    const session = await unlucky.sessions.create({ pattern: 'hybrid', tags });
    expect((await rigger.sessions.list({ tags })).sessions.map(({ id }) => id)).toEqual([session.id]);
  });

  test('two creates are two, and one under a key of mine is one', async () => {
    const [first, second] = await Promise.all([make(), make()]);
    expect(first.id).not.toBe(second.id);
    const idempotencyKey = 'mine-1';
    const request = { pattern: 'hybrid' } as const;
    const once = await rigger.sessions.create(request, { idempotencyKey });
    expect((await rigger.sessions.create(request, { idempotencyKey })).id).toBe(once.id);
    const other = rigger.sessions.create({ pattern: 'ephemeral' }, { idempotencyKey });
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 409 });
  });

  test('a message whose server is killed while it is waited for is answered by the next one, and is one turn', async () => {
    const { id } = await make();
    const waits: string[] = [];
    const patient = new Rigger({ baseUrl: server.url, onRetry: ({ error }) => waits.push(error.name) });
    const answer = patient.sessions.message(id, WAITS);
    await toolRuns(id);
    await server.kill('SIGKILL');
    await letGo(id);
    await server.restart();
    expect(await answer).toMatchObject({
      response: { content: 'the turn ended normally' },
      turn: { status: 'succeeded', attempt: 1 },
    });
    expect(new Set(waits)).toEqual(new Set(['RiggerConnectionError']));
    expect((await rigger.sessions.turns(id)).turns).toHaveLength(1);
  });

  test('a streamed message goes on where it was after its server was killed', async () => {
    const { id } = await make();
    const parts: MessagePart[] = [];
    const reading = (async () => {
      for await (const part of rigger.sessions.messageStream(id, WAITS)) parts.push(part);
    })();
    await toolRuns(id);
    await server.kill('SIGKILL');
    await letGo(id);
    await server.restart();
    await reading;
    const stored = (await server.events(id)).filter(({ type }) => type === 'sdk.message');
    expect(parts.filter(({ type }) => type === 'message')).toEqual(
      stored.map(({ seq, data }) => ({ type: 'message', seq, data })),
    );
    expect(parts.at(-1)).toMatchObject({ type: 'done', turn: { status: 'succeeded' }, session: { id } });
    expect((await rigger.sessions.turns(id)).turns).toHaveLength(1);
  });
});

describe('a log that is followed', () => {
  test('comes whole and each event once, over a server that is killed and one that is stopped', async () => {
    const { id } = await make();
    const seen: SessionEvent[] = [];
    const losses: unknown[] = [];
    const following = (async () => {
      const options = { untilEnded: true, onReconnect: ({ error }: { error: Error | null }) => losses.push(error) };
      for await (const event of rigger.sessions.follow(id, options)) seen.push(event);
    })();
    await rigger.sessions.queue(id, WAITS);
    await toolRuns(id);
    await server.kill('SIGKILL');
    await letGo(id);
    await server.restart();
    await server.until(id, ({ type }) => type === 'turn.finished');
    // Else it might still be away from the first one when the second goes.
    await expect.poll(() => seen.some(({ type }) => type === 'turn.finished'), { timeout: 20_000 }).toBe(true);
    await server.kill('SIGTERM');
    await server.restart();
    await rigger.sessions.message(id, 'Hello');
    await rigger.sessions.terminate(id);
    await following;
    const log = await server.events(id);
    expect(seen).toEqual(log.slice(0, seen.length));
    // What an agent says as it goes may still come behind the end.
    expect(seen).toContainEqual(
      expect.objectContaining({
        type: 'session.status_changed',
        data: expect.objectContaining({ status: 'terminated' }),
      }),
    );
    expect(losses.length).toBeGreaterThanOrEqual(2);
  });

  test('begins after a cursor, and ends at once where the session had ended before it', async () => {
    const { id } = await make();
    await rigger.sessions.message(id, 'Hello');
    await rigger.sessions.terminate(id);
    const whole = await all(rigger.sessions.eachEvent(id));
    expect(whole).toEqual(await server.events(id));
    const tail = await all(rigger.sessions.follow(id, { after: 3, untilEnded: true }));
    expect(tail).toEqual(whole.slice(3));
    const after = whole.length;
    expect(await all(rigger.sessions.follow(id, { after, untilEnded: true }))).toEqual([]);
  });

  test('has the words as they come where they are asked for', async () => {
    const { id } = await make();
    await rigger.sessions.message(id, 'Hello');
    const seen: (SessionEvent | Delta)[] = [];
    const leave = new AbortController();
    const following = (async () => {
      for await (const event of rigger.sessions.follow(id, { deltas: true, signal: leave.signal })) {
        seen.push(event);
        if (event.type === 'turn.finished' && event.seq !== undefined && seen.some(({ type }) => type === 'sdk.delta'))
          leave.abort(new Error('seen enough'));
      }
    })();
    // Caught up before there are words to miss.
    await expect.poll(() => seen.filter(({ type }) => type === 'turn.finished').length).toBe(1);
    await rigger.sessions.message(id, script({ text: 'word by word by word', chunkDelayMs: 5 }));
    await expect(following).rejects.toThrow('seen enough');
    const words = seen.flatMap((event) => (event.type === 'sdk.delta' ? [JSON.stringify(event.data)] : [])).join('');
    expect(words).toContain('text_delta');
    const numbered = seen.flatMap(({ seq }) => seq ?? []);
    expect(numbered).toEqual(numbered.map((_, index) => index + 1));
  });

  test('ends when its session is deleted, and is refused for one that never was', async () => {
    const { id } = await make();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { type } of rigger.sessions.follow(id)) seen.push(type);
    })();
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    expect(await rigger.sessions.delete(id)).toEqual({ success: true, id });
    await following;
    await expect(all(rigger.sessions.follow('sess_none'))).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });
});

describe('what goes wrong', () => {
  test('a problem has its code, its remedy and the name of its request', async () => {
    const error = await rigger.sessions.get('sess_none').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RiggerApiError);
    expect(error).toMatchObject({
      name: 'RiggerApiError',
      message: 'Session not found',
      code: 'session_not_found',
      status: 404,
      title: 'Session not found',
      remedy: expect.stringContaining('list sessions'),
      retryable: false,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      body: { id: 'sess_none' },
    });
    await expect(rigger.sessions.create({ pattern: 'ephemeral', maxTurns: -1 })).rejects.toMatchObject({
      code: 'invalid_request',
      body: { issues: [{ path: 'maxTurns' }] },
    });
  });

  test('where nobody listens, it says so after as long as it was told to try', async () => {
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    const waits: number[] = [];
    const nobody = new Rigger({ baseUrl, retryForMs: 1_000, onRetry: ({ waitMs }) => waits.push(waitMs) });
    const error = await nobody.sessions.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RiggerConnectionError);
    expect(error).toMatchObject({ code: 'unreachable', reason: `ECONNREFUSED ${baseUrl.slice('http://'.length)}` });
    expect(waits.length).toBeGreaterThanOrEqual(2);
    await expect(nobody.health()).rejects.toBeInstanceOf(RiggerConnectionError);
    await expect(all(nobody.sessions.follow('sess_none'))).rejects.toBeInstanceOf(RiggerConnectionError);
    expect(() => new Rigger({ baseUrl: 'localhost:3333' })).toThrow(TypeError);
  });

  test('an aborted call ends with the reason of its signal, in the middle of waiting for another try too', async () => {
    const gone = new Error('enough');
    const nobody = new Rigger({
      baseUrl: `http://127.0.0.1:${await freePort()}`,
      onRetry: () => leave.abort(gone),
    });
    const leave = new AbortController();
    await expect(nobody.sessions.list({}, { signal: leave.signal })).rejects.toBe(gone);
    await expect(rigger.sessions.list({}, { signal: leave.signal })).rejects.toBe(gone);
  });

  test('who stops waiting for a message does not stop its turn', async () => {
    const { id } = await make();
    const leave = new AbortController();
    const answer = rigger.sessions.message(id, WAITS, { signal: leave.signal });
    const refused = expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await toolRuns(id);
    leave.abort();
    await refused;
    await letGo(id);
    const { data } = await server.until(id, ({ type }) => type === 'turn.finished');
    expect(data).toMatchObject({ status: 'succeeded' });
  });
});

describe('everything else', () => {
  test('files go in and out, alone and as archives, and are not overwritten against a condition', async () => {
    const { id } = await make();
    const { files } = rigger;
    expect(await files.write(id, 'src/a b.txt', 'hello')).toMatchObject({ path: 'src/a b.txt', created: true });
    const head = await files.head(id, 'src/a b.txt');
    expect(head).toMatchObject({ size: 5, etag: expect.any(String) });
    expect(Math.abs(head.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
    expect(await (await files.read(id, 'src/a b.txt', { range: 'bytes=1-2' })).text()).toBe('el');
    expect((await files.read(id, 'src/a b.txt', { ifNoneMatch: head.etag })).status).toBe(304);
    await expect(files.write(id, 'src/a b.txt', 'x', { ifNoneMatch: '*' })).rejects.toMatchObject({
      code: 'precondition_failed',
      status: 412,
    });
    const streamed = new Blob(['streamed']).stream() as ReadableStream<Uint8Array>;
    await files.write(id, 'streamed.txt', streamed);
    const archive = await files.archive(id, { format: 'tar' });
    const other = await make();
    expect(await files.unpack(other.id, await archive.arrayBuffer(), { format: 'tar' })).toMatchObject({ bytes: 13 });
    const names = [];
    for await (const entry of files.each(other.id, { recursive: true, limit: 1 })) names.push(entry.path);
    expect(names).toEqual(['src', 'src/a b.txt', 'streamed.txt']);
    expect((await files.list(other.id, { path: 'src' })).entries.map(({ path }) => path)).toEqual(['src/a b.txt']);
    await files.delete(other.id, 'src', { recursive: true });
    await expect(files.read(other.id, 'src/a b.txt')).rejects.toMatchObject({ code: 'file_not_found' });
    expect(() => files.delete(other.id, '../..')).toThrow(TypeError);
  });

  test('snapshots are taken, listed and restored, and a session is forked', async () => {
    const { id } = await make();
    await rigger.files.write(id, 'a.txt', 'before');
    await rigger.sessions.message(id, 'remember the heron');
    const taken = await rigger.snapshots.take(id);
    expect((await rigger.snapshots.list(id)).map((one) => one.id)).toEqual([taken.id]);
    expect(await rigger.snapshots.get(id, taken.id)).toEqual(taken);
    await rigger.files.write(id, 'a.txt', 'after');
    const fork = await rigger.sessions.fork(id, { snapshot: taken.id, tags: ['forked'] });
    expect((await rigger.sessions.message(fork.id, 'What did I say?')).response.content).toContain('the heron');
    expect(await (await rigger.files.read(fork.id, 'a.txt')).text()).toBe('before');
    await rigger.snapshots.restore(id, taken.id);
    await expect(rigger.snapshots.delete(id, taken.id)).rejects.toMatchObject({ code: 'busy' });
    await rigger.sessions.message(id, 'go on');
    expect(await (await rigger.files.read(id, 'a.txt')).text()).toBe('before');
    await rigger.snapshots.delete(id, taken.id);
    expect((await rigger.snapshots.list(id)).map((one) => one.id)).not.toContain(taken.id);
  });

  test('sessions are changed, parked, resumed, interrupted and counted', async () => {
    const tags = ['counted'];
    const { id } = await rigger.sessions.create({ pattern: 'hybrid', tags, config: { allowedTools: ['Bash'] } });
    const { turn } = await rigger.sessions.queue(id, WAITS);
    await toolRuns(id);
    expect(await rigger.sessions.interrupt(id)).toMatchObject({ interrupted: [turn.id], queued: [] });
    await server.until(id, ({ type }) => type === 'turn.finished');
    expect((await rigger.sessions.turn(id, turn.id)).status).toBe('interrupted');
    expect(await rigger.sessions.update(id, { description: 'Launch', status: 'idle' })).toMatchObject({
      status: 'idle',
      description: 'Launch',
    });
    expect((await rigger.sessions.resume(id)).id).toBe(id);
    expect(await rigger.sessions.terminate(id)).toMatchObject({ reason: 'user_requested' });
    expect((await rigger.sessions.resume(id, { config: { model: 'claude-sonnet-4-5' } })).id).not.toBe(id);
    const found = [];
    for await (const session of rigger.sessions.each({ tags, limit: 1 })) found.push(session.id);
    expect(found).toHaveLength(2);
    expect((await rigger.sessions.stats({ tags })).totalSessions).toBe(2);
  });

  test('budgets, secrets, runners, usage, and what the server says of itself', async () => {
    const budget = await rigger.budgets.set({ scope: 'all', period: 'total', limitUsd: 1_000 });
    expect(await rigger.budgets.list()).toMatchObject([{ id: budget.id, limitUsd: 1_000 }]);
    await rigger.budgets.delete(budget.id);
    await rigger.secrets.set('TOKEN', { value: 'long enough', hosts: ['example.com'] });
    expect(await rigger.secrets.get('TOKEN')).toEqual((await rigger.secrets.list())[0]);
    await rigger.secrets.delete('TOKEN');
    const [runner] = await rigger.runners.list();
    expect((await rigger.runners.drain(runner!.id)).state).toBe('draining');
    expect((await rigger.runners.drain(runner!.id, { draining: false })).state).toBe('ready');
    expect((await rigger.usage({ groupBy: 'model' })).total.calls).toBeGreaterThan(0);
    expect((await rigger.health()).status).toBe('ok');
    expect(await rigger.readiness()).toMatchObject({ ready: true, database: { ok: true } });
  });

  test('any route of the document can be asked for by its name, with its types', async () => {
    const session = await rigger.request('POST', '/api/sessions', { body: { pattern: 'hybrid' } });
    const path = { id: session.id };
    expect((await rigger.request('GET', '/api/sessions/{id}', { path })).id).toBe(session.id);
    const page = await rigger.request('GET', '/api/sessions', { query: { status: 'initializing', limit: 1 } });
    expect(page.sessions).toHaveLength(1);
    // @ts-expect-error: the document knows no such pattern
    const wrong = rigger.request('POST', '/api/sessions', { body: { pattern: 'none' } });
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_pattern' });
  });
});
