import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionListQuery } from '../model/session.ts';
import type { Database } from './database.ts';
import { makeTestDatabase } from './fixtures/database.ts';
import { listByCursor, listByPage, type Place, searchByCursor } from './lists.ts';
import { migrate } from './migrate.ts';

let database: Database;
beforeAll(async () => {
  database = await makeTestDatabase('lists_test');
  await migrate(database.clientConfig);
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('TRUNCATE agent_sessions CASCADE'));

interface Made {
  status?: string;
  description?: string;
  user?: string;
  tags?: string[];
  runner?: string;
  paused?: boolean;
}
let made = 0;
/** Each is newer than the one before. */
const session = (id: string, { status = 'idle', description, user, tags = [], runner, paused = false }: Made = {}) =>
  database.pool.query(
    `INSERT INTO agent_sessions (id, pattern, status, created_at, description, user_id, tags, runner_id, paused)
     VALUES ($1, 'hybrid', $2, '2026-01-01'::timestamptz + $3 * interval '1 second', $4, $5, $6, $7, $8)`,
    [id, status, ++made, description, user, tags, runner, paused],
  );

/** All that a search finds, and in how many answers. */
async function search(query: object, { limit = 50, atOnce = 1_000 } = {}): Promise<[string[], number]> {
  const parsed = sessionListQuery.parse(query);
  const found: string[] = [];
  let answers = 0;
  for (let after: Place | null = null; ; ) {
    const { sessions, next } = await searchByCursor(database.db, 'default', parsed, after, limit, atOnce);
    answers += 1;
    found.push(...sessions.map(({ id }) => id));
    if (next === null) return [found, answers];
    after = next;
  }
}

describe('a search', () => {
  test('finds words in description, user, tags and id, whatever their case, and all of them must be there', async () => {
    await session('sess_1', { description: 'Mend the LOGIN page', user: 'ann' });
    await session('sess_2', { tags: ['login', 'urgent'], user: 'bob' });
    await session('sess_3abc', { description: '100% of_it' });
    expect((await search({ q: 'login' }))[0]).toEqual(['sess_2', 'sess_1']);
    expect((await search({ q: ' Login  ANN ' }))[0]).toEqual(['sess_1']);
    expect((await search({ q: '3abc' }))[0]).toEqual(['sess_3abc']);
    expect((await search({ q: '100% of_i' }))[0]).toEqual(['sess_3abc']);
    expect((await search({ q: 'nowhere' }))[0]).toEqual([]);
  });

  test('looks through so many at a time, and goes on until the end: each once, whatever else is asked for', async () => {
    for (let n = 0; n < 25; n += 1)
      await session(`s${String(n).padStart(2, '0')}`, {
        status: n % 2 === 0 ? 'idle' : 'completed',
        description: n % 5 === 0 ? 'wanted' : 'other',
        tags: n < 15 ? ['old'] : ['new'],
      });
    const wanted = ['s20', 's15', 's10', 's05', 's00'];
    expect(await search({ q: 'wanted' }, { atOnce: 4 })).toEqual([wanted, 7]);
    expect((await search({ q: 'wanted' }, { atOnce: 10, limit: 1 }))[0]).toEqual(wanted);
    expect((await search({ q: 'wanted', status: 'idle' }, { atOnce: 3 }))[0]).toEqual(['s20', 's10', 's00']);
    expect((await search({ q: 'wanted', status: 'completed', tags: 'old' }, { atOnce: 3 }))[0]).toEqual(['s05']);
  });
});

test('sessions of a runner, and those that wait for money, are listed by themselves, counted and with other filters', async () => {
  await session('s1', { runner: 'r1', status: 'active' });
  await session('s2', { runner: 'r1', paused: true });
  await session('s3', { runner: 'r2', paused: true });
  await session('s4');
  const ids = async (query: object) => {
    const parsed = sessionListQuery.parse(query);
    const { sessions, total } = await listByPage(database.db, 'default', parsed, 1, 10);
    expect(total).toBe(sessions.length);
    expect(await listByCursor(database.db, 'default', parsed, null, 10)).toEqual(sessions);
    return sessions.map(({ id }) => id);
  };
  expect(await ids({ runnerId: 'r1' })).toEqual(['s2', 's1']);
  expect(await ids({ runnerId: 'r1', status: 'active' })).toEqual(['s1']);
  expect(await ids({ paused: 'true' })).toEqual(['s3', 's2']);
  expect(await ids({ paused: 'true', runnerId: 'r2' })).toEqual(['s3']);
});
