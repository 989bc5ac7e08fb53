/** Keys, tenants, limits on callers and the audit log, as callers meet them. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { ACTIONS, ruleOf } from '../../server/src/model/access.ts';
import { ADMIN_KEY, type Answer, BIN, followEvents, type Json, type Rigger, startRigger } from './harness.ts';

const MISSING = 'sess_missing';
const as = (key: string) => ({ authorization: `Bearer ${key}` });
const contract = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')) as Json;
/** Every route of the contract that is guarded, as the server writes it. */
const ROUTES: { method: string; route: string }[] = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.keys(methods as object)
    .map((method) => ({ method: method.toUpperCase(), route: path.replace('{*}', '*').replace(/\{(\w+)\}/g, ':$1') }))
    .filter(({ method, route }) => ruleOf(method, route) !== null),
);
const changes = ROUTES.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
const filled = (route: string, ids: Record<string, string>) =>
  route.replace('*', 'a.txt').replace(/:(\w+)/g, (_, name: string) => ids[name] ?? 'missing');

let rigger: Rigger;
let folder: string;
const withKey = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  rigger.call(method, path, body, as(key));
async function makeKey(request: object): Promise<{ id: string; key: string }> {
  const { status, body } = await rigger.call('POST', '/api/keys', request);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rigger-source-'));
  rigger = await startRigger({
    RIGGER_BOOTSTRAP_KEY: ADMIN_KEY,
    RIGGER_VAULT_KEY: Buffer.alloc(32, 5).toString('base64'),
    RIGGER_WEBHOOK_HTTP: 'true',
    RIGGER_WEBHOOK_PRIVATE: '127.0.0.0/8',
    RIGGER_CREATES_PER_MINUTE: '1000',
    RIGGER_SWEEP_INTERVAL_MS: '200',
  });
});
afterAll(async () => {
  await rigger.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the contract and the names of the audit log have the same changes', () => {
  const named = changes.map(({ method, route }) => `${method} ${route}`).sort();
  expect(named).toEqual(Object.keys(ACTIONS).sort());
});

