import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assign } from '../sessions/queue.ts';
import { type Database, transact } from './database.ts';
import { describeSchema } from './describe-schema.ts';
import { appendEvents, readEvents } from './events.ts';
import { makeTestDatabase } from './fixtures/database.ts';
import { forgetKeys, takeKey } from './idempotency.ts';
import { migrate } from './migrate.ts';
import { deletedSessions, purgePortion } from './purge.ts';
import {
  anyWaits,
  claimSessions,
  idleSessions,
  lockPlacement,
  lockWaiting,
  queuePlaces,
  runnerRooms,
  untoldPlaces,
  waitingSessions,
} from './queue.ts';
import {
  abandonedSessions,
  joinRunner,
  keepRunner,
  listRunners,
  noteRefusal,
  partRunner,
  setDraining,
} from './runners.ts';
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
    const applied = await Promise.all([
      migrate(database.clientConfig),
      migrate(database.clientConfig),
      migrate(database.clientConfig),
    ]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(database.clientConfig)).toEqual([]);
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
    expect((await appendEvents(database.db, 'e1', 0, [event('a'), event('b')])).events.map((one) => one.seq)).toEqual([
      1, 2,
    ]);
    await appendEvents(database.db, 'e1', 2, [event('c')]);
    expect((await readEvents(database.db, 'e1', 1, 10)).map((one) => [one.seq, one.type, one.data.text])).toEqual([
      [2, 'b', 'a\0b'],
      [3, 'c', 'a\0b'],
    ]);
  });

  test('go after their session', async () => {
    await database.pool.query("DELETE FROM agent_sessions WHERE id = 'e1'");
    while (!(await purgePortion(database.db, 'e1')));
    expect(await readEvents(database.db, 'e1', 0, 10)).toEqual([]);
  });
});

describe('placement', () => {
  const join = (id: string, capacity: number, labels: string[] = [], leaseMs = 60_000) =>
    joinRunner(
      database.db,
      { id, instance: `${id}-1`, version: '1', capacity, labels, isolation: 'none' },
      { id: 'srv_1', url: 'http://srv_1' },
      leaseMs,
    );
  const place = () =>
    transact(database.db, async (tx) => {
      await lockPlacement(tx);
      return claimSessions(tx, assign(await waitingSessions(tx, 100), await runnerRooms(tx)));
    });
  const heldBy = async (): Promise<Record<string, number>> => {
    const { rows } = await database.pool.query(
      'SELECT runner_id, count(*)::int AS held FROM agent_sessions WHERE runner_id IS NOT NULL GROUP BY 1',
    );
    return Object.fromEntries(rows.map((row) => [row.runner_id, row.held]));
  };
  beforeEach(async () => {
    await database.pool.query('DELETE FROM agent_sessions');
    await database.pool.query('DELETE FROM runners');
  });

  test('what runners hold that are gone or late is found, and nothing else', async () => {
    await join('here', 10);
    await join('late', 10, [], -1);
    const holders = { p1: 'here', p2: 'late', p3: 'gone', p4: 'here', p5: 'late' };
    for (const [id, holder] of Object.entries(holders)) {
      await session(id);
      await database.pool.query('UPDATE agent_sessions SET runner_id = $1 WHERE id = $2', [holder, id]);
    }
    const found = await abandonedSessions(database.db, 10);
    expect(found.map(({ id, runnerId }) => [id, runnerId]).sort()).toEqual([
      ['p2', 'late'],
      ['p3', 'gone'],
      ['p5', 'late'],
    ]);
    expect(await abandonedSessions(database.db, 1)).toHaveLength(1);
  });

  test('a waiting session goes to one runner only, however many servers place at once, and no runner gets more than it can hold', async () => {
    for (let n = 0; n < 30; n++) await session(`p${n}`, 'wants_runner=true');
    await join('r1', 4);
    await join('r2', 10);
    await join('r3', 50);
    const claims = (await Promise.all([place(), place(), place(), place()])).flat();
    expect(new Set(claims.map((claim) => claim.id)).size).toBe(30);
    expect(claims.every((claim) => claim.epoch === 1)).toBe(true);
    const held = await heldBy();
    expect(held.r1).toBeLessThanOrEqual(4);
    expect(held.r2).toBeLessThanOrEqual(10);
  });

  test('sessions go to the least loaded runner first, by what each can hold', async () => {
    await join('big', 30);
    await join('small', 10);
    for (let n = 0; n < 20; n++) await session(`p${n}`, 'wants_runner=true');
    await place();
    expect(await heldBy()).toEqual({ big: 15, small: 5 });
  });

  test('a session with labels goes to a runner that has them all, and waits while there is none', async () => {
    await join('plain', 10);
    await join('gpu', 10, ['gpu', 'linux']);
    await session('p1', "runner_labels='{gpu}'");
    await session('p2', "runner_labels='{gpu,arm}'");
    await database.pool.query('UPDATE agent_sessions SET wants_runner = true');
    expect((await place()).map((claim) => [claim.id, claim.runnerId])).toEqual([['p1', 'gpu']]);
    expect(await place()).toEqual([]);
  });

  test('a runner whose lease has passed, that is disconnected or that is being emptied is given nothing', async () => {
    await session('waiting', 'wants_runner=true');
    await join('late', 10, [], -1);
    await join('away', 10);
    await partRunner(database.db, { id: 'away', instance: 'away-1' }, 'srv_1');
    await join('leaving', 10);
    await setDraining(database.db, 'leaving', true);
    expect(await place()).toEqual([]);
    expect(await keepRunner(database.db, { id: 'away', instance: 'away-1' }, 'srv_2', 60_000)).toBe(true);
    expect((await place()).map((claim) => claim.runnerId)).toEqual(['away']);
  });

  test('a runner that has just refused a session is asked last', async () => {
    await join('broken', 10);
    await join('loaded', 2);
    await noteRefusal(database.db, 'broken');
    for (let n = 0; n < 3; n++) await session(`p${n}`, 'wants_runner=true');
    await place();
    expect(await heldBy()).toEqual({ loaded: 2, broken: 1 });
  });

  test('another process under the same id takes its place: the former one keeps no lease', async () => {
    await join('r', 1);
    await joinRunner(
      database.db,
      { id: 'r', instance: 'r-2', version: '1', capacity: 1, labels: [], isolation: 'none' },
      { id: 'srv_2', url: 'http://srv_2' },
      60_000,
    );
    expect(await keepRunner(database.db, { id: 'r', instance: 'r-1' }, 'srv_1', 60_000)).toBe(false);
    await partRunner(database.db, { id: 'r', instance: 'r-1' }, 'srv_1');
    expect((await listRunners(database.db)).map((runner) => [runner.instance, runner.serverId])).toEqual([
      ['r-2', 'srv_2'],
    ]);
  });
});

