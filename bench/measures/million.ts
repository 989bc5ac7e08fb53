/**
 * What reading costs when there are a million sessions: one of them, lists, statistics, and a sweep that finds nothing.
 * They are written past the HTTP interface; what is asked is asked over it, one request at a time.
 */
import { type Connection, type Db, openDatabase } from '../../packages/server/src/store/database.ts';
import { anyWaits } from '../../packages/server/src/store/queue.ts';
import {
  abandonedSessions,
  drainingRunners,
  heldSessions,
  joinRunner,
} from '../../packages/server/src/store/runners.ts';
import { dueSessions, untilNextDeadline } from '../../packages/server/src/store/sessions.ts';
import { foldSessionSums } from '../../packages/server/src/store/stats.ts';
import type { Measure } from '../harness/bench.ts';
import { type Client, makeClient } from '../harness/http.ts';
import { seedSessions } from '../harness/million-sessions.ts';
import { percentile } from '../harness/statistics.ts';

const WANTED_MS = 20;
const WANTED_SWEEP_MS = 5;
const DAY_MS = 86_400_000;

const any = (n: number): number => Math.floor(Math.random() * n);
const user = () => `userId=user_${any(1_000)}`;
const tag = () => `tags=tag_${any(50)}`;
const days = (n: number): string => {
  const from = Date.now() - (n + any(90 - n)) * DAY_MS;
  return `from=${new Date(from).toISOString()}&to=${new Date(from + n * DAY_MS).toISOString()}`;
};

interface Question {
  name: string;
  path: (known: Known) => string;
  /** It reads all that matches, however much that is: no target. */
  wide?: true;
  /** Asked again with changes that are not folded. */
  fresh?: true;
}

const QUESTIONS: Question[] = [
  { name: 'get', path: ({ ids }) => `/${ids[any(ids.length)]}` },
  { name: 'list', path: () => '', fresh: true },
  { name: 'list by pattern', path: () => '?pattern=single-container' },
  { name: 'list by status', path: () => '?status=idle' },
  { name: 'list by pattern and status', path: () => '?pattern=hybrid&status=error' },
  { name: 'list by pattern and status that no session has', path: () => '?pattern=ephemeral&status=idle' },
  { name: 'list by user', path: () => `?${user()}` },
  { name: 'list by user and status', path: () => `?${user()}&status=idle` },
  { name: 'list by user, pattern and status', path: () => `?${user()}&pattern=hybrid&status=idle` },
  { name: 'list by tag', path: () => `?${tag()}` },
  { name: 'list by tag that no session has', path: () => '?tags=nobody' },
  { name: 'list by tag and status', path: () => `?${tag()}&status=terminated` },
  { name: 'list by tag, pattern and status', path: () => `?${tag()}&pattern=hybrid&status=idle` },
  { name: 'list by tag and user', path: () => `?${tag()}&${user()}` },
  { name: 'list by two tags', path: () => `?tags=tag_${any(50)},tag_${any(50)}`, wide: true },
  { name: 'list by cursor', path: ({ cursor }) => `?limit=50&cursor=${cursor}` },
  { name: 'list by cursor and tag', path: ({ cursor }) => `?limit=50&cursor=${cursor}&${tag()}` },
  { name: 'list by cursor and status', path: ({ cursor }) => `?limit=50&cursor=${cursor}&status=idle` },
  { name: 'list, page 10,000', path: () => '?page=10000', wide: true },
  { name: 'statistics', path: () => '/stats/summary', fresh: true },
  { name: 'statistics of a user', path: () => `/stats/summary?${user()}` },
  { name: 'statistics of a tag', path: () => `/stats/summary?${tag()}`, fresh: true },
  { name: 'statistics of a user and tag', path: () => `/stats/summary?${user()}&${tag()}` },
  { name: 'statistics of two tags', path: () => `/stats/summary?tags=tag_${any(50)},tag_${any(50)}`, wide: true },
  { name: 'statistics of a day', path: () => `/stats/summary?${days(1)}`, wide: true },
  { name: 'statistics of 30 days', path: () => `/stats/summary?${days(30)}`, wide: true },
];

