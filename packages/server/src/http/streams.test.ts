import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { LOCAL_CALLER } from '../model/access.ts';
import { makeApp } from './app.ts';
import { Drain } from './drain.ts';
import type { App } from './parts.ts';
import { SocketStream } from './socket-stream.ts';
import { EventStream } from './sse.ts';
import { Streams } from './streams.ts';
import { Turnstile } from './turnstile.ts';

const BEAT_MS = 150;
const MEGABYTE = 'x'.repeat(1024 * 1024);

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

interface Listening {
  url: string;
  streams: Streams;
  drain: Drain;
  /** The stream of the newest reader. */
  newest(): Promise<EventStream & SocketStream>;
}

/** The real application, with a route of each wire whose streams the test has in its hands. */
async function listen(): Promise<Listening> {
  const streams = new Streams(BEAT_MS);
  const drain = new Drain();
  // On a machine of its own, with no key: whoever asks is the person in front of it.
  const access = { callers: { callerOf: async () => LOCAL_CALLER } };
  const app: App = await makeApp({ streams, drain, access, version: '0' } as never, {
    log: pino({ level: 'silent' }),
    host: '127.0.0.1',
    maxBodyBytes: 1_000,
  });
  let opened = Promise.withResolvers<EventStream & SocketStream>();
  const open = (stream: EventStream | SocketStream) => opened.resolve(stream as EventStream & SocketStream);
  app.get('/stream', async (_request, reply) => {
    const stream = new EventStream(reply, streams);
    stream.open();
    open(stream);
    return reply;
  });
  app.route({
    method: 'GET',
    url: '/api/sessions/test/ws',
    handler: async () => '',
    wsHandler: (socket) => open(new SocketStream(socket, streams)),
  });
  app.get('/slow', () => new Promise((resolve) => setTimeout(() => resolve({ slow: true }), 200)));
  await app.listen({ host: '127.0.0.1', port: 0 });
  closes.push(() => app.close());
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    streams,
    drain,
    async newest() {
      const stream = await opened.promise;
      opened = Promise.withResolvers();
      return stream;
    },
  };
}

/** A reader that has sent its request and then reads nothing. */
async function silentReader(url: string, path: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  closes.push(() => socket.destroy());
  return socket;
}

async function socketTo(url: string, options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/sessions/test/ws`, options);
  await once(socket, 'open');
  closes.push(() => socket.terminate());
  return socket;
}

test('a stream that the server ends has all that was written, how soon to come back, and a proper end', async () => {
  const { url, streams, newest } = await listen();
  const answer = await fetch(`${url}/stream`);
  const stream = await newest();
  stream.send({ n: 1 }, 1);
  stream.send(MEGABYTE, 2);
  const text = answer.text();
  await streams.endAll();
  expect(await text).toMatch(/^id: 1\ndata: {"n":1}\n\nid: 2\ndata: "x{1048576}"\n\nretry: 500\n: [^\n]+\n\n$/);
  expect(streams.size).toBe(0);
  stream.send({ n: 3 });
});

test('a stream that is opened while they end is ended like the others', async () => {
  const { url, streams } = await listen();
  await streams.endAll();
  expect(await (await fetch(`${url}/stream`)).text()).toContain('retry: 500');
});

test('a reader that does not take the end is cut off', async () => {
  const { url, streams, newest } = await listen();
  await silentReader(url, '/stream');
  const stream = await newest();
  stream.send(MEGABYTE.repeat(16));
  const began = performance.now();
  await streams.endAll(300);
  expect(performance.now() - began).toBeGreaterThan(250);
  expect(stream.closed.aborted).toBe(true);
});

test('a WebSocket is closed with 1012, and one that does not answer is cut off', async () => {
  const { url, streams, newest } = await listen();
  const socket = await socketTo(url);
  const stream = await newest();
  const closed = once(socket, 'close');
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  stream.send({ n: 1 });
  const silent = await socketTo(url);
  await newest();
  silent.pause();
  await streams.endAll(300);
  expect((await closed)[0]).toBe(1012);
  expect(messages).toEqual(['{"n":1}']);
  expect(streams.size).toBe(0);
});

test('while the server goes down, new requests are turned away and those under way are answered', async () => {
  const { url, drain } = await listen();
  const slow = fetch(`${url}/slow`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  drain.begin();
  const refused = await fetch(`${url}/api/sessions`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('connection')).toBe('close');
  expect(await refused.json()).toMatchObject({ code: 'shutting_down', retry: true });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/nowhere`)).status).toBe(503);
  const answered = await slow;
  expect([answered.status, answered.headers.get('connection')]).toEqual([200, 'close']);
});