describe('the queue', () => {
  const at = (seconds: number) => `'2026-01-01T00:00:${String(seconds).padStart(2, '0')}Z'`;
  const wait = (id: string, seconds: number, more: Record<string, string> = {}) => {
    const columns = { wants_runner: 'true', waiting_since: at(seconds), waiting_order: at(seconds), ...more };
    return database.pool.query(
      `INSERT INTO agent_sessions (id, pattern, status, ${Object.keys(columns).join(', ')}) VALUES ('${id}', 'hybrid', 'idle', ${Object.values(columns).join(', ')})`,
    );
  };
  beforeEach(async () => {
    await database.pool.query('DELETE FROM agent_sessions');
    await database.pool.query('DELETE FROM runners');
  });

  test('is by time of waiting and not of creation, and each set of labels has its own positions', async () => {
    expect(await anyWaits(database.db)).toBe(false);
    await wait('a', 3);
    await wait('b', 1);
    await wait('g', 2, { runner_labels: "'{gpu}'" });
    // Left by a server of the version before, which knows no order.
    await wait('old', 0, { waiting_order: 'NULL', waiting_since: 'NULL', created_at: at(0) });
    expect(await anyWaits(database.db)).toBe(true);
    expect((await waitingSessions(database.db, 10)).map((one) => one.id)).toEqual(['old', 'b', 'g', 'a']);
    expect((await waitingSessions(database.db, 1)).map((one) => one.id)).toEqual(['old', 'g']);
    const places = await queuePlaces(database.db, ['a', 'b', 'g', 'nobody']);
    expect(places.map((one) => [one.id, one.position]).sort()).toEqual([['a', 3], ['b', 2], ['g', 1]]); // biome-ignore format: one line
  });

  test('what has to go to a runner that has no place holds up nobody behind it', async () => {
    await wait('bound', 1, { files_runner: "'full'" });
    await wait('saved', 2, { files_runner: "'full'", files_kept: 'true' });
    await wait('free', 3);
    expect((await waitingSessions(database.db, 1, ['full'])).map((one) => one.id)).toEqual(['saved']);
    expect((await waitingSessions(database.db, 9, ['full'])).map((one) => one.id)).toEqual(['saved', 'free']);
  });

  test('of many, those are looked at that have not been told, have come half the way or are near the front', async () => {
    for (let n = 1; n <= 20; n++) await wait(`w${String(n).padStart(2, '0')}`, n, { waiting_told: '20' });
    await wait('new', 30);
    const found = await untoldPlaces(database.db, 3, 100);
    expect(found.map((one) => one.position)).toEqual([21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('one that is being changed is passed over: nobody who places waits for it', async () => {
    await wait('held', 1);
    await wait('free', 2);
    const held = await database.pool.connect();
    try {
      await held.query("BEGIN; SELECT FROM agent_sessions WHERE id = 'held' FOR UPDATE");
      const told = [{ id: 'held', told: null }, { id: 'free', told: null }]; // biome-ignore format: one line
      expect(await transact(database.db, (tx) => lockWaiting(tx, told))).toEqual(new Set(['free']));
      expect(await transact(database.db, (tx) => lockWaiting(tx, [{ id: 'free', told: 7 }]))).toEqual(new Set());
    } finally {
      await held.query('ROLLBACK');
      held.release();
    }
  });

  test('idle are those that have nothing to do, are not being let go of and may be parked, the longest idle first', async () => {
    const on = { runner_id: "'r'" };
    await wait('young', 1, { ...on, last_activity_at: 'now()' });
    await wait('oldest', 1, { ...on, last_activity_at: at(1) });
    await wait('older', 1, { ...on, last_activity_at: at(2) });
    await wait('leaving', 1, { ...on, last_activity_at: at(0), releasing: 'true' });
    await wait('elsewhere', 1, { runner_id: "'other'", last_activity_at: at(0) });
    await wait('busy', 1, { ...on, last_activity_at: at(0), pending_turns: '1' });
    const found = await idleSessions(database.db, ['r'], ['hybrid'], 60_000, 10);
    expect(found.map((one) => one.id)).toEqual(['oldest', 'older']);
    expect(await idleSessions(database.db, ['r'], ['ephemeral'], 60_000, 10)).toEqual([]);
  });
});

describe('keys of requests', () => {
  const request = (turnId: string) => ({ requestHash: 'h', sessionId: 's', turnId, answer: null });

  test('of two transactions that take a key at once, one has it, and the other learns whose it is', async () => {
    const taken = await Promise.all(
      ['t1', 't2', 't3'].map((turn) => transact(database.db, (tx) => takeKey(tx, 's', 'k', request(turn)))),
    );
    const first = taken.indexOf(null);
    expect(taken.filter((earlier) => earlier === null)).toHaveLength(1);
    for (const earlier of taken.filter((one) => one !== null)) expect(earlier.turnId).toBe(`t${first + 1}`);
  });

  test('a key of a transaction that was undone is free', async () => {
    await expect(
      transact(database.db, async (tx) => {
        await takeKey(tx, 's', 'undone', request('t1'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await takeKey(database.db, 's', 'undone', request('t2'))).toBeNull();
  });

  test('keys are forgotten after their time', async () => {
    await forgetKeys(database.db, 3_600_000);
    expect(await takeKey(database.db, 's', 'k', request('t9'))).not.toBeNull();
    await forgetKeys(database.db, -1);
    expect(await takeKey(database.db, 's', 'k', request('t9'))).toBeNull();
  });
});

describe('deleting', () => {
  test('removes a large log in portions, and holds up nobody who writes to another session meanwhile', async () => {
    await session('large');
    await session('other');
    await database.pool.query(
      "INSERT INTO session_events SELECT 'large', n, 'x', now(), null, null, '{}' FROM generate_series(1, 12000) n",
    );
    await database.pool.query("DELETE FROM agent_sessions WHERE id = 'large'");
    expect(await deletedSessions(database.db, 1_000)).toContain('large');
    expect(await purgePortion(database.db, 'large')).toBe(false);
    const left = await database.pool.query("SELECT count(*)::int AS n FROM session_events WHERE session_id = 'large'");
    expect(left.rows[0].n).toBe(7_000);
    while (!(await purgePortion(database.db, 'large')));
    expect(await readEvents(database.db, 'large', 0, 1)).toEqual([]);
    expect(await deletedSessions(database.db, 1_000)).not.toContain('large');
  });
});

describe('transactions', () => {
  test('what fails before its commit because the connection was lost is done again, once', async () => {
    let attempts = 0;
    const effect = await transact(database.db, async (tx) => {
      attempts += 1;
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
      await session(`again-${attempts}-${Date.now()}`);
      if (attempts === 1) {
        await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
        await sql`SELECT 1`.execute(tx);
      }
      return attempts;
    });
    expect(effect).toBe(2);
  });

  test('what fails for another reason is not', async () => {
    let attempts = 0;
    await expect(
      transact(database.db, async (tx) => {
        attempts += 1;
        await sql`SELECT 1/0`.execute(tx);
      }),
    ).rejects.toThrow('division by zero');
    expect(attempts).toBe(1);
  });
});