describe('without a key', () => {
  test('every guarded route is 401, and says what to send; what tells that the server lives is open', async () => {
    for (const { method, route } of ROUTES) {
      const answer = await fetch(`${rigger.url}${filled(route, {})}`, { method });
      expect([method, route, answer.status]).toEqual([method, route, 401]);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/'])
      expect([path, (await fetch(`${rigger.url}${path}`)).status]).toEqual([path, 200]);
  });

  test('what looks like a key and is none is refused alike, whichever part of it is right', async () => {
    const { key } = await makeKey({ name: 'right' });
    const wrong = [`${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`, key.replace(/_\w{12}_/, '_000000000000_')];
    for (const one of [...wrong, 'rgr_', 'nonsense', '']) {
      const { status, body } = await withKey(one, 'GET', '/api/sessions');
      expect([status, body.code]).toEqual([401, 'unauthorized']);
    }
    expect((await withKey(key, 'GET', '/api/sessions')).status).toBe(200);
  });

  test('a server that others can reach does not start, and says how to have it start', async () => {
    const data = mkdtempSync(join(tmpdir(), 'rigger-open-'));
    const { status, stderr, stdout } = spawnSync(process.execPath, [BIN, 'serve'], {
      env: { PATH: process.env.PATH, HOST: '0.0.0.0', PORT: '0', RIGGER_DATA_DIR: data },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(status).not.toBe(0);
    expect(stderr + stdout).toMatch(/there is no key yet[\s\S]*rigger keys create --local/);
    rmSync(data, { recursive: true, force: true });
  });
});

describe('scopes', () => {
  test('a key that may only read changes nothing: 403 on every route that would', async () => {
    const { key } = await makeKey({ name: 'reader', scopes: ['read'] });
    const { id } = await rigger.create({ pattern: 'hybrid', config: {} });
    for (const { method, route } of changes) {
      const { status, body } = await withKey(key, method, filled(route, { id }), method === 'DELETE' ? undefined : {});
      expect([method, route, status, body.code]).toEqual([method, route, 403, 'forbidden']);
    }
    expect((await withKey(key, 'GET', `/api/sessions/${id}`)).status).toBe(200);
    expect((await withKey(key, 'GET', '/api/keys')).body).toMatchObject({ code: 'forbidden', needs: 'admin' });
  });

  test('a key that may write makes no keys, and none beyond its own tenant', async () => {
    const writer = await makeKey({ name: 'writer' });
    expect((await withKey(writer.key, 'POST', '/api/keys', { name: 'x' })).status).toBe(403);
    const admin = await makeKey({ name: 'their admin', scopes: ['admin'], tenant: 'elsewhere' });
    const own = await withKey(admin.key, 'POST', '/api/keys', { name: 'theirs' });
    expect(own.body).toMatchObject({ tenant: 'elsewhere' });
    for (const request of [
      { name: 'x', tenant: 'default' },
      { name: 'x', scopes: ['runner'] },
    ])
      expect((await withKey(admin.key, 'POST', '/api/keys', request)).status).toBe(403);
    for (const path of ['/api/runners', '/api/tenants', '/metrics', '/api/audit/verify'])
      expect([path, (await withKey(admin.key, 'GET', path)).status]).toEqual([path, 403]);
  });

  test('on a socket, a key that may only read hears the log and may say nothing', async () => {
    const { key } = await makeKey({ name: 'listener', scopes: ['read'] });
    const { id } = await rigger.create({ pattern: 'hybrid', config: {} });
    const socket = new WebSocket(`${rigger.url.replace('http', 'ws')}/api/sessions/${id}/ws`, { headers: as(key) });
    const frames: Json[] = [];
    const problem = new Promise<Json>((resolve) =>
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as Json;
        frames.push(frame);
        if (frame.type === 'hello') socket.send(JSON.stringify({ type: 'message', ref: 'a', prompt: 'hello' }));
        if (frame.type === 'problem') resolve(frame);
      }),
    );
    expect(await problem).toMatchObject({ code: 'forbidden', ref: 'a' });
    expect((await rigger.turns(id)).length).toBe(0);
    socket.terminate();
  });
});

describe('the life of a key', () => {
  test('rotated, the former secret is good for its overlap; expired or revoked, it is not', async () => {
    const made = await makeKey({ name: 'rotating' });
    const rotated = (await rigger.call('POST', `/api/keys/${made.id}/rotate`, { overlapMs: 1_500 })).body;
    expect(rotated.key).not.toBe(made.key);
    for (const key of [made.key, rotated.key]) expect((await withKey(key, 'GET', '/api/whoami')).status).toBe(200);
    await expect
      .poll(async () => (await withKey(made.key, 'GET', '/api/whoami')).status, { timeout: 10_000 })
      .toBe(401);
    expect((await withKey(rotated.key, 'GET', '/api/whoami')).status).toBe(200);

    const short = await makeKey({ name: 'short', expiresAt: new Date(Date.now() + 1_000).toISOString() });
    await expect
      .poll(async () => (await withKey(short.key, 'GET', '/api/whoami')).status, { timeout: 10_000 })
      .toBe(401);

    expect((await rigger.call('DELETE', `/api/keys/${made.id}`)).body.revokedAt).not.toBeNull();
    expect((await withKey(rotated.key, 'GET', '/api/whoami')).status).toBe(401);
    expect((await rigger.call('POST', `/api/keys/${made.id}/rotate`, {})).status).toBe(404);
  });

  test('a list shows what each may and when it was used, and never a key or its hash', async () => {
    const { id, key } = await makeKey({ name: 'seen', limits: { requestsPerMinute: 50 } });
    await withKey(key, 'GET', '/api/whoami');
    const { body } = await rigger.call('GET', '/api/keys');
    const found = body.keys.find((one: Json) => one.id === id);
    expect(found).toMatchObject({ name: 'seen', scopes: ['read', 'write'], limits: { requestsPerMinute: 50 } });
    const secret = key.slice(found.prefix.length);
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(Object.keys(found)).not.toContain('hash');
  });

  test('in the database there is no key in clear, nor in the log or the metrics', async () => {
    const { key } = await makeKey({ name: 'hidden' });
    await withKey(key, 'GET', '/api/sessions');
    const tables = await rigger.sql<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    const secret = key.split('_')[2]!;
    for (const { name } of tables)
      expect([name, JSON.stringify(await rigger.sql(`SELECT * FROM "${name}"`)).includes(secret)]).toEqual([
        name,
        false,
      ]);
    expect(JSON.stringify(rigger.log)).not.toContain(secret);
    const metrics = await fetch(`${rigger.url}/metrics`, { headers: as(ADMIN_KEY) });
    expect(await metrics.text()).not.toContain(secret);
  });

  test('a page keeps it in a cookie that no script reads, and forgets it', async () => {
    const { key } = await makeKey({ name: 'browser' });
    const login = await rigger.call('POST', '/api/login', { key }, { authorization: '' });
    expect(login.body).toMatchObject({ name: 'browser', tenant: 'default' });
    const cookie = login.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Strict/i);
    const sent = { cookie: cookie.split(';')[0]! };
    expect((await fetch(`${rigger.url}/api/whoami`, { headers: sent })).status).toBe(200);
    expect(
      (await fetch(`${rigger.url}/api/whoami`, { headers: { ...sent, origin: 'https://evil.example' } })).status,
    ).toBe(403);
    const logout = await fetch(`${rigger.url}/api/logout`, { method: 'POST', headers: sent });
    expect(logout.headers.get('set-cookie')).toMatch(/rigger_key=;/);
    expect((await rigger.call('POST', '/api/login', { key: 'rgr_no' })).status).toBe(401);
  });
});

