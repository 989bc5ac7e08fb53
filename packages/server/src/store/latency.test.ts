import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { latencyQuery } from '../model/usage.ts';
import type { Database } from './database.ts';
import { makeTestDatabase } from './fixtures/database.ts';
import { readLatency } from './latency.ts';
import { migrate } from './migrate.ts';

let database: Database;
beforeAll(async () => {
  database = await makeTestDatabase('latency_test');
  await migrate(database.clientConfig);
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('TRUNCATE model_calls'));

let calls = 0;
const call = (startedAt: string, firstByteMs: number | null, change: { model?: string; tags?: string[] } = {}) =>
  database.pool.query(
    `INSERT INTO model_calls (id, session_id, agent, pattern, tags, model, stream, price, reserved, outcome, started_at, settled_at, first_byte_ms, total_ms)
     VALUES ($1, 's1', 'main', 'hybrid', $2, $3, true, '{}', 0, 'done', $4, $4, $5, $5 * 10)`,
    [`call_${++calls}`, change.tags ?? [], change.model ?? 'm1', startedAt, firstByteMs],
  );
const read = (query: object) => readLatency(database.db, 'default', latencyQuery.parse(query));

describe('latency', () => {
  test('is told by the hour and over all of it, of calls that were answered', async () => {
    for (const ms of [100, 200, 300]) await call('2026-11-20T10:15:00Z', ms);
    await call('2026-11-20T10:59:59Z', null);
    await call('2026-11-20T11:00:00Z', 1_000);
    const rows = await read({ from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' });
    expect(rows.map((row) => [row.start?.toISOString(), row.calls, row.firstByteMs?.p50, row.totalMs?.p50])).toEqual([
      ['2026-11-20T10:00:00.000Z', 3, 200, 2_000],
      ['2026-11-20T11:00:00.000Z', 1, 1_000, 10_000],
      [undefined, 4, 250, 2_500],
    ]);
    expect(rows[0]!.firstByteMs!.p95).toBeCloseTo(290);
  });

  test('can be of one model or tag, and by the day', async () => {
    await call('2026-11-20T10:00:00Z', 100, { model: 'm2' });
    await call('2026-11-20T20:00:00Z', 300, { model: 'm2', tags: ['a', 'b'] });
    await call('2026-11-20T20:00:00Z', 900);
    const span = { from: '2026-11-20T00:00:00Z', interval: 'day' };
    const of = async (query: object) => (await read({ ...span, ...query })).map((row) => row.firstByteMs?.p50);
    expect(await of({ model: 'm2' })).toEqual([200, 200]);
    expect(await of({ tag: 'b' })).toEqual([300, 300]);
  });

  test('is of the last day unless told otherwise, and says so when nothing was called', async () => {
    await call('2020-01-01T00:00:00Z', 100);
    expect(await read({})).toEqual([{ start: null, calls: 0, firstByteMs: null, totalMs: null }]);
    await call(new Date(Date.now() - 3_600_000).toISOString(), 70);
    expect((await read({})).map((row) => row.firstByteMs?.p50)).toEqual([70, 70]);
  });
});
