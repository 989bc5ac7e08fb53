/** A database of the run's own on a PostgreSQL that somebody named. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface OwnDatabase {
  url: string;
  drop(): Promise<void>;
}

/** @throws Error when the role may not make databases. */
export async function makeDatabase(url: string): Promise<OwnDatabase> {
  const name = `rigger_bench_${randomBytes(4).toString('hex')}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Rows in a table, counted by the database itself. */
export async function countRows(
  connection: pg.ClientConfig,
  table: 'session_events' | 'agent_sessions',
): Promise<number> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`).finally(() => client.end());
  return Number(rows[0]?.n);
}
