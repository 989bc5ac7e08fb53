import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Exceptions, type Resolver } from '@rigger/runner/protocol';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSender, type Sender } from './send.ts';
import { newSecret, signedHeaders } from './sign.ts';

/** A receiver on two addresses, of which only the first is excepted. */
let port: number;
const servers: http.Server[] = [];
const seen: {
  address: string | undefined;
  path: string | undefined;
  body: string;
  headers: http.IncomingHttpHeaders;
}[] = [];

function handler(request: http.IncomingMessage, response: http.ServerResponse): void {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    seen.push({ address: request.socket.localAddress, path: request.url, body, headers: request.headers });
    if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.3:${port}/inside` }).end();
    else if (request.url === '/gone') response.writeHead(410, { connection: 'close' }).end('secret words');
    else if (request.url === '/busy') response.writeHead(429, { 'retry-after': '7' }).end();
    else if (request.url === '/endless') {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(1_024)), 1);
      response.on('close', () => clearInterval(timer));
    } else if (request.url !== '/silent') response.end('ok');
  });
}

beforeAll(async () => {
  for (const address of ['127.0.0.2', '127.0.0.3']) {
    const server = http.createServer(handler);
    server.listen(port ?? 0, address);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const senders: Sender[] = [];
function sender(resolve?: Resolver, timeoutMs = 2_000): Sender {
  const made = makeSender({
    http: true,
    exceptions: new Exceptions(['127.0.0.2/32']),
    timeoutMs,
    version: 'test',
    ...(resolve === undefined ? {} : { resolve }),
  });
  senders.push(made);
  return made;
}
afterAll(() => Promise.all(senders.map((one) => one.close())));

/** Answers with the addresses of its list in turn, the last one for ever. */
const answering = (...answers: string[][]): Resolver => {
  return (_name, _options, callback) => {
    const found = answers.length > 1 ? answers.shift()! : answers[0]!;
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
};
const at = (host: string, path = '/'): string => `http://${host}:${port}${path}`;

describe('a name is looked at when it is connected to', () => {
  test('one that was public when it was registered and leads inwards now is not connected to', async () => {
    const rebinding = sender(answering(['127.0.0.2'], ['127.0.0.3']));
    const before = seen.length;
    expect(await rebinding.send(at('hooks.example', '/gone'), {}, 'x')).toMatchObject({ statusCode: 410 });
    expect(await rebinding.send(at('hooks.example'), {}, 'x')).toMatchObject({
      statusCode: null,
      error: 'address_not_allowed',
    });
    expect(seen.length).toBe(before + 1);
  });

  test.each([[['127.0.0.3']], [['127.0.0.2', '127.0.0.3']], [['169.254.169.254']], [['::ffff:127.0.0.3']], [['::1']]])(
    'one that leads to %s is not',
    async (addresses) => {
      const before = seen.length;
      const sent = await sender(answering(addresses)).send(at('hooks.example'), {}, 'x');
      expect(sent.error).toBe('address_not_allowed');
      expect(seen.length).toBe(before);
    },
  );

  test('an address that is not allowed any more is not, in whatever way it is written', async () => {
    const before = seen.length;
    for (const host of ['127.0.0.3', '2130706435', '0x7f000003', '[::ffff:127.0.0.3]', '[::1]', 'localhost'])
      expect(await sender().send(at(host), {}, 'x')).toMatchObject({ statusCode: null, error: 'address_not_allowed' });
    expect(seen.length).toBe(before);
  });
});

describe('an answer', () => {
  test('that redirects is not followed', async () => {
    const sent = await sender().send(at('127.0.0.2', '/redirect'), {}, 'x');
    expect(sent).toMatchObject({ statusCode: 302, error: 'redirect' });
    expect(seen.filter((one) => one.path === '/inside')).toEqual([]);
  });

  test('is its status and nothing of what it says', async () => {
    const sent = await sender().send(at('127.0.0.2', '/gone'), {}, 'x');
    expect(sent).toEqual({ statusCode: 410, error: 'http_status', retryAfterMs: null, latencyMs: expect.any(Number) });
  });

  test('may ask for time', async () => {
    expect(await sender().send(at('127.0.0.2', '/busy'), {}, 'x')).toMatchObject({
      statusCode: 429,
      retryAfterMs: 7_000,
    });
  });

  test('that never ends is delivered, and its connection is closed', async () => {
    const closed = new Promise((resolve) => servers[0]!.once('connection', (socket) => socket.once('close', resolve)));
    expect(await sender().send(at('127.0.0.2', '/endless'), {}, 'x')).toMatchObject({ statusCode: 200, error: null });
    await closed;
  });

  test('that never comes is waited for only so long', async () => {
    expect(await sender(undefined, 300).send(at('127.0.0.2', '/silent'), {}, 'x')).toMatchObject({ error: 'timeout' });
  });
});

test('nobody there, no such name and no TLS are told apart', async () => {
  const closed = http.createServer();
  closed.listen(0, '127.0.0.2');
  await once(closed, 'listening');
  const free = (closed.address() as AddressInfo).port;
  closed.close();
  expect(await sender().send(`http://127.0.0.2:${free}/`, {}, 'x')).toMatchObject({ error: 'connection_failed' });
  const unknown: Resolver = (_name, _options, callback) =>
    callback(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
  expect(await sender(unknown).send(at('hooks.example'), {}, 'x')).toMatchObject({ error: 'name_not_resolved' });
  expect(await sender().send(`https://127.0.0.2:${port}/`, {}, 'x')).toMatchObject({ error: 'tls_failed' });
});

describe('what arrives', () => {
  const payload = JSON.stringify({ type: 'webhook.test', data: { words: 'grüße' } });

  test('is verified with either secret while both sign, by the library of the convention', async () => {
    const [fresh, former] = [newSecret(), newSecret()];
    const headers = signedHeaders({ id: 'msg_1', payload }, [fresh, former], new Date());
    await sender().send(at('127.0.0.2'), headers, payload);
    const { body, headers: came } = seen.at(-1)!;
    for (const secret of [fresh, former])
      expect(new Webhook(secret).verify(body, came as Record<string, string>)).toEqual(JSON.parse(payload));
    expect(() => new Webhook(newSecret()).verify(body, came as Record<string, string>)).toThrow();
  });

  test('does not verify when it was changed, sent under another id, or is older than five minutes', () => {
    const secret = newSecret();
    const hook = new Webhook(secret);
    const headers = signedHeaders({ id: 'msg_1', payload }, [secret], new Date());
    expect(() => hook.verify(payload.replace('grüße', 'other'), headers)).toThrow();
    expect(() => hook.verify(payload, { ...headers, 'webhook-id': 'msg_2' })).toThrow();
    const old = signedHeaders({ id: 'msg_1', payload }, [secret], new Date(Date.now() - 6 * 60_000));
    expect(() => hook.verify(payload, old)).toThrow();
  });
});
