import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { followEvents, type Json, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger({ RIGGER_MAX_BODY_BYTES: '100000' });
});
afterAll(() => rigger.stop());

const MISSING = 'sess_abc123';

/** A client of the socket that keeps every frame it hears. */
interface Client {
  socket: WebSocket;
  frames: Json[];
  /** Resolves with the first frame that passes, heard or still to come. */
  until(test: (frame: Json) => boolean): Promise<Json>;
  say(frame: object | string): void;
  close(): void;
}

async function join(path: string, options: ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(`${rigger.url.replace('http', 'ws')}/api/sessions/${path}`, options);
  const frames: Json[] = [];
  let heard = () => {};
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    heard();
  });
  await once(socket, 'open');
  return {
    socket,
    frames,
    async until(test) {
      for (let from = 0; ; ) {
        for (; from < frames.length; from += 1) if (test(frames[from])) return frames[from];
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
    say: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    close: () => socket.terminate(),
  };
}

/** The answer to an upgrade that is refused. */
async function refusal(path: string, options: ClientOptions = {}): Promise<Json> {
  const socket = new WebSocket(`${rigger.url.replace('http', 'ws')}/api/sessions/${path}`, options);
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let text = '';
  for await (const part of answer) text += part;
  return { status: answer.statusCode, type: answer.headers['content-type'], body: JSON.parse(text) };
}

const stored = (frames: Json[]): Json[] => frames.filter((frame) => frame.seq !== undefined);
const seqs = (events: Json[]): number[] => events.map((event) => event.seq);
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n + 1);

async function readSse(id: string, after: number, upToSeq: number): Promise<Json[]> {
  const events: Json[] = [];
  for await (const event of followEvents(`${rigger.url}/api/sessions/${id}/events`, after)) {
    events.push(event);
    if (event.seq >= upToSeq) break;
  }
  return stored(events);
}

/** Makes a log that no connection's buffers can hold: messages that wait behind a turn that hangs. */
async function swell(id: string): Promise<number> {
  const queue = (prompt: string) =>
    rigger.call('POST', `/api/sessions/${id}/message`, { prompt }, { prefer: 'respond-async' });
  await queue(script({ text: 'One moment.', hangMs: 60_000 }));
  for (let n = 0; n < 120; n += 10) await Promise.all(Array.from({ length: 10 }, () => queue('x'.repeat(95_000))));
  await rigger.call('POST', `/api/sessions/${id}/terminate`);
  return (await rigger.get(id)).lastEventSeq;
}

