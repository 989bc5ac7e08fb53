import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Nano, toNano } from '../model/money.ts';
import { costOf, LIST_PRICES, NO_TOKENS } from '../model/prices.ts';
import { type Database, transact } from './database.ts';
import { makeTestDatabase } from './fixtures/database.ts';
import {
  type CallEnd,
  type CallStart,
  callIsKept,
  forgetCalls,
  holdMore,
  keepCalls,
  lostCalls,
  openCall,
  settleCall,
} from './ledger.ts';
import { migrate } from './migrate.ts';

let database: Database;
const run = async (statement: string, values: unknown[] = []) => (await database.pool.query(statement, values)).rows;
beforeAll(async () => {
  database = await makeTestDatabase('ledger_test');
  await migrate(database.clientConfig);
});
afterAll(() => database.close());
beforeEach(() => run('TRUNCATE agent_sessions, model_calls, usage_hours, budgets CASCADE'));

const price = LIST_PRICES['claude-sonnet-4-5']!;
const cents = (n: number): Nano => BigInt(Math.round(n * 1e7));
let calls = 0;
const start = (sessionId: string, change: Partial<CallStart> = {}): CallStart => ({
  id: `call_${++calls}`,
  sessionId,
  epoch: 1,
  agent: null,
  model: 'claude-sonnet-4-5',
  stream: true,
  price,
  least: cents(1),
  likely: cents(1),
  tokens: { ...NO_TOKENS, input: 100, output: 1 },
  ...change,
});
const ending = (id: string, cost: Nano, change: Partial<CallEnd> = {}): CallEnd => ({
  id,
  outcome: 'done',
  httpStatus: 200,
  upstream: 'default',
  requestId: 'req_1',
  firstByteMs: 5,
  totalMs: 10,
  tokens: { ...NO_TOKENS, input: 1_000, output: 10 },
  cost,
  estimated: false,
  ...change,
});
const session = (id: string, budget: string | null = null, user: string | null = null) =>
  run(
    "INSERT INTO agent_sessions (id, pattern, status, epoch, max_budget_usd, user_id, tags) VALUES ($1, 'hybrid', 'active', 1, $2, $3, '{a}')",
    [id, budget, user],
  );
const budget = (id: string, scope: string, label: string, period: string, limit: string) =>
  run(
    `INSERT INTO budgets (id, scope, label, period, limit_usd, period_start, spent)
     VALUES ($1, $2, $3, $4, $5, CASE $4 WHEN 'total' THEN '-infinity'::timestamptz ELSE date_trunc($4, now(), 'UTC') END, 0)`,
    [id, scope, label, period, limit],
  );
const settle = (end: CallEnd) => transact(database.db, (tx) => settleCall(tx, end));

