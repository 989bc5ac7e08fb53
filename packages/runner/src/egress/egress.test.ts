/** The proxy by real connections on loopback, which the operator has excepted here as they would a company's own network. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Exceptions } from '../protocol/addresses.ts';
import { readPattern } from '../protocol/index.ts';
import { type Authority, makeAuthority } from './authority.ts';
import { Egress } from './proxy.ts';
import type { Refusal } from './refusal.ts';
import { SecretUnavailable } from './secrets.ts';

const PLACEHOLDER = 'rigger_secret_0123456789abcdef';
const VALUE = 'the real value & more';
const pattern = (host: string) => readPattern(host)!;
const portOf = (server: net.Server) => (server.address() as net.AddressInfo).port;
async function listening<S extends net.Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('the way out of a sandbox', () => {
  let plain: http.Server;
  let secure: https.Server;
  let world: Authority;
  let inside: Authority;
  let door: net.Server;
  let egress: Egress;
  let refused: Refusal[];
  let used: string[];
  let gone = false;
  /** What the host was sent, as it came. */
  let seen: { headers: http.IncomingHttpHeaders; url: string; body: string }[];

  const open = (allow: string[], bound: string[] = []) => {
    egress = new Egress({
      server: door,
      allow: allow.map(pattern),
      exceptions: new Exceptions(['127.0.0.0/8']),
      secrets: bound.length === 0 ? [] : [{ name: 'token', placeholder: PLACEHOLDER, hosts: bound.map(pattern) }],
      reveal: async () => {
        if (gone) throw new SecretUnavailable('token was removed');
        return VALUE;
      },
      authority: inside,
      onRefused: (refusal) => refused.push(refusal),
      onSecretUsed: (secret, host) => used.push(`${secret} ${host}`),
      ca: [world.certificate],
    });
  };

  beforeEach(async () => {
    refused = [];
    used = [];
    seen = [];
    gone = false;
    const answer: http.RequestListener = async (request, response) => {
      const body = await text(request);
      seen.push({ headers: request.headers, url: request.url ?? '', body });
      response.setHeader('x-echo', request.headers.authorization ?? 'nothing');
      response.end(`heard ${body.length}`);
    };
    world = await makeAuthority('the world');
    inside = await makeAuthority('this sandbox');
    const context = await world.contextFor('localhost');
    plain = await listening(http.createServer(answer));
    secure = await listening(https.createServer({ SNICallback: (_name, done) => done(null, context) }, answer));
    door = await listening(net.createServer({ pauseOnConnect: false }));
  });
  afterEach(async () => {
    egress.close();
    for (const server of [plain, secure]) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** CONNECT; the socket behind it, or the proxy's answer. */
  async function connect(authority: string): Promise<net.Socket | string> {
    const socket = net.connect(portOf(door), '127.0.0.1');
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    if (String(head).startsWith('HTTP/1.1 200')) return socket;
    return String(head) + (await text(socket).catch(() => ''));
  }
  async function ask(socket: net.Socket, trusted: Authority, headers: Record<string, string> = {}, path = '/') {
    const request = http.request({
      createConnection: () => tls.connect({ socket, servername: 'localhost', ca: trusted.certificate }),
      method: 'POST',
      path,
      headers: { host: `localhost:${portOf(secure)}`, ...headers },
    });
    request.end('a body');
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }
  const tunnel = async () => {
    const socket = await connect(`localhost:${portOf(secure)}`);
    if (typeof socket === 'string') throw new Error(socket);
    return socket;
  };

  test('an allowed host is reached through a tunnel that the proxy cannot look into', async () => {
    open([`localhost:${portOf(secure)}`]);
    expect((await ask(await tunnel(), world)).body).toBe('heard 6');
    expect(refused).toEqual([]);
  });

  test.each([
    ['a host that is not allowed', 'evil.example:443', 'not_allowed'],
    ['a port that is not allowed', 'localhost:22', 'not_allowed'],
    ['an address instead of the name', '127.0.0.1:443', 'not_allowed'],
    ['an address in IPv6', '[::1]:443', 'not_allowed'],
    ['a metadata service', '169.254.169.254:80', 'not_allowed'],
    ['a trailing dot', 'localhost.:443', 'invalid_host'],
    ['a decimal address', '2130706433:443', 'invalid_host'],
    ['no port', 'localhost', 'invalid_host'],
  ])('%s is refused, and says why', async (_what, authority, reason) => {
    open(['localhost']);
    const answer = await connect(authority);
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*Rigger does not let this session reach/);
    expect(refused).toMatchObject([{ via: 'connect', reason }]);
  });

  test('a name that is allowed and leads to a private address is refused at the connection', async () => {
    door.removeAllListeners('connection');
    open(['localhost:*']);
    egress.close();
    door = await listening(net.createServer());
    egress = new Egress({
      server: door,
      allow: [pattern('localhost:*'), pattern('127.0.0.1:*')],
      exceptions: new Exceptions([]),
      secrets: [],
      reveal: async () => '',
      authority: null,
      onRefused: (refusal) => refused.push(refusal),
      onSecretUsed: () => {},
    });
    expect(await connect(`localhost:${portOf(secure)}`)).toMatch(/^HTTP\/1\.1 403/);
    expect(await connect(`127.0.0.1:${portOf(secure)}`)).toMatch(/^HTTP\/1\.1 403/);
    expect(refused.map(({ reason }) => reason)).toEqual(['private_address', 'private_address']);
    expect(seen).toEqual([]);
  });

  /** A request for an http:// address, as a client with HTTP_PROXY makes it. */
  async function get(url: string, headers: Record<string, string> = {}) {
    const request = http.request({ port: portOf(door), host: '127.0.0.1', path: url, headers, agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  test('a plain request goes to the host that its address names, whatever its Host header says', async () => {
    open([`localhost:${portOf(plain)}`]);
    const answer = await get(`http://localhost:${portOf(plain)}/a?b`, { 'proxy-authorization': 'Basic eDp5' });
    expect(answer).toMatchObject({ status: 200, body: 'heard 0' });
    expect(seen[0]?.url).toBe('/a?b');
    expect(seen[0]?.headers['proxy-authorization']).toBeUndefined();
    expect(await get(`http://evil.example/`, { host: `localhost:${portOf(plain)}` })).toMatchObject({ status: 403 });
    expect(await get('/healthz')).toMatchObject({ status: 403 });
    expect(refused).toHaveLength(2);
  });

  /** SOCKS5 with a name; the reply's code, and the socket. */
  async function socks(bytes: number[]): Promise<{ code: number; socket: net.Socket }> {
    const socket = net.connect(portOf(door), '127.0.0.1');
    socket.write(Buffer.from([5, 1, 0]));
    await once(socket, 'data');
    socket.write(Buffer.from(bytes));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return { code: answer[1]!, socket };
  }
  const named = (host: string, port: number, command = 1) => [
    ...[5, command, 0, 3, Buffer.byteLength(host), ...Buffer.from(host), port >> 8, port & 0xff],
  ];

  test('SOCKS by name reaches what is allowed, and nothing else', async () => {
    open([`localhost:${portOf(secure)}`]);
    const { code, socket } = await socks(named('localhost', portOf(secure)));
    expect(code).toBe(0);
    expect((await ask(socket, world)).body).toBe('heard 6');
    expect((await socks(named('localhost', 22))).code).toBe(2);
    expect((await socks(named(`localhost\0.evil`, portOf(secure)))).code).toBe(2);
    expect((await socks([5, 1, 0, 1, 127, 0, 0, 1, portOf(secure) >> 8, portOf(secure) & 0xff])).code).toBe(2);
    expect((await socks([5, 1, 0, 4, ...Array(15).fill(0), 1, 0, 80])).code).toBe(2);
    expect(refused.map(({ reason }) => reason)).toEqual(['not_allowed', 'invalid_host', 'not_allowed', 'not_allowed']);
  });

  test('datagrams and incoming connections are not offered over SOCKS', async () => {
    open(['localhost:*']);
    expect((await socks(named('localhost', 53, 3))).code).toBe(7);
    expect((await socks(named('localhost', 53, 2))).code).toBe(7);
  });

  test('SOCKS 4a reaches what is allowed', async () => {
    open([`localhost:${portOf(secure)}`]);
    const port = portOf(secure);
    const socket = net.connect(portOf(door), '127.0.0.1');
    socket.write(Buffer.from([4, 1, port >> 8, port & 0xff, 0, 0, 0, 1, 0, ...Buffer.from('localhost'), 0]));
    expect(((await once(socket, 'data')) as [Buffer])[0][1]).toBe(0x5a);
    expect((await ask(socket, world)).body).toBe('heard 6');
  });

  test('a placeholder becomes the value on its way to the bound host, in headers, in Basic credentials and in the address', async () => {
    const here = `localhost:${portOf(secure)}`;
    open([here], [here]);
    const basic = `Basic ${Buffer.from(`x-access-token:${PLACEHOLDER}`).toString('base64')}`;
    await ask(
      await tunnel(),
      inside,
      { authorization: `Bearer ${PLACEHOLDER}`, 'x-other': 'as it was' },
      `/a?key=${PLACEHOLDER}`,
    );
    await ask(await tunnel(), inside, { authorization: basic });
    expect(seen[0]).toMatchObject({
      headers: { authorization: `Bearer ${VALUE}`, 'x-other': 'as it was' },
      url: `/a?key=${encodeURIComponent(VALUE)}`,
      body: 'a body',
    });
    expect(Buffer.from(seen[1]!.headers.authorization!.slice(6), 'base64').toString()).toBe(`x-access-token:${VALUE}`);
    expect(used).toEqual(['token localhost', 'token localhost']);
  });

  test('a host that echoes the value in its headers is answered for with the placeholder', async () => {
    const here = `localhost:${portOf(secure)}`;
    open([here], [here]);
    const answer = await ask(await tunnel(), inside, { authorization: `Bearer ${PLACEHOLDER}` });
    expect(answer.headers['x-echo']).toBe(`Bearer ${PLACEHOLDER}`);
  });

  test('another allowed host is sent the placeholder and nothing more', async () => {
    open([`localhost:${portOf(secure)}`], ['api.example.com']);
    await ask(await tunnel(), world, { authorization: `Bearer ${PLACEHOLDER}` });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${PLACEHOLDER}`);
    expect(used).toEqual([]);
  });

  test('a request within the tunnel that names another host is not given the value', async () => {
    const here = `localhost:${portOf(secure)}`;
    open([here], [here]);
    const answer = await ask(await tunnel(), inside, { authorization: `Bearer ${PLACEHOLDER}`, host: 'evil.example' });
    expect(answer.status).toBe(421);
    expect(seen).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'wrong_host' }]);
  });

  test('a secret that is not to travel unencrypted does not', async () => {
    open([`localhost:${portOf(plain)}`], [`localhost:${portOf(plain)}`]);
    await get(`http://localhost:${portOf(plain)}/`, { authorization: `Bearer ${PLACEHOLDER}` });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${PLACEHOLDER}`);
    expect(used).toEqual([]);
  });

  test('a secret bound to http:// is put into a plain request', async () => {
    open([`localhost:${portOf(plain)}`], [`http://localhost:${portOf(plain)}`]);
    await get(`http://localhost:${portOf(plain)}/`, { authorization: `Bearer ${PLACEHOLDER}` });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${VALUE}`);
  });

  test('without its secret a request is not sent', async () => {
    const here = `localhost:${portOf(secure)}`;
    open([here], [here]);
    gone = true;
    const answer = await ask(await tunnel(), inside, { authorization: `Bearer ${PLACEHOLDER}` });
    expect(answer).toMatchObject({ status: 502, body: expect.stringContaining('token was removed') });
    expect(seen).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'secret_unavailable' }]);
  });

  test('a host whose certificate does not hold is not spoken to in a secret’s name', async () => {
    const here = `localhost:${portOf(secure)}`;
    world = await makeAuthority('an impostor');
    open([here], [here]);
    const answer = await ask(await tunnel(), inside, { authorization: `Bearer ${PLACEHOLDER}` });
    expect(answer).toMatchObject({ status: 502, body: expect.stringContaining('certificate') });
    expect(seen).toEqual([]);
  });

  test('closing ends every connection', async () => {
    open([`localhost:${portOf(secure)}`]);
    const socket = await tunnel();
    const closed = once(socket, 'close');
    egress.close();
    await closed;
  });
});