describe('two tenants', () => {
  let ann: string;
  let bob: string;
  let ids: Record<string, string>;

  beforeAll(async () => {
    ann = (await makeKey({ name: 'ann', tenant: 'anns', scopes: ['admin'] })).key;
    bob = (await makeKey({ name: 'bob', tenant: 'bobs', scopes: ['admin'] })).key;
    const made = await withKey(ann, 'POST', '/api/sessions', {
      pattern: 'hybrid',
      config: {},
      userId: 'u1',
      tags: ['secretive'],
      conversationId: 'talk',
    });
    const { id } = made.body;
    await withKey(ann, 'POST', `/api/sessions/${id}/message`, { prompt: 'remember the otter' });
    const snapshot = (await withKey(ann, 'POST', `/api/sessions/${id}/snapshots`)).body.id;
    const [turn] = (await withKey(ann, 'GET', `/api/sessions/${id}/turns`)).body.turns;
    const webhook = (await withKey(ann, 'POST', '/api/webhooks', { url: 'http://127.0.0.1:9/x' })).body.id;
    const schedule = (
      await withKey(ann, 'POST', '/api/schedules', {
        name: 's',
        cron: '0 0 1 1 *',
        target: { sessionId: id },
        prompt: 'x',
      })
    ).body.id;
    await withKey(ann, 'PUT', '/api/secrets/theirs', { value: 'ann-secret-value', hosts: ['example.com'] });
    const budget = (await withKey(ann, 'PUT', '/api/budgets', { scope: 'all', period: 'day', limitUsd: 5 })).body.id;
    ids = { session: id, snapshot, turn: turn.id, webhook, schedule, budget };
    for (const one of Object.values(ids)) expect(one).toEqual(expect.any(String));
  }, 60_000);

  const idFor = (route: string): Record<string, string> => ({
    id: route.includes('/webhooks/')
      ? ids.webhook!
      : route.includes('/schedules/')
        ? ids.schedule!
        : route.includes('/budgets/')
          ? ids.budget!
          : ids.session!,
    snapshot: ids.snapshot!,
    turnId: ids.turn!,
    name: 'theirs',
    permissionId: 'perm',
    deliveryId: 'dlv',
  });
  const body = (route: string): unknown =>
    route.endsWith('/message')
      ? { prompt: 'x' }
      : route.endsWith('/rewind')
        ? { snapshotId: 'x', messageId: 'x' }
        : route.endsWith('/permissions/:permissionId')
          ? { behavior: 'allow' }
          : {};

  test('what is another’s is missing: every route with an id answers as for one that never was', async () => {
    // Not those whose ids are names of one’s own, or the operator’s.
    const asked = ROUTES.filter(
      ({ route, method }) =>
        /:(id|name)/.test(route) &&
        !/\/(runners|tenants|keys)\//.test(route) &&
        !(method === 'PUT' && /secrets/.test(route)),
    );
    expect(asked.length).toBeGreaterThan(30);
    const told = (answer: Answer) => [answer.status, answer.body?.code];
    for (const { method, route } of asked) {
      const sent = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? undefined : body(route);
      const [theirs, none] = await Promise.all([
        withKey(bob, method, filled(route, idFor(route)), sent),
        withKey(bob, method, filled(route, { id: MISSING, name: 'missing' }), sent),
      ]);
      expect([method, route, told(theirs)]).toEqual([method, route, told(none)]);
      expect([method, route, theirs.status < 500 && theirs.status >= 400]).toEqual([method, route, true]);
    }
    expect((await withKey(ann, 'GET', `/api/sessions/${ids.session}`)).body.status).toBe('idle');
  });

  test('streams and sockets too', async () => {
    const stream = await fetch(`${rigger.url}/api/sessions/${ids.session}/events`, {
      headers: { accept: 'text/event-stream', ...as(bob) },
    });
    expect(stream.status).toBe(404);
    const socket = new WebSocket(`${rigger.url.replace('http', 'ws')}/api/sessions/${ids.session}/ws`, {
      headers: as(bob),
    });
    socket.on('error', () => {});
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(answer.statusCode).toBe(404);
    socket.terminate();
  });

  test('lists, filters, sums and cursors hold one’s own only', async () => {
    const nothing = async (path: string) => (await withKey(bob, 'GET', path)).body;
    expect((await nothing('/api/sessions')).sessions).toEqual([]);
    expect((await nothing('/api/sessions')).total).toBe(0);
    for (const filter of [
      'userId=u1',
      'tags=secretive',
      'conversationId=talk',
      'q=secretive',
      'status=idle',
      'pattern=hybrid',
    ])
      expect([filter, (await nothing(`/api/sessions?${filter}`)).sessions]).toEqual([filter, []]);
    expect(await nothing('/api/sessions/stats/summary')).toMatchObject({
      totalSessions: 0,
      totalCost: 0,
      byUser: {},
      byTag: {},
    });
    expect((await nothing('/api/sessions/stats/summary?userId=u1')).totalSessions).toBe(0);
    expect((await nothing('/api/usage?groupBy=session')).total.calls).toBe(0);
    expect((await nothing('/api/usage/latency')).total.calls).toBe(0);
    expect((await nothing('/api/permissions')).permissions).toEqual([]);
    expect((await nothing('/api/webhooks')).webhooks).toEqual([]);
    expect((await nothing('/api/schedules')).schedules).toEqual([]);
    expect((await nothing('/api/secrets')).secrets).toEqual([]);
    expect((await nothing('/api/budgets')).budgets).toEqual([]);
    expect(JSON.stringify(await nothing('/api/audit'))).not.toContain(ids.session);
    expect((await withKey(ann, 'GET', '/api/usage?groupBy=session')).body.total.calls).toBeGreaterThan(0);
    expect((await withKey(ann, 'GET', '/api/sessions/stats/summary')).body.totalSessions).toBe(1);
    // A cursor is a place in a list, not a way into another’s.
    await withKey(bob, 'POST', '/api/sessions', { pattern: 'hybrid', config: {} });
    await withKey(bob, 'POST', '/api/sessions', { pattern: 'hybrid', config: {} });
    const first = (await withKey(bob, 'GET', '/api/sessions?limit=1')).body;
    const mine = (await withKey(ann, 'GET', `/api/sessions?limit=10&cursor=${first.nextCursor}`)).body;
    expect(mine.sessions.every((one: Json) => one.id === ids.session)).toBe(true);
  });

  test('nothing of another’s can be continued, restored, scheduled or used by naming it', async () => {
    const code = async (method: string, path: string, sent: unknown) =>
      (await withKey(bob, method, path, sent)).body.code;
    const create = (config: object) => code('POST', '/api/sessions', { pattern: 'hybrid', config });
    expect(await create({ resumeSessionId: ids.session })).toBe('resume_source_not_found');
    expect(await create({ source: { snapshot: ids.snapshot } })).toBe('snapshot_not_found');
    expect(await create({ secrets: [{ name: 'theirs' }] })).toBe('secret_not_found');
    const target = { sessionId: ids.session };
    expect(await code('POST', '/api/schedules', { name: 's', cron: '0 0 1 1 *', target, prompt: 'x' })).toBe(
      'session_not_found',
    );
    const fresh = await withKey(bob, 'POST', '/api/sessions', {
      pattern: 'hybrid',
      conversationId: 'talk',
      config: { continueSession: true },
    });
    expect(fresh.status).toBe(201);
    const said = await withKey(bob, 'POST', `/api/sessions/${fresh.body.id}/message`, { prompt: 'What did I say?' });
    expect(JSON.stringify(said.body)).not.toContain('otter');
  });

  test('one’s own name for a request, a secret or a budget is not taken by another’s', async () => {
    const create = (key: string) =>
      rigger.call(
        'POST',
        '/api/sessions',
        { pattern: 'hybrid', config: {} },
        { ...as(key), 'idempotency-key': 'same' },
      );
    const [a, b] = [await create(ann), await create(bob)];
    expect([a.status, b.status]).toEqual([201, 201]);
    expect(a.body.id).not.toBe(b.body.id);
    await withKey(bob, 'PUT', '/api/secrets/theirs', { value: 'bob-secret-value', hosts: ['bob.example'] });
    expect((await withKey(ann, 'GET', '/api/secrets/theirs')).body.hosts).toEqual(['example.com']);
    expect((await withKey(bob, 'PUT', '/api/budgets', { scope: 'all', period: 'day', limitUsd: 9 })).status).toBe(200);
    expect((await withKey(ann, 'GET', '/api/budgets')).body.budgets).toMatchObject([{ limitUsd: 5 }]);
    const whole = { scope: 'installation', period: 'day', limitUsd: 1 };
    expect((await withKey(bob, 'PUT', '/api/budgets', whole)).body.code).toBe('forbidden');
  });

  test('a budget of one tenant does not stop another, and one of the installation stops both', async () => {
    const spend = async (key: string) => {
      const { id } = (await withKey(key, 'POST', '/api/sessions', { pattern: 'hybrid', config: {} })).body;
      return (await withKey(key, 'POST', `/api/sessions/${id}/message`, { prompt: 'hello' })).body.turn.status;
    };
    await withKey(ann, 'PUT', '/api/budgets', { scope: 'all', period: 'day', limitUsd: 0 });
    expect(await spend(ann)).toBe('failed');
    expect(await spend(bob)).toBe('succeeded');
    await withKey(ann, 'PUT', '/api/budgets', { scope: 'all', period: 'day', limitUsd: 100 });
    const whole = await rigger.call('PUT', '/api/budgets', { scope: 'installation', period: 'day', limitUsd: 0 });
    expect([await spend(ann), await spend(bob)]).toEqual(['failed', 'failed']);
    await rigger.call('DELETE', `/api/budgets/${whole.body.id}`);
    expect(await spend(bob)).toBe('succeeded');
  });

  test('a tenant keeps what has ended as long as the operator set for it', async () => {
    const end = async (key: string) => {
      const { id } = (await withKey(key, 'POST', '/api/sessions', { pattern: 'hybrid', config: {} })).body;
      await withKey(key, 'POST', `/api/sessions/${id}/terminate`);
      return id as string;
    };
    const [anns, bobs] = [await end(ann), await end(bob)];
    expect((await rigger.call('PUT', '/api/tenants/bobs', { retention: { hybrid: 0 } })).status).toBe(200);
    await expect
      .poll(async () => (await withKey(bob, 'GET', `/api/sessions/${bobs}`)).status, { timeout: 15_000 })
      .toBe(404);
    expect((await withKey(ann, 'GET', `/api/sessions/${anns}`)).status).toBe(200);
    await rigger.call('PUT', '/api/tenants/bobs', {});
  });
});

