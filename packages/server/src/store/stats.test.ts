/** What is kept must be what is there: sums, shares and lists beside the plainest reading of the table. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toNano } from '../model/money.ts';
import { SESSION_PATTERNS, SESSION_STATUSES } from '../model/session.ts';
import type { Database } from './database.ts';
import { makeTestDatabase } from './fixtures/database.ts';
import { listByCursor, listByPage } from './lists.ts';
import { migrate } from './migrate.ts';
import { foldSessionSums, type StatsRow, sumSessions } from './stats.ts';

let database: Database;
const run = async (statement: string, values: unknown[] = []) => (await database.pool.query(statement, values)).rows;

beforeAll(async () => {
  database = await makeTestDatabase('stats_test');
  await migrate(database.clientConfig);
  // What deleted sessions were, by the plainest means: a copy of each row as it went.
  await run('CREATE TABLE graveyard AS SELECT *, now() AS gone_at FROM agent_sessions');
  await run(`CREATE FUNCTION bury() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO graveyard SELECT OLD.*, now(); RETURN NULL; END $$`);
  await run('CREATE TRIGGER bury AFTER DELETE ON agent_sessions FOR EACH ROW EXECUTE FUNCTION bury()');
});
afterAll(() => database.close());

const empty = async (): Promise<void> => {
  await run('TRUNCATE agent_sessions CASCADE');
  await run('TRUNCATE graveyard, session_deltas, session_sums, session_shares, deleted_session_stats');
};
beforeEach(empty);

const TAGS = ['a', 'b', 'c', ...Array.from({ length: 9 }, (_, n) => `wide${n}`)];
const USERS = ['u1', 'u2', ''];

interface Filter {
  userId?: string;
  tags?: string[];
}

/** The sums of `sumSessions` by going through every session that there is and was. Durations only of what has ended. */
async function naive({ userId, tags }: Filter): Promise<Omit<StatsRow, 'durationMs'>[]> {
  const rows = await run(
    `WITH every AS (
       SELECT pattern, status, user_id, tags, total_cost, total_tokens FROM agent_sessions
       UNION ALL SELECT pattern, status, user_id, tags, total_cost, total_tokens FROM graveyard
     ), keyed AS (
       SELECT k.by, k.key, total_cost, total_tokens FROM every, LATERAL (
         VALUES ('pattern', pattern), ('status', status), ('user', user_id)
         UNION ALL SELECT DISTINCT 'tag', tag FROM unnest(tags) AS tag
       ) AS k (by, key)
       WHERE k.key IS NOT NULL AND ($1::text IS NULL OR user_id = $1) AND ($2::text[] IS NULL OR tags @> $2)
     )
     SELECT by, key, count(*) AS sessions, sum(total_cost) AS cost, sum(total_tokens)::bigint AS tokens FROM keyed GROUP BY by, key`,
    [userId ?? null, tags ?? null],
  );
  return rows.map((row) => ({ ...row, cost: toNano(row.cost) }));
}

async function naiveDuration(filter: Filter, at: Date): Promise<number> {
  const [row] = await run(
    `SELECT coalesce(sum(extract(epoch FROM ended - created_at) * 1000), 0)::float8 AS ms FROM (
       SELECT created_at, coalesce(completed_at, terminated_at, $3::timestamptz) AS ended, user_id, tags FROM agent_sessions
       UNION ALL SELECT created_at, coalesce(completed_at, terminated_at, gone_at), user_id, tags FROM graveyard
     ) AS every WHERE ($1::text IS NULL OR user_id = $1) AND ($2::text[] IS NULL OR tags @> $2)`,
    [filter.userId ?? null, filter.tags ?? null, at],
  );
  return row.ms;
}

const sorted = <T extends { by: string; key: string }>(rows: T[]) =>
  rows.toSorted((a, b) => `${a.by} ${a.key}`.localeCompare(`${b.by} ${b.key}`));

const FILTERS: Filter[] = [
  {},
  ...USERS.map((userId) => ({ userId })),
  ...['a', 'b', 'wide0', 'nobody’s'].map((tag) => ({ tags: [tag] })),
  { tags: ['a', 'a'] },
  { tags: ['a', 'b'] },
  { userId: 'u1', tags: ['a'] },
];

