import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { bash, HANG, type Json, type Rigger, script, startRigger } from './harness.ts';
import { RECEIVER_SETTINGS, startReceiver } from './receiver.ts';

const EVERY_SECOND = '* * * * * *';
const NEVER_SOON = '0 0 1 1 *';

async function make(rigger: Rigger, body: object): Promise<Json> {
  const made = await rigger.call('POST', '/api/schedules', { name: 'test', prompt: 'hello', ...body });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body;
}
const runsOf = async (rigger: Rigger, id: string): Promise<Json[]> =>
  (await rigger.call('GET', `/api/schedules/${id}/runs?limit=200`)).body.runs;
/** Asks until the runs, the newest first, pass. */
async function runs(rigger: Rigger, id: string, pass: (found: Json[]) => boolean): Promise<Json[]> {
  for (;;) {
    const found = await runsOf(rigger, id);
    if (pass(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const over = (run: Json | undefined): boolean => run?.finishedAt != null;
const get = async (rigger: Rigger, id: string): Promise<Json> =>
  (await rigger.call('GET', `/api/schedules/${id}`)).body;

describe('a schedule', () => {
  let rigger: Rigger;
  beforeAll(async () => {
    rigger = await startRigger({ ...RECEIVER_SETTINGS, RIGGER_EPHEMERAL_RETENTION_MS: '0' });
  });
  afterAll(() => rigger.stop());
  afterEach(async () => {
    for (const { id } of (await rigger.call('GET', '/api/schedules')).body.schedules)
      await rigger.call('DELETE', `/api/schedules/${id}`);
  });

  test('sends its message to a session at every time, and each time is told of with its turn', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    const made = await make(rigger, {
      cron: EVERY_SECOND,
      target: { sessionId: session.id },
      prompt: 'what time is it',
      overlap: 'queue',
    });
    expect(made).toMatchObject({ status: 'active', statusReason: null, cron: EVERY_SECOND, timezone: 'UTC' });
    const gaps = made.nextTimes.map((time: string) => Date.parse(time) - Date.parse(made.nextTimes[0]));
    expect(gaps).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    const found = await runs(rigger, made.id, (all) => all.filter(over).length >= 3);
    await rigger.call('POST', `/api/schedules/${made.id}/pause`);
    const done = found.filter(over).reverse();
    const turns = await rigger.turns(session.id);
    for (const run of done) {
      expect(run).toMatchObject({ status: 'succeeded', trigger: 'time', sessionId: session.id, error: null });
      expect(turns.find((turn) => turn.id === run.turnId)).toMatchObject({ prompt: 'what time is it', from: null });
      expect(Date.parse(run.startedAt)).toBeGreaterThanOrEqual(Date.parse(run.dueAt));
      expect(Date.parse(run.dueAt) % 1_000).toBe(0);
    }
    const times = found.map((run) => Date.parse(run.dueAt)).reverse();
    expect(times).toEqual(times.map((_, index) => times[0]! + index * 1_000));
  });

  test('makes a new session each time, whose end it knows although the session is deleted right after it', async () => {
    const at = new Date(Date.now() + 1_000).toISOString();
    const made = await make(rigger, {
      at,
      target: { create: { pattern: 'ephemeral', config: { systemPrompt: 'be short' }, tags: ['nightly'] } },
    });
    expect(made.nextTimes).toEqual([at]);
    const [run] = await runs(rigger, made.id, ([first]) => over(first));
    expect(run).toMatchObject({ status: 'succeeded', dueAt: at, sessionId: expect.stringMatching(/^sess_/) });
    expect(await get(rigger, made.id)).toMatchObject({ status: 'done', nextTimes: [] });
    while ((await rigger.call('GET', `/api/sessions/${run.sessionId}`)).status !== 404)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await runsOf(rigger, made.id)).toEqual([run]);
  });

  test('leaves a time out while an earlier run is not over', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: { allowedTools: ['Bash'] } });
    const made = await make(rigger, {
      cron: EVERY_SECOND,
      target: { sessionId: session.id },
      prompt: script(bash(HANG), { text: 'never' }),
    });
    const found = await runs(rigger, made.id, (all) => all.filter((run) => run.reason === 'overlap').length >= 2);
    expect(found.filter((run) => run.status !== 'skipped')).toHaveLength(1);
    await rigger.call('POST', `/api/schedules/${made.id}/pause`);
    await rigger.call('POST', `/api/sessions/${session.id}/interrupt`);
    const after = await runs(rigger, made.id, (all) => over(all.at(-1)));
    expect(after.at(-1)).toMatchObject({ status: 'interrupted' });
    expect(await rigger.turns(session.id)).toHaveLength(1);
  });

  test('runs by hand, also while it is paused, after the run that is under way', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: { allowedTools: ['Bash'] } });
    const made = await make(rigger, {
      cron: NEVER_SOON,
      paused: true,
      target: { sessionId: session.id },
      prompt: script(bash(HANG), { text: 'never' }),
    });
    expect(made).toMatchObject({ status: 'paused', nextTimes: [] });
    const run = await rigger.call('POST', `/api/schedules/${made.id}/run`);
    expect(run).toMatchObject({ status: 202, body: { trigger: 'manual', scheduleId: made.id } });
    await runs(rigger, made.id, ([first]) => first.status === 'running');
    await rigger.call('PATCH', `/api/schedules/${made.id}`, { prompt: 'and now' });
    await rigger.call('POST', `/api/schedules/${made.id}/run`);
    expect((await runsOf(rigger, made.id)).map((one) => one.status)).toEqual(['waiting', 'running']);
    await rigger.until(session.id, (event) => JSON.stringify(event.data).includes('"tool_use"'));
    await rigger.call('POST', `/api/sessions/${session.id}/interrupt`);
    const [second, first] = await runs(rigger, made.id, (all) => all.every(over));
    expect([first.status, second.status]).toEqual(['interrupted', 'succeeded']);
    const resumed = await rigger.call('POST', `/api/schedules/${made.id}/resume`);
    expect(resumed.body).toMatchObject({ status: 'active' });
    expect(resumed.body.nextTimes).toHaveLength(5);
  });

  test('whose session has ended is disabled, and whoever wants to know is told', async () => {
    const receiver = await startReceiver();
    try {
      await rigger.call('POST', '/api/webhooks', { url: receiver.url, events: ['schedule.disabled'] });
      const session = await rigger.create({ pattern: 'hybrid', config: {} });
      const made = await make(rigger, { cron: NEVER_SOON, target: { sessionId: session.id } });
      await rigger.call('POST', `/api/sessions/${session.id}/terminate`);
      await rigger.call('POST', `/api/schedules/${made.id}/run`);
      const [run] = await runs(rigger, made.id, ([first]) => over(first));
      expect(run).toMatchObject({ status: 'failed', error: { code: 'session_not_active' }, turnId: null });
      expect(await get(rigger, made.id)).toMatchObject({
        status: 'disabled',
        statusReason: 'session_ended',
        nextTimes: [],
      });
      expect((await rigger.call('POST', `/api/schedules/${made.id}/run`)).body.code).toBe('schedule_disabled');
      expect((await rigger.call('POST', `/api/schedules/${made.id}/resume`)).body.code).toBe('session_not_active');
      const told = await receiver.until((one) => one.event.type === 'schedule.disabled');
      expect(told.event.data).toEqual({
        schedule: { id: made.id, name: 'test' },
        reason: 'session_ended',
        sessionId: session.id,
      });
      // Given another session, it goes on.
      const other = await rigger.create({ pattern: 'hybrid', config: {} });
      await rigger.call('PATCH', `/api/schedules/${made.id}`, { target: { sessionId: other.id } });
      expect((await rigger.call('POST', `/api/schedules/${made.id}/resume`)).body.status).toBe('active');
      await rigger.call('DELETE', `/api/sessions/${other.id}`);
      await rigger.call('POST', `/api/schedules/${made.id}/run`);
      await runs(rigger, made.id, ([first]) => over(first) && first.error.code === 'session_not_found');
      expect((await get(rigger, made.id)).statusReason).toBe('session_deleted');
    } finally {
      await receiver.close();
    }
  });

  test('that cannot be is refused in words', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    const target = { sessionId: session.id };
    const ephemeral = await rigger.create({ pattern: 'ephemeral', config: {} });
    const tries: [object, number, string][] = [
      [{ target }, 400, 'invalid_request'],
      [{ target, cron: NEVER_SOON, at: '2100-01-01T00:00:00Z' }, 400, 'invalid_request'],
      [{ target, cron: '0 25 * * *' }, 400, 'invalid_request'],
      [{ target, cron: '0 0 30 2 *' }, 400, 'invalid_request'],
      [{ target, cron: 'every day' }, 400, 'invalid_request'],
      [{ target, cron: NEVER_SOON, timezone: 'Europe/Nowhere' }, 400, 'invalid_request'],
      [{ target, at: '2020-01-01T00:00:00Z' }, 400, 'invalid_request'],
      [{ target: { sessionId: 'sess_nowhere' }, cron: NEVER_SOON }, 404, 'session_not_found'],
      [{ target: { sessionId: ephemeral.id }, cron: NEVER_SOON }, 400, 'invalid_request'],
      [{ target: { create: { pattern: 'odd' } }, cron: NEVER_SOON }, 400, 'invalid_request'],
    ];
    for (const [body, status, code] of tries) {
      const answer = await rigger.call('POST', '/api/schedules', { name: 'test', prompt: 'x', ...body });
      expect({ ...body, status: answer.status, code: answer.body.code }).toEqual({ ...body, status, code });
    }
    for (const path of ['', '/runs'])
      expect((await rigger.call('GET', `/api/schedules/sched_nowhere${path}`)).body.code).toBe('schedule_not_found');
  });
});