describe('limits on callers', () => {
  test('a request says how much is left, and one too many when to come back', async () => {
    const { key } = await makeKey({ name: 'few', limits: { requestsPerMinute: 3 } });
    const answers = [];
    for (let n = 0; n < 5; n += 1) answers.push(await withKey(key, 'GET', '/api/whoami'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[0]!.headers.get('ratelimit-policy')).toBe('"request";q=3;w=60');
    expect(answers[0]!.headers.get('ratelimit')).toMatch(/^"request";r=2;t=\d+$/);
    expect(Number(answers[3]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[3]!.body).toMatchObject({ code: 'rate_limited', retry: true, limit: 3 });
  });

  test('creates are counted by user where they name one, so that one does not use up another’s', async () => {
    const { key } = await makeKey({ name: 'creator', limits: { createsPerMinute: 2 } });
    const create = async (userId?: string) =>
      (await withKey(key, 'POST', '/api/sessions', { pattern: 'hybrid', config: {}, userId })).status;
    expect([await create('x'), await create('x'), await create('x'), await create('y'), await create()]).toEqual([
      201, 201, 429, 201, 201,
    ]);
  });

  test('a user has so many sessions at a time, however many are asked for at once, and an ended one makes room', async () => {
    const { key } = await makeKey({ name: 'crowd', limits: { activeSessions: 3, createsPerMinute: null } });
    const create = () => withKey(key, 'POST', '/api/sessions', { pattern: 'hybrid', config: {}, userId: 'crowded' });
    const answers = await Promise.all(Array.from({ length: 8 }, create));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBe(3);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body).toMatchObject({ code: 'caller_limit_exceeded', quota: 'activeSessions', limit: 3, used: 3 });
    await withKey(key, 'POST', `/api/sessions/${made[0]!.body.id}/terminate`);
    expect((await create()).status).toBe(201);
  });

  test('a session takes so many messages, and a user so many sessions a day', async () => {
    const limits = { messagesPerSession: 2, sessionsPerDay: 1 };
    const { key } = await makeKey({ name: 'brief', limits });
    const first = await withKey(key, 'POST', '/api/sessions', { pattern: 'hybrid', config: {}, userId: 'brief' });
    const say = () => withKey(key, 'POST', `/api/sessions/${first.body.id}/message`, { prompt: 'hello' });
    expect([(await say()).status, (await say()).status]).toEqual([200, 200]);
    expect((await say()).body).toMatchObject({ code: 'caller_limit_exceeded', quota: 'messagesPerSession' });
    const second = await withKey(key, 'POST', '/api/sessions', { pattern: 'hybrid', config: {}, userId: 'brief' });
    expect(second.body).toMatchObject({ code: 'caller_limit_exceeded', quota: 'sessionsPerDay', limit: 1 });
  });

  test('what a tenant may goes for its keys, and what a key may before it', async () => {
    await rigger.call('PUT', '/api/tenants/small', { limits: { requestsPerMinute: 1 } });
    const usual = await makeKey({ name: 'usual', tenant: 'small' });
    const special = await makeKey({ name: 'special', tenant: 'small', limits: { requestsPerMinute: null } });
    const twice = async (key: string) => [
      (await withKey(key, 'GET', '/api/whoami')).status,
      (await withKey(key, 'GET', '/api/whoami')).status,
    ];
    expect(await twice(usual.key)).toEqual([200, 429]);
    expect(await twice(special.key)).toEqual([200, 200]);
  });
});

describe('the audit log', () => {
  const entries = async (query: string) => (await rigger.call('GET', `/api/audit?${query}`)).body.entries as Json[];

  test('has who, by which key, from where, what it was and what it is, and nothing of what was refused', async () => {
    const { id: keyId, key } = await makeKey({ name: 'changer' });
    const { id } = (await withKey(key, 'POST', '/api/sessions', { pattern: 'hybrid', config: {}, tags: ['a'] })).body;
    await withKey(key, 'PATCH', `/api/sessions/${id}`, { tags: ['b'], maxBudgetUsd: 2 });
    await withKey(key, 'PATCH', `/api/sessions/${id}`, { status: 'terminated' });
    await withKey(key, 'POST', `/api/sessions/${id}/message`, { prompt: 'hello' });
    await withKey(key, 'DELETE', `/api/sessions/${id}`);
    const found = await entries(`keyId=${keyId}`);
    expect(found.map(({ action }) => action)).toEqual([
      'session.delete',
      'message.send',
      'session.update',
      'session.create',
    ]);
    expect(found[2]).toMatchObject({
      actor: 'changer',
      keyId,
      address: '127.0.0.1',
      target: id,
      before: { tags: ['a'], maxBudgetUsd: null },
      after: { tags: ['b'], maxBudgetUsd: 2 },
    });
    expect(found[0]!.before.status).toBe('idle');
    expect((await entries(`target=${id}&action=message.*`)).length).toBe(1);
  });

  test('a request that is sent twice has one entry', async () => {
    const { id: keyId, key } = await makeKey({ name: 'twice' });
    const headers = { ...as(key), 'idempotency-key': 'once' };
    for (let n = 0; n < 2; n += 1)
      await rigger.call('POST', '/api/sessions', { pattern: 'hybrid', config: {} }, headers);
    expect((await entries(`keyId=${keyId}`)).length).toBe(1);
  });

  test('what is changed on a runner is in it too: files by their path', async () => {
    const { id: keyId, key } = await makeKey({ name: 'files' });
    const { id } = (await withKey(key, 'POST', '/api/sessions', { pattern: 'long-running', config: {} })).body;
    await withKey(key, 'POST', `/api/sessions/${id}/message`, { prompt: 'hello' });
    const put = await fetch(`${rigger.url}/api/sessions/${id}/files/a.txt`, {
      method: 'PUT',
      body: 'x',
      headers: as(key),
    });
    expect(put.status).toBeLessThan(300);
    await expect
      .poll(async () => (await entries(`keyId=${keyId}&action=file.write`))[0])
      .toMatchObject({ target: id, after: { path: 'a.txt' } });
  });

  test('secrets, budgets, webhooks, schedules and keys leave entries without what is secret in them', async () => {
    await rigger.call('PUT', '/api/secrets/mine', { value: 'very-secret-value', hosts: ['example.com'] });
    await rigger.call('PUT', '/api/budgets', { scope: 'user', userId: 'u', period: 'day', limitUsd: 1 });
    const hook = (await rigger.call('POST', '/api/webhooks', { url: 'http://127.0.0.1:9/x' })).body;
    await rigger.call('POST', `/api/webhooks/${hook.id}/rotate`, {});
    await rigger.call('DELETE', `/api/webhooks/${hook.id}`);
    const made = (
      await rigger.call('POST', '/api/schedules', {
        name: 's',
        cron: '0 0 1 1 *',
        target: { create: { pattern: 'ephemeral', config: {} } },
        prompt: 'x',
      })
    ).body;
    await rigger.call('POST', `/api/schedules/${made.id}/pause`);
    await rigger.call('DELETE', `/api/schedules/${made.id}`);
    await rigger.call('DELETE', '/api/secrets/mine');
    const all = await entries('limit=100');
    for (const action of ['secret.set', 'secret.delete', 'budget.set', 'webhook.create', 'webhook.rotate', 'webhook.delete',
      'schedule.create', 'schedule.pause', 'schedule.delete', 'key.create']) // biome-ignore format: a list
      expect(all.map((one) => one.action)).toContain(action);
    expect(JSON.stringify(all)).not.toContain('very-secret-value');
    expect(JSON.stringify(all)).not.toContain(hook.secret);
  });

  test('is chained, and tells when an entry was altered or taken out, which no ordinary statement can do', async () => {
    const verify = async () => (await rigger.call('GET', '/api/audit/verify')).body;
    const pending = () => rigger.sql('SELECT n FROM audit_log WHERE position IS NULL');
    await expect.poll(pending, { timeout: 15_000 }).toEqual([]);
    const state = await verify();
    expect(state).toMatchObject({ broken: null, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(state.entries).toBeGreaterThan(20);
    await expect(rigger.sql("UPDATE audit_log SET actor = 'nobody' WHERE position = 5")).rejects.toThrow(
      'only added to',
    );
    await expect(rigger.sql('DELETE FROM audit_log WHERE position = 5')).rejects.toThrow('only added to');
    const forge = (statement: string) =>
      rigger.sql(`ALTER TABLE audit_log DISABLE TRIGGER USER; ${statement}; ALTER TABLE audit_log ENABLE TRIGGER USER`);
    const [{ actor }] = (await rigger.sql<{ actor: string }>('SELECT actor FROM audit_log WHERE position = 5')) as [
      { actor: string },
    ];
    await forge("UPDATE audit_log SET actor = 'nobody' WHERE position = 5");
    expect((await verify()).broken).toMatchObject({ position: 5 });
    await forge(`UPDATE audit_log SET actor = '${actor}' WHERE position = 5`);
    expect((await verify()).broken).toBeNull();
    await forge('DELETE FROM audit_log WHERE position = 7');
    expect((await verify()).broken).toMatchObject({ position: 8 });
  });

  test('can be had as CSV and as lines, and by pages', async () => {
    const csv = await fetch(`${rigger.url}/api/audit?format=csv&limit=3`, { headers: as(ADMIN_KEY) });
    expect((await csv.text()).split('\r\n')[0]).toBe(
      'n,at,actor,keyId,address,requestId,action,target,before,after,hash',
    );
    const lines = await fetch(`${rigger.url}/api/audit?format=ndjson&limit=3`, { headers: as(ADMIN_KEY) });
    expect(
      (await lines.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)).length,
    ).toBe(3);
    const first = (await rigger.call('GET', '/api/audit?limit=2')).body;
    const second = (await rigger.call('GET', `/api/audit?limit=2&before=${first.next}`)).body;
    expect(second.entries[0].n).toBeLessThan(first.entries[1].n);
  });
});

test('a log that is followed goes on as long as its key is good', async () => {
  const { id: keyId, key } = await makeKey({ name: 'follower' });
  const { id } = await rigger.create({ pattern: 'hybrid', config: {} });
  const url = `${rigger.url}/api/sessions/${id}/events`;
  const following = (async () => {
    for await (const _ of followEvents(url, 0, undefined, as(key)));
  })();
  const ended = following.then(
    () => Date.now(),
    () => Date.now(),
  );
  const revoked = Date.now();
  await rigger.call('DELETE', `/api/keys/${keyId}`);
  expect((await ended) - revoked).toBeLessThan(5_000);
});