describe('one log over every wire', () => {
  test('pages, SSE and WebSocket give the same events after the same cursor, stored and live', async () => {
    const session = await rigger.create({ pattern: 'hybrid' });
    await rigger.say(session.id, 'Hello');
    const client = await join(`${session.id}/ws`);
    expect(client.frames[0] ?? (await client.until(() => true))).toEqual({
      type: 'hello',
      session: session.id,
      lastSeq: (await rigger.get(session.id)).lastEventSeq,
    });
    await rigger.say(session.id, 'Hello again');
    const log = await rigger.events(session.id);
    const last = log.at(-1)!.seq;
    await client.until((frame) => frame.seq === last);
    expect(stored(client.frames)).toEqual(log);
    expect(client.frames.find((frame) => frame.type === 'sdk.delta')).not.toHaveProperty('seq');
    expect(await readSse(session.id, 0, last)).toEqual(log);

    const later = await join(`${session.id}/ws?after=5`);
    await later.until((frame) => frame.seq === last);
    expect(stored(later.frames)).toEqual(log.slice(5));
    expect(await readSse(session.id, 5, last)).toEqual(log.slice(5));
    expect((await rigger.call('GET', `/api/sessions/${session.id}/events?after=5&limit=1000`)).body.events).toEqual(
      log.slice(5),
    );
    for (const one of [client, later]) one.close();
  });

  test('messages and interrupts on the socket follow the rules of the routes', async () => {
    const session = await rigger.create({ pattern: 'hybrid' });
    const client = await join(`${session.id}/ws`);
    const answer = (ref: string) => client.until((frame) => frame.ref === ref);
    const finished = (turnId: string) =>
      client.until((frame) => frame.type === 'turn.finished' && frame.turnId === turnId);

    client.say({ type: 'message', ref: 'a', prompt: 'Hello', idempotencyKey: 'once' });
    client.say({ type: 'message', ref: 'b', prompt: 'Hello', idempotencyKey: 'once', agent: null });
    const first = await answer('a');
    expect(first).toEqual({ type: 'ack', ref: 'a', turnId: expect.stringMatching(/^turn_/), replayed: false });
    expect(await answer('b')).toEqual({ ...first, ref: 'b', replayed: true });
    const overHttp = { 'idempotency-key': 'once', prefer: 'respond-async' };
    const again = await rigger.call('POST', `/api/sessions/${session.id}/message`, { prompt: 'Hello' }, overHttp);
    expect(again).toMatchObject({ status: 202, body: { turn: { id: first.turnId } } });
    expect((await finished(first.turnId)).data).toMatchObject({ status: 'succeeded' });

    const hangs = script({ text: 'One moment.', hangMs: 60_000 });
    client.say({ type: 'message', ref: 'c', prompt: hangs });
    const { turnId } = await answer('c');
    await client.until((frame) => frame.type === 'turn.started' && frame.turnId === turnId);
    client.say({ type: 'interrupt', ref: 'd' });
    expect(await answer('d')).toEqual({ type: 'ack', ref: 'd', interrupted: [turnId], queued: [] });
    expect((await finished(turnId)).data).toMatchObject({ status: 'interrupted' });
    client.close();
  });

  test('a frame that is wrong is answered with a problem, and the socket stays', async () => {
    const session = await rigger.create({ pattern: 'hybrid' });
    const client = await join(`${session.id}/ws`);
    const said: [frame: object | string, problem: object][] = [
      ['{', { code: 'body_not_json', status: 400 }],
      [
        { type: 'dance', ref: 'r' },
        { code: 'invalid_request', ref: 'r', issues: [{ path: 'type' }] },
      ],
      [{ type: 'message', prompt: '' }, { code: 'invalid_request' }],
      [
        { type: 'message', prompt: 'x', streaming: true },
        { code: 'unknown_members', members: ['streaming'] },
      ],
      [
        { type: 'message', prompt: 'a\0b' },
        { code: 'invalid_request', issues: [{ path: 'prompt' }] },
      ],
      [
        { type: 'message', prompt: 'x', agent: 'nobody' },
        { code: 'agent_not_found', agents: ['main'] },
      ],
    ];
    for (const [frame] of said) client.say(frame);
    await client.until(() => client.frames.filter((frame) => frame.type === 'problem').length === said.length);
    const problems = client.frames.filter((frame) => frame.type === 'problem');
    for (const [n, [, problem]] of said.entries()) expect(problems[n]).toMatchObject(problem);
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    client.say({ type: 'message', ref: 'late', prompt: 'x' });
    expect(await client.until((frame) => frame.ref === 'late')).toMatchObject({
      type: 'problem',
      code: 'session_not_active',
      sessionStatus: 'terminated',
    });
    const closed = once(client.socket, 'close');
    client.say({ type: 'message', prompt: 'x'.repeat(100_001) });
    expect((await closed)[0]).toBe(1009);
  });

  test('a session that is deleted ends its streams, the socket with 1000', async () => {
    const session = await rigger.create({ pattern: 'hybrid' });
    const client = await join(`${session.id}/ws`);
    const closed = once(client.socket, 'close');
    const sse = readSse(session.id, 0, Number.POSITIVE_INFINITY);
    await client.until((frame) => frame.seq === 1);
    await rigger.call('DELETE', `/api/sessions/${session.id}`);
    expect((await closed)[0]).toBe(1000);
    await sse;
  });
});