describe('a call', () => {
  test('is one row, its turn’s cost and the sums of its hour, once', async () => {
    await session('s', null, 'u');
    await run("INSERT INTO session_agents (session_id, name) VALUES ('s', 'main'), ('s', 'helper')");
    await run(
      "INSERT INTO session_turns (id, session_id, agent, status, prompt, epoch) VALUES ('t', 's', 'helper', 'running', '\"x\"', 1)",
    );
    const call = start('s', { agent: 'helper' });
    expect(await openCall(database.db, call)).toEqual({ verdict: 'open', held: null });
    expect(await settle(ending(call.id, cents(2)))).toMatchObject({ sessionId: 's', agent: 'helper', turnId: 't' });
    expect(await settle(ending(call.id, cents(2)))).toBeNull();
    expect(
      await run('SELECT agent, turn_id, user_id, outcome, cost, input_tokens::int, reserved FROM model_calls'),
    ).toEqual([
      {
        agent: 'helper',
        turn_id: 't',
        user_id: 'u',
        outcome: 'done',
        cost: '0.020000000',
        input_tokens: 1000,
        reserved: '0.000000000',
      },
    ]);
    expect(await run('SELECT cost, tokens FROM session_turns')).toEqual([{ cost: '0.020000000', tokens: 1010 }]);
    expect(await run('SELECT calls, cost, tags, model FROM usage_hours')).toEqual([
      { calls: 1, cost: '0.020000000', tags: ['a'], model: 'claude-sonnet-4-5' },
    ]);
  });

  test('of a session that has ended, or under another’s lease, does not begin', async () => {
    await session('s');
    expect(await openCall(database.db, start('s', { epoch: 0 }))).toEqual({ verdict: 'gone' });
    expect(await openCall(database.db, start('nobody'))).toEqual({ verdict: 'gone' });
    await run("UPDATE agent_sessions SET status = 'terminated', status_reason = 'error', terminated_at = now()");
    expect(await openCall(database.db, start('s'))).toEqual({ verdict: 'gone' });
    expect(await run('SELECT * FROM model_calls')).toEqual([]);
  });

  test('is kept before anything is answered, and one that a crash of the database took is known to be lost', async () => {
    await session('s', '1');
    const call = start('s');
    await openCall(database.db, call);
    const [{ written }] = await run('SELECT pg_current_wal_insert_lsn()::text AS written');
    expect(await callIsKept(database.db, call.id)).toBe(true);
    expect(await run('SELECT pg_current_wal_flush_lsn() >= $1::pg_lsn AS flushed', [written])).toEqual([
      { flushed: true },
    ]);
    await run('DELETE FROM model_calls');
    expect(await callIsKept(database.db, call.id)).toBe(false);
  });

  test('whose server fell silent is found, with what it had used', async () => {
    await session('s', '1');
    const [kept, lost] = [start('s'), start('s')];
    await openCall(database.db, kept);
    await openCall(database.db, lost);
    await holdMore(database.db, lost, cents(3), cents(4), { ...NO_TOKENS, input: 5_000, output: 70 });
    await run("UPDATE model_calls SET alive_at = now() - interval '2 minutes'");
    await keepCalls(database.db, [kept.id]);
    const found = await lostCalls(database.db, 60_000, 10);
    expect(found.map(({ id, tokens }) => [id, tokens])).toEqual([
      [lost.id, { ...NO_TOKENS, input: 5_000, output: 70 }],
    ]);
    expect(costOf(found[0]!.tokens, found[0]!.price)).toBe(toNano('0.01605'));
  });
});

test('old calls are forgotten, but not open ones, and what was spent stays in the sums', async () => {
  await session('s');
  const [old, open, young] = [start('s'), start('s'), start('s')];
  for (const call of [old, open, young]) await openCall(database.db, call);
  for (const { id } of [old, young]) await settleCall(database.db, ending(id, cents(1)));
  await run("UPDATE model_calls SET started_at = now() - interval '3 days' WHERE id = ANY($1)", [[old.id, open.id]]);
  expect(await forgetCalls(database.db, 86_400_000, 10)).toBe(1);
  expect((await run('SELECT id FROM model_calls ORDER BY id')).map(({ id }) => id)).toEqual([open.id, young.id].sort());
  expect(await run('SELECT sum(calls)::int AS calls FROM usage_hours')).toEqual([{ calls: 2 }]);
});

