import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

const FOLDER = new URL('./migrations/', import.meta.url);
/** Any number, as long as nobody else takes an advisory lock by it in this database. */
const LOCK = 7_236_411;
/** A change of a table waits no longer than this for those who use it: whoever comes after would wait behind it. */
const LOCK_PATIENCE_MS = 2_000;
const LOCK_ATTEMPTS = 30;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Brings the database to this version: numbered SQL files, each in a transaction of its own, each once. Two servers
 * may start at once: the second waits on an advisory lock and then finds nothing to do. A database that is newer than
 * this program is left as it is, so that an older server can go on through a rolling upgrade.
 *
 * @param only of all there are, these.
 * @returns the names of the files that were applied now.
 */
export async function migrate(config: pg.ClientConfig, only?: string[]): Promise<string[]> {
  const files = (await migrations()).filter((name) => only?.includes(name) ?? true);
  const client = new pg.Client(config);
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS rigger_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string }>('SELECT name FROM rigger_migrations');
    const done = new Set(rows.map((row) => row.name));
    const applied = files.filter((file) => !done.has(file));
    for (const name of applied) await apply(client, name);
    return applied;
  } finally {
    await client.end();
  }
}

/** Every migration that this program has, in order. */
export const migrations = async (): Promise<string[]> =>
  (await readdir(FOLDER)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort();

async function apply(client: pg.Client, name: string): Promise<void> {
  const text = await readFile(new URL(name, FOLDER), 'utf8');
  for (let attempt = 1; ; attempt += 1) {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_PATIENCE_MS}`);
    try {
      await client.query(text);
      await client.query('INSERT INTO rigger_migrations (name) VALUES ($1)', [name]);
      await client.query('COMMIT');
      return;
    } catch (cause) {
      await client.query('ROLLBACK');
      if ((cause as { code?: string }).code === LOCK_NOT_AVAILABLE && attempt < LOCK_ATTEMPTS) continue;
      throw new Error(`The migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
}
