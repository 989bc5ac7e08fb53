import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { describeSchema } from './describe-schema.ts';
import { appendEvents, readEvents } from './events.ts';
import { makeTestDatabase } from './fixtures/database.ts';
import { migrate } from './migrate.ts';
import { abandonedSessions, claimSessions, keepRunner } from './runners.ts';
import { appendTranscript, copyTranscripts, loadTranscript, transcriptSubpaths } from './transcripts.ts';

let database: Database;

beforeAll(async () => {
  database = await makeTestDatabase('store_test');
});
afterAll(() => database.close());

const session = async (id: string, columns = ''): Promise<void> => {
  await database.pool.query(
    `INSERT INTO agent_sessions (id, pattern, status ${columns === '' ? '' : `, ${columns.split('=')[0]}`}) VALUES ('${id}', 'hybrid', 'idle' ${columns === '' ? '' : `, ${columns.split('=')[1]}`})`,
  );
};

describe('migrations', () => {
  test('are applied once, also by two starters at once', async () => {
    const applied = await Promise.all([migrate(database.pool), migrate(database.pool), migrate(database.pool)]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(database.pool)).toEqual([]);
  });

  test('make the schema that is written down, on whichever PostgreSQL this is', async () => {
    expect(await describeSchema(database.pool)).toBe(readFileSync(new URL('./schema.txt', import.meta.url), 'utf8'));
  });
});

describe('transcripts keep the contract of the SDK’s session store', () => {
  const key = { sessionId: 't1', sdkSessionId: 'sdk', subpath: '' };
  const entry = (uuid: string | undefined, n: number) => ({ type: 'user', ...(uuid === undefined ? {} : { uuid }), n });
  beforeAll(async () => {
    await session('t1');
    await session('t2');
  });

  test('a key that was never written is null', async () => {
    expect(await loadTranscript(database.db, { ...key, sdkSessionId: 'other' })).toBeNull();
  });

  test('entries come back deep-equal and in the order in which they were appended', async () => {
    const odd = {
      type: 'user',
      uuid: 'u0',
      text: 'NUL \0, quote ", \ud83d\ude00',
      nested: { list: [1, null, { a: [] }] },
      big: 2 ** 53,
    };
    await appendTranscript(database.db, key, [odd, entry(undefined, 1), entry('u2', 2)]);
    await appendTranscript(database.db, key, [entry('u3', 3)]);
    expect(await loadTranscript(database.db, key)).toEqual([odd, entry(undefined, 1), entry('u2', 2), entry('u3', 3)]);
  });

  test('an entry with a uuid is kept once, one without as often as it comes', async () => {
    await appendTranscript(database.db, key, [entry('u2', 99), entry(undefined, 4), entry(undefined, 4)]);
    const loaded = await loadTranscript(database.db, key);
    expect(loaded?.filter((one) => one.uuid === 'u2')).toEqual([entry('u2', 2)]);
    expect(loaded?.filter((one) => one.n === 4)).toHaveLength(2);
  });

  test('keys are apart: sessions, SDK sessions and subkeys, which are listed', async () => {
    await appendTranscript(database.db, { ...key, subpath: 'subagents/a' }, [entry('u2', 7)]);
    await appendTranscript(database.db, { ...key, sessionId: 't2' }, [entry('u2', 8)]);
    expect(await loadTranscript(database.db, { ...key, subpath: 'subagents/a' })).toEqual([entry('u2', 7)]);
    expect(await loadTranscript(database.db, { ...key, sessionId: 't2' })).toEqual([entry('u2', 8)]);
    expect(await transcriptSubpaths(database.db, 't1', 'sdk')).toEqual(['subagents/a']);
    expect(await transcriptSubpaths(database.db, 't2', 'sdk')).toEqual([]);
  });

  test('a copy has the same entries in the same order, and goes its own way', async () => {
    await session('t3');
    await copyTranscripts(database.db, 't1', 't3');
    const copied = await loadTranscript(database.db, { ...key, sessionId: 't3' });
    expect(copied).toEqual(await loadTranscript(database.db, key));
    await appendTranscript(database.db, { ...key, sessionId: 't3' }, [entry('new', 9)]);
    expect(await loadTranscript(database.db, key)).toEqual(copied);
  });
});

describe('events', () => {
  test('are numbered on without a gap and read after a cursor', async () => {
    await session('e1');
    const event = (type: string) => ({ type, at: new Date(0), agent: null, turnId: null, data: { text: 'a\0b' } });
    expect((await appendEvents(database.db, 'e1', 0, [event('a'), event('b')])).map((one) => one.seq)).toEqual([1, 2]);
    await appendEvents(database.db, 'e1', 2, [event('c')]);
    expect((await readEvents(database.db, 'e1', 1, 10)).map((one) => [one.seq, one.type, one.data.text])).toEqual([
      [2, 'b', 'a\0b'],
      [3, 'c', 'a\0b'],
    ]);
  });

  test('go with their session', async () => {
    await database.pool.query("DELETE FROM agent_sessions WHERE id = 'e1'");
    expect(await readEvents(database.db, 'e1', 0, 10)).toEqual([]);
  });
});

describe('placement', () => {
  const runner = (id: string, capacity: number) => ({ id, version: '1', capacity, labels: [], isolation: 'none' });

  test('a waiting session goes to one runner only, however many ask at once, and no runner gets more than it can hold', async () => {
    for (let n = 0; n < 30; n++) await session(`p${n}`, 'wants_runner=true');
    for (const [id, capacity] of [
      ['r1', 4],
      ['r2', 10],
      ['r3', 50],
    ] as const)
      await keepRunner(database.db, runner(id, capacity), 60_000);
    const claims = await Promise.all(['r1', 'r2', 'r3'].map((id) => claimSessions(database.db, id)));
    const ids = claims.flat().map((claim) => claim.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(claims[0]!.length).toBeLessThanOrEqual(4);
    expect(claims[1]!.length).toBeLessThanOrEqual(10);
    await claimSessions(database.db, 'r3');
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS left FROM agent_sessions WHERE id LIKE 'p%' AND runner_id IS NULL",
    );
    expect(rows[0].left).toBe(0);
  });

  test('what runners hold that are gone or late is found, and nothing else', async () => {
    await database.pool.query('DELETE FROM runners');
    await database.pool.query("UPDATE agent_sessions SET runner_id = NULL WHERE id LIKE 'p%'");
    await keepRunner(database.db, runner('here', 10), 60_000);
    await keepRunner(database.db, runner('late', 10), -1);
    const holders = { p1: 'here', p2: 'late', p3: 'gone', p4: 'here', p5: 'late' };
    for (const [id, holder] of Object.entries(holders))
      await database.pool.query('UPDATE agent_sessions SET runner_id = $1 WHERE id = $2', [holder, id]);
    const found = await abandonedSessions(database.db, 10);
    expect(found.map(({ id, runnerId }) => [id, runnerId]).sort()).toEqual([
      ['p2', 'late'],
      ['p3', 'gone'],
      ['p5', 'late'],
    ]);
    expect(await abandonedSessions(database.db, 1)).toHaveLength(1);
  });

  test('a runner whose lease has passed is given nothing', async () => {
    await keepRunner(database.db, runner('late', 10), -1);
    await session('waiting', 'wants_runner=true');
    expect(await claimSessions(database.db, 'late')).toEqual([]);
  });
});