describe('a budget', () => {
  test('lets no call begin that it has not enough for, and says which budget it is', async () => {
    await session('s', '0.025');
    const call = start('s');
    expect(await openCall(database.db, call)).toEqual({ verdict: 'open', held: cents(1) });
    await settle(ending(call.id, cents(2)));
    await run('UPDATE agent_sessions SET total_cost = 0.02');
    expect(await openCall(database.db, start('s'))).toEqual({
      verdict: 'spent',
      line: {
        budget: null,
        scope: 'session',
        label: 's',
        period: 'total',
        limit: toNano('0.025'),
        spent: toNano('0.02'),
      },
    });
  });

  test('has room for a call beside others only for what it will probably cost, and for one alone to its last cent', async () => {
    await session('s', '0.1');
    const first = start('s', { likely: cents(6) });
    const second = start('s', { likely: cents(8) });
    expect((await openCall(database.db, first)).verdict).toBe('open');
    expect((await openCall(database.db, second)).verdict).toBe('busy');
    expect((await openCall(database.db, start('s', { likely: cents(7) }))).verdict).toBe('open');
    await run('UPDATE agent_sessions SET reserved_cost = 0');
    expect((await openCall(database.db, second)).verdict).toBe('open');
  });

  test('that other calls hold back is busy, not spent', async () => {
    await session('s', '0.015');
    expect((await openCall(database.db, start('s'))).verdict).toBe('open');
    expect((await openCall(database.db, start('s'))).verdict).toBe('busy');
  });

  test('gives one call at most a quarter of what is left, if that does', async () => {
    await session('s', '1');
    expect(await openCall(database.db, start('s', { likely: cents(90) }))).toEqual({
      verdict: 'open',
      held: cents(25),
    });
    expect(await openCall(database.db, start('s', { likely: cents(10) }))).toEqual({
      verdict: 'open',
      held: cents(10),
    });
  });

  test('gives a call more while there is more, and the rest when there is not', async () => {
    await session('s', '0.10');
    const call = start('s');
    await openCall(database.db, call);
    expect(await holdMore(database.db, call, cents(2), cents(2.5), NO_TOKENS)).toBe(cents(2.25));
    expect(await holdMore(database.db, call, cents(20), cents(30), NO_TOKENS)).toBe(cents(6.75));
    expect(await holdMore(database.db, call, cents(1), cents(1), NO_TOKENS)).toBe(0n);
  });

  test('of a user, of a key or of all counts whoever’s session it is, by its period', async () => {
    await session('s1', null, 'ann');
    await session('s2', null, 'ann');
    await session('s3', null, 'bob');
    await budget('b1', 'user', 'ann', 'day', '0.03');
    await budget('b2', 'all', '', 'month', '0.05');
    const spend = async (id: string, cost: Nano) => {
      const call = start(id);
      const opening = await openCall(database.db, call);
      return opening.verdict === 'open' ? settle(ending(call.id, cost)) : opening;
    };
    expect(await spend('s1', cents(1.5))).toMatchObject({ crossed: [{ budget: 'b1', percent: 50 }] });
    expect(await spend('s2', cents(1.5))).toMatchObject({
      crossed: expect.arrayContaining([
        expect.objectContaining({ budget: 'b1', percent: 100 }),
        expect.objectContaining({ budget: 'b2', percent: 50 }),
      ]),
    });
    expect(await spend('s1', cents(1))).toMatchObject({ verdict: 'spent', line: { budget: 'b1', scope: 'user' } });
    expect(await spend('s3', cents(2))).toMatchObject({ crossed: [{ budget: 'b2', percent: 100 }] });
    expect(await spend('s3', cents(1))).toMatchObject({ verdict: 'spent', line: { budget: 'b2', scope: 'all' } });
    // Yesterday’s is no longer counted.
    await run("UPDATE budgets SET period_start = period_start - interval '1 day' WHERE id = 'b1'");
    await run("UPDATE budgets SET limit_usd = 1 WHERE id = 'b2'");
    expect(await spend('s1', cents(1))).toMatchObject({ crossed: [] });
    expect(await run("SELECT spent FROM budgets WHERE id = 'b1'")).toEqual([{ spent: '0.010000000' }]);
  });

  test('is never passed by calls that begin at once, from however many servers, and nothing stays held back', async () => {
    for (const id of ['s1', 's2', 's3', 's4']) await session(id, '1', 'ann');
    await budget('b', 'user', 'ann', 'total', '0.10');
    const open = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const call = start(`s${(n % 4) + 1}`);
        return { call, opening: await openCall(database.db, call) };
      }),
    );
    const begun = open.filter(({ opening }) => opening.verdict === 'open');
    expect(begun).toHaveLength(10);
    expect(open.filter(({ opening }) => opening.verdict === 'busy')).toHaveLength(50);
    await Promise.all(begun.map(({ call }) => settle(ending(call.id, cents(1)))));
    expect(await run('SELECT spent, reserved FROM budgets')).toEqual([
      { spent: '0.100000000', reserved: '0.000000000' },
    ]);
    expect(await run('SELECT sum(reserved_cost) AS held FROM agent_sessions')).toEqual([{ held: '0.000000000' }]);
  });
});