async function expectSumsToHold(): Promise<void> {
  for (const filter of FILTERS) {
    const before = await database.now();
    const rows = await sumSessions(database.db, 'default', filter);
    const after = await database.now();
    const sums = rows.map(({ durationMs: _, ...row }) => row);
    expect(sorted(sums), JSON.stringify(filter)).toEqual(sorted(await naive(filter)));
    const patterns = rows.filter((row) => row.by === 'pattern');
    const duration = patterns.reduce((sum, row) => sum + row.durationMs, 0);
    // A time read from the database is cut to the millisecond, which every session that has not ended may be longer by.
    const cut = 10 + patterns.reduce((sum, row) => sum + row.sessions, 0);
    expect(duration).toBeGreaterThanOrEqual((await naiveDuration(filter, before)) - cut);
    expect(duration).toBeLessThanOrEqual((await naiveDuration(filter, after)) + cut);
  }
}

/** Every list, whole, by page and by cursor, and its total. */
async function expectListsToHold(): Promise<void> {
  const any = [undefined];
  for (const pattern of [...any, 'hybrid', 'ephemeral'] as const)
    for (const status of [...any, 'idle', 'completed'] as const)
      for (const userId of [...any, 'u1'])
        for (const tags of [...any, ['a'], ['a', 'b'], ['wide0']]) {
          const query = { pattern, status, userId, tags } as Parameters<typeof listByPage>[2];
          const rows = await run(
            `SELECT id FROM agent_sessions WHERE ($1::text IS NULL OR pattern = $1) AND ($2::text IS NULL OR status = $2)
               AND ($3::text IS NULL OR user_id = $3) AND ($4::text[] IS NULL OR tags @> $4) ORDER BY created_at DESC, id DESC`,
            [pattern, status, userId, tags],
          );
          const ids = rows.map((row) => row.id);
          const { sessions, total } = await listByPage(database.db, 'default', query, 2, 3);
          expect([total, ...sessions.map(({ id }) => id)], JSON.stringify(query)).toEqual([
            ids.length,
            ...ids.slice(3, 6),
          ]);
          const read: string[] = [];
          for (let last = null; ; ) {
            const [session] = await listByCursor(database.db, 'default', query, last, 1);
            if (session === undefined) break;
            read.push(session.id);
            // Times of a record are of whole milliseconds, as those that Rigger writes are.
            last = session;
          }
          expect(read).toEqual(ids);
        }
}

