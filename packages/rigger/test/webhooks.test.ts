import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { type Json, type Rigger, startRigger } from './harness.ts';
import { RECEIVER_SETTINGS, type Received, type Receiver, startReceiver } from './receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

async function listen(rigger: Rigger, path: string, events: string[] = []): Promise<Json> {
  const made = await rigger.call('POST', '/api/webhooks', { url: receiver.url + path, events });
  expect(made.status).toBe(201);
  receiver.secrets.set(path, made.body.secret);
  return made.body;
}
const deliveriesOf = async (rigger: Rigger, id: string): Promise<Json[]> =>
  (await rigger.call('GET', `/api/webhooks/${id}/deliveries`)).body.deliveries;
/** Asks until a delivery of this webhook passes. */
async function delivery(rigger: Rigger, id: string, passes: (one: Json) => boolean): Promise<Json> {
  for (;;) {
    const found = (await deliveriesOf(rigger, id)).find(passes);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const ids = (received: Received[], type: string): string[] =>
  received.filter((one) => one.event.type === type).map((one) => one.id);

describe('a webhook', () => {
  let rigger: Rigger;
  beforeAll(async () => {
    rigger = await startRigger({ ...RECEIVER_SETTINGS, RIGGER_WEBHOOK_RETRY_FOR_MS: '1500' });
  });
  afterAll(() => rigger.stop());
  afterEach(async () => {
    for (const { id } of (await rigger.call('GET', '/api/webhooks')).body.webhooks)
      await rigger.call('DELETE', `/api/webhooks/${id}`);
  });

  test('tells of a session from its creation to its end, of each event once, with the log’s own numbers', async () => {
    await listen(rigger, '/all');
    await listen(rigger, '/ends', ['session.terminated', 'turn.finished']);
    const session = await rigger.create({ pattern: 'hybrid', userId: 'ada', config: {} });
    await rigger.say(session.id, 'hello');
    await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    const log = await rigger.events(session.id);
    const told = ['session.created', 'session.status_changed', 'turn.finished'];
    const expected = log.filter((event) => told.includes(event.type)).map((event) => event.seq);
    await receiver.until((one) => one.path === '/ends' && one.event.type === 'session.terminated');
    await receiver.until(() => receiver.received.filter((one) => one.path === '/all').length === expected.length);
    const all = receiver.received.filter((one) => one.path === '/all');
    expect(all.map((one) => one.event.data.seq).sort((a, b) => a - b)).toEqual(expected);
    expect(new Set(all.map((one) => one.id)).size).toBe(all.length);
    expect(new Set(all.map((one) => one.event.type))).toEqual(
      new Set(['session.created', 'session.active', 'turn.finished', 'session.idle', 'session.terminated']),
    );
    const turn = all.find((one) => one.event.type === 'turn.finished');
    expect(turn?.event.data).toMatchObject({
      status: 'succeeded',
      session: { id: session.id, userId: 'ada', pattern: 'hybrid' },
    });
    expect(receiver.received.filter((one) => one.path === '/ends')).toHaveLength(2);
    // Nobody answered anything but 200: nothing was sent twice.
    expect(receiver.requests).toBe(all.length + 2);
  });

  test('shows its secret once', async () => {
    const made = await listen(rigger, '/');
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const seen = await rigger.call('GET', `/api/webhooks/${made.id}`);
    expect(JSON.stringify(seen.body)).not.toContain('whsec_');
    const rows = await rigger.sql<{ row: string }>('SELECT w::text AS row FROM webhook_endpoints w');
    expect(rows.map((one) => one.row).join()).not.toContain('whsec_');
    expect(JSON.stringify(rigger.log)).not.toContain('whsec_');
  });

  test('is tried again until it is taken, under the same id, with every attempt in its log and no word of its answers', async () => {
    const hook = await listen(rigger, '/', ['session.created']);
    receiver.answers.push(500, 503);
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    const { id } = await receiver.until((one) => one.event.type === 'session.created');
    const done = await delivery(rigger, hook.id, (one) => one.status === 'delivered');
    expect(done).toMatchObject({ messageId: id, type: 'session.created', sessionId: session.id, nextAttemptAt: null });
    expect(done.attempts.map((one: Json) => [one.statusCode, one.error])).toEqual([
      [500, 'http_status'],
      [503, 'http_status'],
      [200, null],
    ]);
    expect(JSON.stringify(done)).not.toContain('what a receiver says');
    expect(id).toBe(`msg_${session.id.slice(5)}_1`);
  });

  test('that answers 410 is disabled at once, and its tenant’s others are told', async () => {
    const gone = await listen(rigger, '/gone', ['session.created']);
    await listen(rigger, '/other', ['webhook.disabled']);
    receiver.answers.push(410);
    await rigger.create({ pattern: 'hybrid', config: {} });
    const told = await receiver.until((one) => one.event.type === 'webhook.disabled');
    expect(told.event.data).toEqual({
      webhook: { id: gone.id, url: `${receiver.url}/gone`, description: null },
      reason: 'gone',
    });
    expect((await rigger.call('GET', `/api/webhooks/${gone.id}`)).body).toMatchObject({
      enabled: false,
      disabledReason: 'gone',
    });
    const [failed] = await deliveriesOf(rigger, gone.id);
    expect(failed).toMatchObject({ status: 'failed', attempts: [{ statusCode: 410 }] });
    const again = await rigger.call('POST', `/api/webhooks/${gone.id}/deliveries/${failed.id}/redeliver`);
    expect(again).toMatchObject({ status: 409, body: { code: 'webhook_disabled' } });
  });

  test('that fails for as long as is tried is disabled; enabled again, what was lost can be sent by hand', async () => {
    const hook = await listen(rigger, '/failing', ['session.created']);
    await listen(rigger, '/other', ['webhook.disabled']);
    receiver.secrets.set('/failing', `whsec_${randomBytes(32).toString('base64')}`);
    await rigger.create({ pattern: 'hybrid', config: {} });
    const told = await receiver.until((one) => one.event.type === 'webhook.disabled');
    expect(told.event.data).toMatchObject({ webhook: { id: hook.id }, reason: 'failing' });
    const [failed] = await deliveriesOf(rigger, hook.id);
    expect(failed.status).toBe('failed');
    expect(failed.attempts.length).toBeGreaterThanOrEqual(3);
    expect((await rigger.call('PATCH', `/api/webhooks/${hook.id}`, { enabled: true })).body).toMatchObject({
      enabled: true,
      disabledReason: null,
    });
    receiver.secrets.set('/failing', hook.secret);
    const again = await rigger.call('POST', `/api/webhooks/${hook.id}/deliveries/${failed.id}/redeliver`);
    expect(again).toMatchObject({ status: 202, body: { status: 'pending', messageId: failed.messageId } });
    expect((await receiver.until((one) => one.path === '/failing')).id).toBe(failed.messageId);
  });

  test('that is disabled is owed nothing, and what waited for it is given up', async () => {
    const hook = await listen(rigger, '/', ['session.created']);
    receiver.always = 500;
    await rigger.create({ pattern: 'hybrid', config: {} });
    await delivery(rigger, hook.id, (one) => one.attempts.length > 0);
    await rigger.call('PATCH', `/api/webhooks/${hook.id}`, { enabled: false });
    await rigger.create({ pattern: 'hybrid', config: {} });
    const left = await deliveriesOf(rigger, hook.id);
    expect(left.map((one) => one.status)).toEqual(['cancelled']);
  });

  test('with a new secret is signed with both for as long as was asked for', async () => {
    const hook = await listen(rigger, '/', ['session.created']);
    const rotated = await rigger.call('POST', `/api/webhooks/${hook.id}/rotate`, { overlapMs: 60_000 });
    expect(rotated.body.secret).not.toBe(hook.secret);
    expect(Date.parse(rotated.body.previousSecretUntil)).toBeGreaterThan(Date.now());
    // The receiver still has the former one.
    await rigger.create({ pattern: 'hybrid', config: {} });
    expect((await receiver.until(() => receiver.received.length === 1)).signatures).toBe(2);
    receiver.secrets.set('/', rotated.body.secret);
    await rigger.create({ pattern: 'hybrid', config: {} });
    await receiver.until(() => receiver.received.length === 2);
    const last = await rigger.call('POST', `/api/webhooks/${hook.id}/rotate`, { overlapMs: 0 });
    receiver.secrets.set('/', last.body.secret);
    await rigger.create({ pattern: 'hybrid', config: {} });
    await receiver.until(() => receiver.received.length === 3);
    expect(receiver.received[2]!.signatures).toBe(1);
  });

  test('can be tried out, also while it is disabled; what it says is not told', async () => {
    const hook = await listen(rigger, '/');
    await rigger.call('PATCH', `/api/webhooks/${hook.id}`, { enabled: false });
    const test = await rigger.call('POST', `/api/webhooks/${hook.id}/test`);
    expect(test.body).toEqual({ delivered: true, statusCode: 200, latencyMs: expect.any(Number), error: null });
    expect((await receiver.until((one) => one.event.type === 'webhook.test')).event.data).toEqual({
      webhook: { id: hook.id },
    });
    receiver.always = 500;
    const failed = await rigger.call('POST', `/api/webhooks/${hook.id}/test`);
    expect(failed.body).toEqual({
      delivered: false,
      statusCode: 500,
      latencyMs: expect.any(Number),
      error: 'http_status',
    });
    expect((await deliveriesOf(rigger, hook.id)).map((one) => one.status)).toEqual(['failed', 'delivered']);
  });

  test('cannot have an address inside, however it is written, nor a type of event that there is not', async () => {
    for (const url of [
      'http://127.0.0.1:80/',
      'http://2130706433/',
      'http://[::ffff:127.0.0.1]/',
      'http://169.254.169.254/latest',
      'http://localhost:3333/',
      'http://127.0.0.3/',
    ])
      expect((await rigger.call('POST', '/api/webhooks', { url })).body.code).toBe('webhook_target_refused');
    const hook = await listen(rigger, '/');
    const moved = await rigger.call('PATCH', `/api/webhooks/${hook.id}`, { url: 'http://10.0.0.1/' });
    expect(moved).toMatchObject({ status: 400, body: { code: 'webhook_target_refused' } });
    const unknown = await rigger.call('POST', '/api/webhooks', { url: receiver.url, events: ['sdk.message'] });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  test('whose address was changed past the rules is not connected to', async () => {
    const hook = await listen(rigger, '/');
    const port = new URL(receiver.url).port;
    await rigger.sql('UPDATE webhook_endpoints SET url = $1 WHERE id = $2', [`http://127.0.0.3:${port}/`, hook.id]);
    const test = await rigger.call('POST', `/api/webhooks/${hook.id}/test`);
    expect(test.body).toMatchObject({ delivered: false, statusCode: null, error: 'address_not_allowed' });
  });

  test('that is not there is told as such', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
      ['POST', '/test'],
      ['GET', '/deliveries'],
      ['POST', '/deliveries/dlv_1/redeliver'],
    ] as const) {
      const answer = await rigger.call(
        method,
        `/api/webhooks/hook_nowhere${path}`,
        method === 'PATCH' ? {} : undefined,
      );
      expect(answer).toMatchObject({ status: 404, body: { code: 'webhook_not_found' } });
    }
  });
});

test('what is owed outlives the server: killed between an event and its delivery, the next one delivers it under the same id', async () => {
  const rigger = await startRigger(RECEIVER_SETTINGS);
  try {
    await listen(rigger, '/', ['session.created', 'turn.finished']);
    const { promise, resolve } = Promise.withResolvers<void>();
    receiver.hold = promise;
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    await rigger.say(session.id, 'hello');
    while (receiver.requests < 2) await new Promise((next) => setTimeout(next, 10));
    await rigger.kill('SIGKILL');
    receiver.hold = null;
    resolve();
    const before = receiver.received.length;
    // What a dead server had taken is its own for half a minute: the test does not wait for that.
    await rigger.restart();
    await rigger.sql("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'");
    await receiver.until(() => receiver.received.length === before + 2);
    const log = await rigger.events(session.id);
    for (const type of ['session.created', 'turn.finished']) {
      const seq = log.find((event) => event.type === type)?.seq;
      expect(new Set(ids(receiver.received, type))).toEqual(new Set([`msg_${session.id.slice(5)}_${seq}`]));
    }
  } finally {
    await rigger.stop();
  }
});

describe('two servers over one database', () => {
  let cluster: Cluster;
  let a: Rigger;
  let b: Rigger;
  beforeAll(async () => {
    cluster = await startCluster(2, {
      ...RECEIVER_SETTINGS,
      RIGGER_VAULT_KEY: randomBytes(32).toString('base64'),
    });
    [a, b] = cluster.servers as [Rigger, Rigger];
  });
  afterAll(() => cluster?.stop());

  test('deliver each event once between them, also of an endpoint that was made at the other a moment ago', async () => {
    const hook = await listen(a, '/', ['session.created']);
    const made: string[] = [];
    for (let round = 0; round < 10; round += 1)
      await Promise.all([a, b, a, b].map(async (server) => made.push((await server.create({ pattern: 'hybrid' })).id)));
    await receiver.until(() => receiver.received.length >= made.length);
    const sent = receiver.received.map((one) => one.event.data.session.id).sort();
    expect(sent).toEqual([...made].sort());
    expect(receiver.requests).toBe(made.length);
    const { body } = await b.call('GET', `/api/webhooks/${hook.id}/deliveries?limit=15`);
    expect(body.deliveries).toHaveLength(15);
    const next = await b.call('GET', `/api/webhooks/${hook.id}/deliveries?limit=200&cursor=${body.nextCursor}`);
    expect(next.body.deliveries).toHaveLength(made.length - 15);
    expect(next.body.nextCursor).toBeNull();
  });

  test('one is killed while it sends: the other sends again, under the same id', async () => {
    const hook = await listen(b, '/', ['session.created']);
    const { promise, resolve } = Promise.withResolvers<void>();
    receiver.hold = promise;
    const session = await a.create({ pattern: 'hybrid' });
    while (receiver.requests < 1) await new Promise((next) => setTimeout(next, 10));
    await a.kill('SIGKILL');
    receiver.hold = null;
    resolve();
    const id = `msg_${session.id.slice(5)}_1`;
    await b.sql("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'");
    const done = await delivery(b, hook.id, (one) => one.messageId === id && one.status === 'delivered');
    expect(done.attempts.at(-1)).toMatchObject({ statusCode: 200, error: null });
    expect(receiver.received.map((one) => one.id)).toContain(id);
    await a.restart();
  });
});