test('while the server goes down, an EventSource is told to come back, and a WebSocket is refused', async () => {
  const { url, drain } = await listen();
  drain.begin();
  const answer = await fetch(`${url}/api/sessions/sess_x/events`, { headers: { accept: 'text/event-stream' } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  expect(await answer.text()).toMatch(/^retry: 500\n: /);
  const refused = new WebSocket(`${url.replace('http', 'ws')}/api/sessions/sess_x/ws`);
  const [, response] = await once(refused, 'unexpected-response');
  expect(response.statusCode).toBe(503);
});

test('streams give a sign of life', async () => {
  const { url } = await listen();
  const reader = (await fetch(`${url}/stream`)).body!.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toBe(': still here\n\n');
  await reader.cancel();
  const socket = await socketTo(url);
  await once(socket, 'ping');
});

test('a peer that answers no ping is dropped', async () => {
  const { url, newest } = await listen();
  await socketTo(url, { autoPong: false });
  const stream = await newest();
  await once(stream.closed, 'abort');
});

test('a reader that takes nothing although it is waited for is dropped, and one that keeps up is not', async () => {
  const { url, streams, newest } = await listen();
  await silentReader(url, '/stream');
  const stuck = await newest();
  const kept = await fetch(`${url}/stream`);
  const keeping = await newest();
  stuck.send(MEGABYTE.repeat(16));
  let waitedFor = false;
  stuck.onFull = () => {
    waitedFor = true;
  };
  await stuck.ready();
  expect([waitedFor, stuck.closed.aborted, keeping.closed.aborted]).toEqual([true, true, false]);
  expect(streams.size).toBe(1);
  await kept.body!.cancel();
});

test('a WebSocket reader that lets too much pile up is closed with 1013, after all that was written', async () => {
  const { url, newest } = await listen();
  const socket = await socketTo(url);
  const stream = await newest();
  socket.pause();
  let sent = 0;
  while (!stream.closed.aborted && sent < 100) stream.send(`${sent++} ${MEGABYTE}`);
  expect(sent).toBeLessThan(100);
  let received = 0;
  socket.on('message', () => {
    received += 1;
  });
  socket.resume();
  const [code] = await once(socket, 'close');
  // The one that found the buffer full is not sent.
  expect([code, received]).toEqual([1013, sent - 1]);
});

test('a WebSocket reader that is waited for is heard of when it has caught up', async () => {
  const { url, newest } = await listen();
  const socket = await socketTo(url);
  const stream = await newest();
  expect(stream.ready()).toBeUndefined();
  socket.pause();
  stream.send(MEGABYTE.repeat(16));
  const ready = stream.ready();
  expect(ready).toBeDefined();
  socket.resume();
  await ready;
  expect(stream.closed.aborted).toBe(false);
});

test('a turnstile lets so many through, in their order, and each makes room once', async () => {
  const turnstile = new Turnstile(2);
  const inside: number[] = [];
  const leaves: (() => void)[] = [];
  for (const n of [1, 2, 3, 4])
    void turnstile.enter().then((leave) => {
      inside.push(n);
      leaves.push(leave);
    });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  await settled();
  expect(inside).toEqual([1, 2]);
  leaves[1]!();
  leaves[1]!();
  await settled();
  expect(inside).toEqual([1, 2, 3]);
});