describe('an upgrade is a request like others', () => {
  test('a page of another site is refused, also by a name that was rebound to this machine', async () => {
    const { id } = await rigger.create({ pattern: 'hybrid' });
    expect(await refusal(`${id}/ws`, { origin: 'http://evil.example' })).toMatchObject({
      status: 403,
      type: 'application/problem+json',
      body: { code: 'forbidden_origin' },
    });
    expect(await refusal(`${id}/ws`, { origin: 'null' })).toMatchObject({ status: 403 });
    expect(await refusal(`${id}/ws`, { origin: 'not an origin' })).toMatchObject({ status: 403 });
    expect(await refusal(`${id}/ws`, { headers: { host: 'evil.example' } })).toMatchObject({ status: 403 });
    (await join(`${id}/ws`, { origin: rigger.url })).close();
  });

  test('a missing session, a cursor that is none, and a request that is no upgrade are problems', async () => {
    const { id } = await rigger.create({ pattern: 'hybrid' });
    expect(await refusal(`${MISSING}/ws`)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    for (const query of ['after=-1', 'after=x', 'before=1'])
      expect(await refusal(`${id}/ws?${query}`), query).toMatchObject({ status: 400 });
    expect(await rigger.call('GET', `/api/sessions/${id}/ws`)).toMatchObject({
      status: 426,
      body: { code: 'upgrade_required' },
    });
  });

  test('a client that offers HTTP/2 is answered as if it had not', async () => {
    const { port } = new URL(rigger.url);
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' };
    const [answer] = await once(get({ port, host: '127.0.0.1', path: '/healthz', headers }), 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });

  test('connections that break in the middle of their upgrade do no harm', async () => {
    const { id } = await rigger.create({ pattern: 'hybrid' });
    const { hostname, port, host } = new URL(rigger.url);
    for (let n = 0; n < 50; n += 1) {
      const socket = connect({ host: hostname, port: Number(port) });
      await once(socket, 'connect');
      socket.write(
        `GET /api/sessions/${id}/ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      setTimeout(() => socket.resetAndDestroy(), n % 5);
    }
    (await join(`${id}/ws`)).close();
  });
});

test('a reader that stops reading is dropped, on either wire, and goes on from its cursor without a gap', async () => {
  const session = await rigger.create({ pattern: 'hybrid' });
  const url = `${rigger.url}/api/sessions/${session.id}/events`;
  const headers = { accept: 'text/event-stream' };
  const [answer] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  const slow = await join(`${session.id}/ws`);
  await slow.until((frame) => frame.seq === 1);
  slow.socket.pause();
  const last = await swell(session.id);

  const overSse: Json[] = [];
  const parser = createParser({ onEvent: (event) => overSse.push(JSON.parse(event.data)) });
  const cut = new Promise((resolve) => answer.on('error', resolve));
  answer.setEncoding('utf8').on('data', (part: string) => parser.feed(part));
  await cut;
  const closed = once(slow.socket, 'close');
  slow.socket.resume();
  expect((await closed)[0]).toBe(1013);
  for (const first of [stored(overSse), stored(slow.frames)]) {
    const cursor = first.at(-1).seq;
    expect(cursor).toBeLessThan(last);
    // What it missed is more than may pile up, in one page of the log: whoever reads it is waited for.
    expect(seqs([...first, ...(await readSse(session.id, cursor, last))])).toEqual(upTo(0, last));
    const again = await join(`${session.id}/ws?after=${cursor}`);
    await again.until((frame) => frame.seq === last);
    expect(seqs([...first, ...stored(again.frames)])).toEqual(upTo(0, last));
    again.close();
  }
}, 60_000);

test('a server that goes away ends its streams, and their readers go on at the next one', async () => {
  const session = await rigger.create({ pattern: 'hybrid' });
  await rigger.say(session.id, 'Hello');
  const client = await join(`${session.id}/ws`);
  await client.until((frame) => frame.type === 'hello');
  const answer = await fetch(`${rigger.url}/api/sessions/${session.id}/events`, {
    headers: { accept: 'text/event-stream' },
  });
  const text = answer.text();
  const log = await rigger.events(session.id);
  const last = log.at(-1)!.seq;
  await client.until((frame) => frame.seq === last);
  const closed = once(client.socket, 'close');
  await rigger.kill('SIGTERM');
  expect((await closed)[0]).toBe(1012);
  const ended = await text;
  expect(ended).toContain(`id: ${last}\n`);
  expect(ended).toMatch(/retry: 500\n: [^\n]+\n\n$/);

  await rigger.restart();
  await rigger.say(session.id, 'Hello again');
  const all = await rigger.events(session.id);
  expect(all.slice(0, log.length)).toEqual(log);
  const next = await join(`${session.id}/ws?after=${last}`);
  await next.until((frame) => frame.seq === all.at(-1)!.seq);
  expect(stored(next.frames)).toEqual(all.slice(log.length));
  expect(await readSse(session.id, last, all.at(-1)!.seq)).toEqual(all.slice(log.length));
  next.close();
});