const label = {
  pattern: fc.constantFrom(...SESSION_PATTERNS),
  status: fc.constantFrom(...SESSION_STATUSES),
  user: fc.option(fc.constantFrom(...USERS)),
  tags: fc.oneof(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }), fc.constant(TAGS)),
};
const amounts = {
  cost: fc.integer({ min: 0, max: 5_000_000 }),
  tokens: fc.nat(1_000),
  ended: fc.constantFrom('neither', 'completed_at', 'terminated_at'),
};
const which = fc.nat(9);
const ONE_COLUMN = [
  "status = 'idle'", "pattern = 'hybrid'", "user_id = 'u2'", "tags = '{b}'", 'total_cost = total_cost + 1.5', 'total_tokens = total_tokens + 3',
  "completed_at = created_at + interval '5 s'", "terminated_at = created_at + interval '2 s'", 'terminated_at = NULL', "created_at = created_at - interval '1 h'",
]; // biome-ignore format: a list
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('insert' as const),
      n: fc.integer({ min: 1, max: 4 }),
      ...label,
      ...amounts,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('change' as const), which, ...label, ...amounts }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retag' as const), tags: label.tags, user: label.user }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set' as const), which, set: fc.constantFrom(...ONE_COLUMN) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const), ...label }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fold' as const), at: fc.constantFrom(1, 2, 1_000) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const INSERT = `INSERT INTO agent_sessions (id, pattern, status, user_id, tags, total_cost, total_tokens, created_at, completed_at, terminated_at)
  SELECT gen_random_uuid(), $2, $3, $4, $5, $6::numeric / 1e6, $7, at,
         CASE WHEN $8 = 'completed_at' THEN at + interval '7.0015 s' END, CASE WHEN $8 = 'terminated_at' THEN at + interval '3 s' END
  FROM (SELECT date_trunc('milliseconds', now() - interval '1 s' * n * 7919) AS at FROM generate_series(1, $1::integer) AS n) AS made`;
const NTH = '(SELECT id FROM agent_sessions ORDER BY id OFFSET $1 LIMIT 1)';

async function take(what: Step): Promise<void> {
  switch (what.do) {
    case 'insert':
      await run(INSERT, [what.n, what.pattern, what.status, what.user, what.tags, what.cost, what.tokens, what.ended]);
      return;
    case 'change':
      await run(
        `UPDATE agent_sessions SET pattern = $2, status = $3, user_id = $4, tags = $5, total_cost = $6::numeric / 1e6, total_tokens = $7,
           completed_at = CASE WHEN $8 = 'completed_at' THEN now() END, terminated_at = CASE WHEN $8 = 'terminated_at' THEN now() END
         WHERE id = ${NTH}`,
        [what.which, what.pattern, what.status, what.user, what.tags, what.cost, what.tokens, what.ended],
      );
      return;
    case 'retag':
      await run(
        "UPDATE agent_sessions SET tags = $1, created_at = created_at - interval '1 day' WHERE user_id IS NOT DISTINCT FROM $2",
        [what.tags, what.user],
      );
      return;
    case 'set':
      await run(`UPDATE agent_sessions SET ${what.set}, last_event_seq = last_event_seq + 1 WHERE id = ${NTH}`, [
        what.which,
      ]);
      return;
    case 'delete':
      await run(`DELETE FROM agent_sessions WHERE id = ${NTH}`, [what.which]);
      return;
    case 'undo':
      await run(
        `DO $$ BEGIN DELETE FROM agent_sessions; RAISE EXCEPTION 'undo'; EXCEPTION WHEN raise_exception THEN NULL; END $$`,
      );
      return;
    case 'fold':
      // Also in parts, in whatever order they lie.
      await run('SELECT fold_session_sums($1)', [what.at]);
  }
}

describe('sums', () => {
  test('are what a scan finds, after whatever was done and however much of it is folded', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
          for (const one of steps) await take(one);
          await expectSumsToHold();
          while (await foldSessionSums(database.db));
          await expectSumsToHold();
        })
        .beforeEach(empty),
      { numRuns: 40 },
    );
  });

  test('hold when a later change is folded before an earlier one', async () => {
    await run(INSERT, [1, 'hybrid', 'idle', 'u1', ['a'], 5_000_000, 5, 'neither']);
    await run('UPDATE agent_sessions SET total_cost = 6, total_tokens = 6');
    await run(`WITH taken AS (DELETE FROM session_deltas RETURNING *)
      INSERT INTO session_deltas SELECT * FROM taken ORDER BY abs(cost) = 5 AND sessions = 1`);
    await run('SELECT fold_session_sums(2)');
    expect(await run('SELECT sessions, cost FROM session_deltas')).toEqual([{ sessions: 1, cost: '5.000000000' }]);
    await expectSumsToHold();
    await run('SELECT fold_session_sums(2)');
    await expectSumsToHold();
  });

  test('hold at every moment while sessions change and several fold at once', async () => {
    await run(INSERT, [40, 'hybrid', 'idle', 'u1', ['a', 'b'], 1_000_000, 10, 'neither']);
    let busy = true;
    const writing = Promise.all(
      Array.from({ length: 3 }, async (_, writer) => {
        for (let n = 0; n < 60; n += 1) {
          await run(
            `UPDATE agent_sessions SET status = CASE status WHEN 'idle' THEN 'active' ELSE 'idle' END WHERE id = ${NTH}`,
            [(n * 7 + writer) % 40],
          );
          await run(INSERT, [1, 'ephemeral', 'completed', 'u2', ['c'], 0, 0, 'completed_at']);
          await run(
            "DELETE FROM agent_sessions WHERE id = (SELECT id FROM agent_sessions WHERE user_id = 'u2' LIMIT 1 FOR UPDATE SKIP LOCKED)",
          );
        }
      }),
    ).finally(() => {
      busy = false;
    });
    const folding = Promise.all(
      Array.from({ length: 3 }, async () => {
        while (busy) await run('SELECT fold_session_sums(17)');
      }),
    );
    while (busy) {
      const rows = await sumSessions(database.db, 'default', { userId: 'u1' });
      expect(rows.find((row) => row.by === 'pattern')).toMatchObject({
        key: 'hybrid',
        sessions: 40,
        cost: toNano(40),
        tokens: 400,
      });
      expect((await listByPage(database.db, 'default', { tags: ['a'] }, 1, 1)).total).toBe(40);
    }
    await Promise.all([writing, folding]);
    await expectSumsToHold();
    while (await foldSessionSums(database.db));
    await expectSumsToHold();
  });

  test('by user and by tag name the hundred with the highest cost, the newest changes included', async () => {
    await run(`INSERT INTO agent_sessions (id, pattern, status, user_id, tags, total_cost)
      SELECT n, 'hybrid', 'idle', 'user ' || n, ARRAY['all', 'tag ' || n], n FROM generate_series(1, 150) AS n`);
    await foldSessionSums(database.db);
    // Not folded: one that was last comes first, and three that were first leave.
    await run("UPDATE agent_sessions SET total_cost = 1000 WHERE user_id = 'user 1'");
    await run("UPDATE agent_sessions SET total_cost = 0 WHERE user_id IN ('user 150', 'user 149', 'user 148')");
    for (const filter of [{}, { tags: ['all'] }]) {
      const rows = await sumSessions(database.db, 'default', filter);
      const users = rows.filter((row) => row.by === 'user').map((row) => row.key);
      expect(users).toEqual(['user 1', ...Array.from({ length: 99 }, (_, n) => `user ${147 - n}`)]);
      expect(rows.filter((row) => row.by === 'tag')).toHaveLength(100);
    }
  });

  test('between two times count deleted sessions by the day of their creation', async () => {
    await run(INSERT, [2, 'hybrid', 'completed', 'u1', ['a'], 1_000_000, 1, 'completed_at']);
    await run("UPDATE agent_sessions SET created_at = '2026-03-05T10:00:00Z', completed_at = '2026-03-05T10:00:01Z'");
    await run(`DELETE FROM agent_sessions WHERE id = ${NTH}`, [0]);
    const march = { from: '2026-03-05T00:00:00Z', to: '2026-03-06T00:00:00Z' };
    const expected = { by: 'user', key: 'u1', sessions: 2, cost: toNano(2), tokens: 2 };
    expect(await sumSessions(database.db, 'default', march)).toContainEqual({ ...expected, durationMs: 0 });
    await foldSessionSums(database.db);
    const rows = await sumSessions(database.db, 'default', { ...march, userId: 'u1', tags: ['a'] });
    expect(rows).toContainEqual({ ...expected, durationMs: 0 });
    expect(rows[0]).toMatchObject({ by: 'pattern', durationMs: 2_000 });
    expect(await sumSessions(database.db, 'default', { ...march, from: '2026-03-06T00:00:00Z' })).toEqual([]);
  });

  test('nothing is left of a label that nobody has any more', async () => {
    await run(INSERT, [3, 'hybrid', 'idle', 'u1', ['a', 'b'], 1, 1, 'neither']);
    await foldSessionSums(database.db);
    await run("UPDATE agent_sessions SET tags = '{c}', user_id = NULL");
    await foldSessionSums(database.db);
    expect(await run("SELECT label FROM session_sums WHERE label IN ('u1', 'a', 'b')")).toEqual([]);
    expect(await run("SELECT name FROM session_shares WHERE 'c' NOT IN (name)")).toEqual([]);
  });

  test('an update that changes none of them writes no delta', async () => {
    await run(INSERT, [1, 'hybrid', 'idle', 'u1', ['a'], 1, 1, 'neither']);
    await foldSessionSums(database.db);
    await run(
      'UPDATE agent_sessions SET last_event_seq = 5, last_batch = 2, last_activity_at = now(), status = status',
    );
    expect(await run('SELECT * FROM session_deltas')).toEqual([]);
  });
});

describe('lists', () => {
  test('are complete and in order for every combination of filters, whatever leads', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(step, { minLength: 10, maxLength: 20 }), async (steps) => {
          for (const one of steps) await take(one);
          await expectListsToHold();
        })
        .beforeEach(empty),
      { numRuns: 5 },
    );
  });
});