test('times that passed while no server was there come once, or not at all, as the schedule says', async () => {
  const rigger = await startRigger();
  try {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    const target = { sessionId: session.id };
    const once = await make(rigger, { cron: '0 * * * *', target, onMissed: 'once' });
    const skip = await make(rigger, { cron: '0 * * * *', target, onMissed: 'skip' });
    await rigger.kill('SIGINT');
    await rigger.restart();
    // As if the server had been away for five hours. Half past, so that no time of the hour is on time.
    await rigger.sql(
      "UPDATE schedules SET cron = extract(minute FROM now() + interval '30 minutes')::int || ' * * * *', next_at = now() - interval '5 hours'",
    );
    const [done] = await runs(rigger, once.id, ([first]) => over(first));
    expect(done).toMatchObject({ status: 'succeeded', trigger: 'time' });
    expect(Date.now() - Date.parse(done.dueAt)).toBeGreaterThan(4 * 3_600_000);
    const [left] = await runs(rigger, skip.id, (all) => all.length > 0);
    expect(left).toMatchObject({ status: 'skipped', reason: 'missed' });
    expect(await rigger.turns(session.id)).toHaveLength(1);
    for (const { id } of [once, skip]) {
      expect(await runsOf(rigger, id)).toHaveLength(1);
      expect(Date.parse((await get(rigger, id)).nextTimes[0])).toBeGreaterThan(Date.now());
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
    cluster = await startCluster(2, { RIGGER_SWEEP_INTERVAL_MS: '500' });
    [a, b] = cluster.servers as [Rigger, Rigger];
    await cluster.startRunner('r1');
  });
  afterAll(() => cluster?.stop());

  test('run each time once between them', async () => {
    const session = await a.create({ pattern: 'hybrid', config: {} });
    const made = await make(a, { cron: EVERY_SECOND, target: { sessionId: session.id }, overlap: 'queue' });
    await runs(b, made.id, (all) => all.filter(over).length >= 4);
    await b.call('POST', `/api/schedules/${made.id}/pause`);
    const found = await runs(b, made.id, (all) => all.every(over));
    const turns = await a.turns(session.id);
    expect(turns.map((turn) => turn.id).sort()).toEqual(found.map((run) => run.turnId).sort());
    expect(new Set(found.map((run) => run.dueAt)).size).toBe(found.length);
  });

  test('one dies between taking a run and noting it: the other finds what was done, and does it no second time', async () => {
    const made = await make(a, { cron: NEVER_SOON, target: { create: { pattern: 'hybrid', tags: ['only-one'] } } });
    await a.call('POST', `/api/schedules/${made.id}/run`);
    const [first] = await runs(b, made.id, ([one]) => over(one));
    // As it was just before it was noted, by a server that is no more.
    await b.sql(
      "UPDATE schedule_runs SET status = 'starting', session_id = NULL, turn_id = NULL, finished_at = NULL, claimed_until = now() WHERE id = $1",
      [first.id],
    );
    const [again] = await runs(b, made.id, ([one]) => over(one));
    expect(again).toMatchObject({ status: 'succeeded', sessionId: first.sessionId, turnId: first.turnId });
    const { body } = await b.call('GET', '/api/sessions?tags=only-one');
    expect(body.total).toBe(1);
    expect(await b.turns(first.sessionId)).toHaveLength(1);
  });
});
