import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import http, { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gatewayUrl, type Relay, type RelayRequest, startRelay } from './relay.ts';

describe('the relay', () => {
  let folder: string;
  let relay: Relay | undefined;
  let upstream: Server | undefined;
  let port = 0;
  let seen: RelayRequest[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rigger-relay-'));
    port = 0;
    seen = [];
  });
  afterEach(async () => {
    await relay?.close();
    upstream?.close();
    upstream?.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  const listen = async (handler: RequestListener) => {
    upstream = createServer(handler).listen(port, '127.0.0.1');
    await once(upstream, 'listening');
    port = (upstream.address() as AddressInfo).port;
  };
  const start = async (holdMs?: number) => {
    relay = await startRelay({
      socketPath: join(folder, 'gw.sock'),
      serverUrl: () => `http://127.0.0.1:${port}`,
      token: () => 'session-token',
      holdMs,
      log: () => {},
      onRequest: (info) => seen.push(info),
    });
  };
  const send = (path: string, options: http.RequestOptions = {}) =>
    http.request({ socketPath: join(folder, 'gw.sock'), path, method: 'POST', agent: false, ...options });
  const answerOf = async (request: http.ClientRequest) => (await once(request, 'response'))[0] as IncomingMessage;

  test('forwards method, path, headers and body with the session token, and the answer back', async () => {
    await listen(async (request, response) => {
      const body = await text(request);
      response.writeHead(207, { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
    });
    await start();
    const request = send('/v1/messages?beta=true', {
      headers: { 'x-mine': '1', 'x-rigger-session-token': 'forged', connection: 'keep-alive' },
    });
    request.end('the body');
    const answer = await answerOf(request);
    expect(answer.statusCode).toBe(207);
    expect(answer.headers).toMatchObject({ 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] });
    expect(JSON.parse(await text(answer))).toMatchObject({
      method: 'POST',
      url: '/gateway/v1/messages?beta=true',
      headers: { 'x-mine': '1', 'x-rigger-session-token': 'session-token', host: `127.0.0.1:${port}` },
      body: 'the body',
    });
    expect(seen).toMatchObject([{ method: 'POST', path: '/v1/messages?beta=true', status: 207, attempts: 1 }]);
  });

  test('streams both ways without waiting for an end', async () => {
    await listen((request, response) => {
      response.writeHead(200);
      response.flushHeaders();
      request.on('data', (chunk: Buffer) => response.write(`echo ${chunk}`));
      request.on('end', () => response.end());
    });
    await start();
    const request = send('/v1/echo');
    request.flushHeaders();
    const answer = await answerOf(request);
    for (const word of ['one', 'two']) {
      request.write(word);
      expect(String((await once(answer, 'data'))[0])).toBe(`echo ${word}`);
    }
    request.end();
    await once(answer, 'end');
  });

  test('holds a request while the server is away, with all of its body', async () => {
    await listen((_, response) => response.end());
    await new Promise((done) => upstream!.close(done));
    await start();
    const request = send('/v1/messages');
    const body = Buffer.alloc(300_000, 'x');
    request.write(body.subarray(0, 100_000));
    setTimeout(() => request.end(body.subarray(100_000)), 100);
    setTimeout(() => listen(async (got, response) => response.end(String((await buffer(got)).equals(body)))), 400);
    expect(await text(await answerOf(request))).toBe('true');
    expect(seen[0]!.attempts).toBeGreaterThan(1);
  });

  test('tries again when the server is reset before it answers', async () => {
    let calls = 0;
    await listen(async (request, response) => {
      calls += 1;
      const body = await text(request);
      if (calls === 1) return void request.socket.destroy();
      response.end(body);
    });
    await start();
    const request = send('/v1/messages');
    request.end('again');
    expect(await text(await answerOf(request))).toBe('again');
  });

  test('gives up after the hold with an error in the wire’s own shape', async () => {
    await listen((_, response) => response.end());
    await new Promise((done) => upstream!.close(done));
    await start(300);
    const request = send('/v1/messages');
    request.end('{}');
    const answer = await answerOf(request);
    expect(answer.statusCode).toBe(502);
    expect(JSON.parse(await text(answer))).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  });

  test('passes on a break in the middle of an answer', async () => {
    await listen((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    await start();
    const request = send('/v1/messages');
    request.end('{}');
    await expect(text(await answerOf(request))).rejects.toThrow(/aborted/);
  });

  test('a client that goes away ends the call upstream, answered or held', async () => {
    let gone!: () => void;
    const ended = new Promise<void>((done) => {
      gone = done;
    });
    let arrived!: () => void;
    const called = new Promise<void>((done) => {
      arrived = done;
    });
    await listen((_, response) => {
      arrived();
      response.on('close', gone);
    });
    await start();
    const request = send('/v1/messages');
    request.on('error', () => {});
    request.end('{}');
    await called;
    request.destroy();
    await ended;
  });

  test('nothing but the gateway can be reached through it', async () => {
    let called = 0;
    await listen((_, response) => {
      called += 1;
      response.end();
    });
    await start();
    const escapes = [
      '/../api/sessions',
      '/v1/%2e%2e/../../api',
      '/..\\api',
      '/v1/%2e%2e%2f%2e%2e%2fapi',
      'http://evil/',
    ];
    for (const path of escapes) {
      const request = send(path);
      request.end();
      expect((await answerOf(request)).statusCode, path).toBe(400);
    }
    expect(called).toBe(0);
    expect(gatewayUrl('http://h:1/base/', '/v1/x?y')?.href).toBe('http://h:1/base/gateway/v1/x?y');
  });

  test('the socket is for the owner of its folder, and goes with the relay', async () => {
    await start();
    const socket = join(folder, 'gw.sock');
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(socket).uid).toBe(statSync(folder).uid);
    await relay!.close();
    await relay!.close();
    expect(() => statSync(socket)).toThrow(/ENOENT/);
  });
});
