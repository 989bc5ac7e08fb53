import { CamelCasePlugin, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;
/** A transaction or the database itself: what most statements of the store take. */
export type Tx = Transaction<Tables> | Db;

/** Where the database is: a URL, or the settings of a Unix socket. */
export type Connection = string | { host: string; port: number; user: string; database: string };

export interface Database {
  db: Db;
  pool: pg.Pool;
  /** Settings for a connection of one's own, such as the listener's. */
  clientConfig: pg.ClientConfig;
  /** The database's clock: every deadline and lease is counted by it. */
  now(): Promise<Date>;
  close(): Promise<void>;
}

/** int8 as a number: counters and milliseconds here stay far below 2^53. numeric stays text, for money is exact. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** Statements that a connection keeps parsed and planned; what comes beyond is planned each time, so that none piles up. */
const MAX_PREPARED = 500;
const prepared = new Map<string, string>();
const UNPREPARED = '/* planned for its values */';
/**
 * In a statement whose values decide how it is best done, such as a tag that few or most sessions have: it is not kept, so
 * that no plan made for other values, or for none, is used for it.
 */
export const PLANNED_FOR_ITS_VALUES = sql.raw(UNPREPARED);
const nameOf = (text: string): string | undefined => {
  if (text.includes(UNPREPARED)) return undefined;
  const known = prepared.get(text);
  if (known !== undefined || prepared.size >= MAX_PREPARED) return known;
  const name = `rigger_${prepared.size}`;
  prepared.set(text, name);
  return name;
};

/** Sends what has parameters as a prepared statement. */
class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg's overloads
  override query(...args: any[]): any {
    const [text, values] = args;
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    if (name === undefined) return super.query(...(args as [string]));
    return super.query({ name, text, values }, ...(args.slice(2) as []));
  }
}

/** The database's clock, asked on the connection that the transaction has: asking on another one waits for the pool inside of it. */
export async function databaseTime(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(tx);
  return rows[0]!.now;
}

/** Opens a pool of connections. Losing one, or all, never ends the process: the next statement opens another. */
export function openDatabase(
  connection: Connection,
  options: { max?: number; onError?: (error: Error) => void } = {},
): Database {
  const clientConfig: pg.ClientConfig = {
    // A Unix socket has no TLS, whatever PGSSLMODE says.
    ...(typeof connection === 'string' ? { connectionString: connection } : { ...connection, ssl: false }),
    types,
    application_name: 'rigger',
    keepAlive: true,
  };
  const pool = new pg.Pool({
    ...clientConfig,
    Client: PreparingClient as never,
    max: options.max ?? 16,
    connectionTimeoutMillis: 10_000,
  });
  const onError = options.onError ?? (() => {});
  let closing = false;
  pool.on('error', (error) => {
    if (!closing) onError(error);
  });
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  return {
    db,
    pool,
    clientConfig,
    async now() {
      const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(db);
      return rows[0]!.now;
    },
    close() {
      closing = true;
      return db.destroy();
    },
  };
}