interface Known {
  ids: string[];
  /** After them. */
  cursor: string;
}

/** The newest 50,000 sessions, read as a client reads them. */
async function readOn(client: Client): Promise<Known> {
  const ids: string[] = [];
  let cursor = '';
  while (ids.length < 50_000) {
    const path = `/api/sessions?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: { sessions: { id: string }[]; nextCursor: string | null } = await client.call('GET', path);
    ids.push(...page.sessions.map((session) => session.id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return { ids, cursor };
}

/** Every statement of a sweep with one runner connected, one after the other as a sweep sends them. */
async function sweep(db: Db): Promise<void> {
  const found = [
    await dueSessions(db, 100),
    await abandonedSessions(db, 100),
    await drainingRunners(db),
    await heldSessions(db, 'bench'),
    (await anyWaits(db)) ? [1] : [],
  ];
  await foldSessionSums(db);
  await untilNextDeadline(db);
  if (found.some((one) => [...one].length > 0)) throw new Error('The sweep found something.');
}

async function timed(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let n = -Math.ceil(times / 10); n < times; n += 1) {
    const at = performance.now();
    await work();
    if (n >= 0) took.push(performance.now() - at);
  }
  return took;
}

export const million: Measure = ({ withServer, report, progress, count }) =>
  withServer('none', async (server) => {
    const client = makeClient(server.url);
    const database = openDatabase(server.connection as Connection, { max: 1 });
    const { db, pool } = database;
    const reportSeries = (name: string, took: number[], limit: number | null) =>
      report({
        name: `${name} (p50 ${percentile(took, 50).toFixed(1)} ms), p99`,
        rigger: percentile(took, 99),
        bare: null,
        unit: 'ms',
        count: took.length,
        target: limit === null ? null : { limit, wanted: 'at most' },
      });
    const ask = async ({ name, path, wide }: Question, known: Known) => {
      progress(name);
      const took = await timed(count(wide ? 50 : 300, 20), () => client.call('GET', `/api/sessions${path(known)}`));
      reportSeries(name, took, wide ? null : WANTED_MS);
    };
    try {
      await seedSessions(server.connection, count(1_000_000, 100_000), progress);
      progress('folding');
      const foldAll = async () => {
        // The server folds as well; who comes second is told that there is nothing, so the table is asked.
        for (;;) {
          await foldSessionSums(db);
          if ((await pool.query('SELECT 1 FROM session_deltas LIMIT 1')).rowCount === 0) return;
        }
      };
      await foldAll();
      await pool.query('VACUUM ANALYZE');
      const known = await readOn(client);
      for (const question of QUESTIONS) await ask(question, known);

      await joinRunner(
        db,
        { id: 'bench', instance: 'bench-1', version: '0', capacity: 100, labels: [], isolation: 'none' },
        { id: 'bench', url: 'http://bench' },
        3_600_000,
      );
      progress('sweeps');
      reportSeries('a sweep that finds nothing', await timed(count(300, 20), () => sweep(db)), WANTED_SWEEP_MS);

      // As much as a busy minute leaves: what is asked meanwhile must be right, and not much slower.
      await pool.query("SELECT pg_advisory_lock(hashtextextended('fold_session_sums', 0))");
      await pool.query(
        'UPDATE agent_sessions SET total_cost = total_cost + 0.01 WHERE id IN (SELECT id FROM agent_sessions ORDER BY created_at DESC LIMIT 5000)',
      );
      for (const { name, path } of QUESTIONS.filter((question) => question.fresh))
        await ask({ name: `${name}, 10,000 changes not yet folded`, path }, known);
      await pool.query("SELECT pg_advisory_unlock(hashtextextended('fold_session_sums', 0))");
    } finally {
      client.close();
      await database.close();
    }
  });
