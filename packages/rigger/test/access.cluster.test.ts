/** Keys over several servers, and tokens of an issuer: what one server knows of callers, all do. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Cluster, startCluster } from './cluster.ts';
import { ADMIN_KEY, followEvents, type Json, type Rigger } from './harness.ts';

const as = (key: string) => ({ authorization: `Bearer ${key}` });
const AUDIENCE = 'rigger-tests';

/** An issuer with real keys, on this machine. */
async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const other = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  let url = '';
  const server: Server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const found = request.url === '/.well-known/openid-configuration';
    response.end(JSON.stringify(found ? { issuer: url, jwks_uri: `${url}/keys` } : { keys: [jwk] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = (claims: object, { issuer = url, audience = AUDIENCE, expires = '5m', forged = false } = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setSubject((claims as { sub?: string }).sub ?? 'carol')
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(forged ? other.privateKey : privateKey);
  return { url, token, stop: () => server.close() };
}

let cluster: Cluster;
let a: Rigger;
let b: Rigger;
let issuer: Awaited<ReturnType<typeof startIssuer>>;

beforeAll(async () => {
  issuer = await startIssuer();
  cluster = await startCluster(2, {
    RIGGER_BOOTSTRAP_KEY: ADMIN_KEY,
    RIGGER_OIDC_ISSUER: issuer.url,
    RIGGER_OIDC_AUDIENCE: AUDIENCE,
    RIGGER_OIDC_SCOPE_CLAIM: 'realm_access.roles',
  });
  [a, b] = cluster.servers as [Rigger, Rigger];
});
afterAll(async () => {
  await cluster?.stop();
  issuer?.stop();
});

const makeKey = async (request: object): Promise<{ id: string; key: string }> =>
  (await a.call('POST', '/api/keys', request)).body;

test('a key that was made at one server is good at the other, and revoked ends what is open at both within 5 s', async () => {
  const { id: keyId, key } = await makeKey({ name: 'open' });
  const { id } = await a.create({ pattern: 'hybrid', config: {} });
  const ended: Promise<number>[] = [];
  for (const server of [a, b]) {
    expect((await server.call('GET', `/api/sessions/${id}`, undefined, as(key))).status).toBe(200);
    const opened = Promise.withResolvers<void>();
    ended.push(
      (async () => {
        for await (const _ of followEvents(`${server.url}/api/sessions/${id}/events`, 0, undefined, as(key)))
          opened.resolve();
        return Date.now();
      })().catch(() => Date.now()),
    );
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/sessions/${id}/ws`, { headers: as(key) });
    await Promise.all([opened.promise, once(socket, 'message')]);
    ended.push(once(socket, 'close').then(() => Date.now()));
  }
  const revoked = Date.now();
  await a.call('DELETE', `/api/keys/${keyId}`);
  const took = (await Promise.all(ended)).map((at) => at - revoked);
  expect(Math.max(...took)).toBeLessThan(5_000);
  await expect
    .poll(async () => (await b.call('GET', '/api/whoami', undefined, as(key))).status, { timeout: 5_000 })
    .toBe(401);
});

test('two servers under a flood keep one limit of requests, within 5 %', async () => {
  const LIMIT = 2_000;
  const { key } = await makeKey({ name: 'flood', limits: { requestsPerMinute: LIMIT } });
  let allowed = 0;
  let refused = 0;
  let other = 0;
  // Twice the limit at both together, as fast as they take it.
  await Promise.all(
    [a, b].map(async ({ url }) => {
      const pool = new Pool(url, { connections: 16, pipelining: 1 });
      let left = LIMIT;
      const one = async () => {
        while (left > 0) {
          left -= 1;
          const { statusCode, body } = await pool.request({ path: '/api/whoami', method: 'GET', headers: as(key) });
          await body.dump();
          if (statusCode === 200) allowed += 1;
          else if (statusCode === 429) refused += 1;
          else other += 1;
        }
      };
      await Promise.all(Array.from({ length: 16 }, one));
      await pool.close();
    }),
  );
  expect(other).toBe(0);
  expect(allowed + refused).toBe(2 * LIMIT);
  // One window, or where a machine is slow, some of the next.
  expect(allowed).toBeGreaterThanOrEqual(LIMIT * 0.95);
  expect(allowed).toBeLessThanOrEqual(LIMIT * 1.05);
}, 55_000);

describe('a token of the issuer', () => {
  const ask = (token: string, path = '/api/whoami') => b.call('GET', path, undefined, as(token));

  test('is a caller: its claims say the tenant, the user and what they may', async () => {
    const token = await issuer.token({
      sub: 'carol',
      tenant: 'acme',
      realm_access: { roles: ['rigger:write', 'other'] },
    });
    expect((await ask(token)).body).toMatchObject({ tenant: 'acme', userId: 'carol', scopes: ['write'], keyId: null });
    const create = (body: object) =>
      b.call('POST', '/api/sessions', { pattern: 'hybrid', config: {}, ...body }, as(token));
    const made = await create({});
    expect(made.body).toMatchObject({ userId: 'carol' });
    expect((await create({ userId: 'dave' })).body.code).toBe('forbidden');
    expect((await a.call('GET', `/api/sessions/${made.body.id}`)).status).toBe(404);
    const reader = await issuer.token({ tenant: 'acme', realm_access: { roles: ['read'] } });
    expect((await ask(reader, `/api/sessions/${made.body.id}`)).status).toBe(200);
    expect((await b.call('DELETE', `/api/sessions/${made.body.id}`, undefined, as(reader))).status).toBe(403);
  });

  test('of another issuer, for another audience, out of date, forged or without scopes is refused', async () => {
    const roles = { realm_access: { roles: ['admin'] } };
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(
      JSON.stringify({ sub: 'x', iss: issuer.url, aud: AUDIENCE, exp: 9e9, ...roles }),
    ).toString('base64url')}.`;
    const wrong = [
      await issuer.token(roles, { issuer: 'https://elsewhere.example' }),
      await issuer.token(roles, { audience: 'others' }),
      await issuer.token(roles, { expires: '-5m' }),
      await issuer.token(roles, { forged: true }),
      unsigned,
      'a.b.c',
    ];
    for (const token of wrong) expect((await ask(token)).status).toBe(401);
    expect((await ask(await issuer.token({}), '/api/sessions')).body).toMatchObject({
      code: 'forbidden',
      needs: 'read',
    });
    expect((await ask(await issuer.token({ ...roles, tenant: 'No such name!' }))).status).toBe(401);
  });

  test('leaves what it changes in its own tenant’s audit log, by its user’s name', async () => {
    const { body } = await a.call('GET', '/api/audit?action=session.create');
    expect(body.entries.every((one: Json) => one.actor !== 'carol')).toBe(true);
    const admin = await issuer.token({ tenant: 'acme', realm_access: { roles: ['admin'] } });
    const theirs = await b.call('GET', '/api/audit?action=session.create', undefined, as(admin));
    expect(theirs.body.entries[0]).toMatchObject({ actor: 'carol', action: 'session.create' });
  });
});

test('a runner joins with a key that has the scope for it, with no other, and is gone within seconds of its end', async () => {
  const joins = async (token: string, id: string) => {
    const runner = await cluster.startRunner(id, { servers: [a], env: { RIGGER_RUNNER_TOKEN: token } });
    return runner;
  };
  const writer = await makeKey({ name: 'writer', scopes: ['write'] });
  const { key, id } = await makeKey({ name: 'runners', scopes: ['runner'] });
  expect((await a.call('GET', '/api/sessions', undefined, as(key))).body.code).toBe('forbidden');
  const socket = new WebSocket(`${a.url.replace('http', 'ws')}/runner/v1/connect`, { headers: as(writer.key) });
  socket.on('error', () => {});
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(answer.statusCode).toBe(401);
  await joins(key, 'keyed');
  const session = await a.create({ pattern: 'hybrid', config: {} });
  expect((await a.say(session.id, 'hello')).turn.status).toBe('succeeded');
  await a.call('DELETE', `/api/keys/${id}`);
  const state = async () =>
    (await a.call('GET', '/api/runners')).body.runners.find((one: Json) => one.id === 'keyed').state;
  await expect.poll(state, { timeout: 5_000 }).not.toBe('ready');
}, 60_000);
