import type { Socket } from 'node:net';
import { CamelCasePlugin, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { isDatabaseAway, isUndone } from '../model/transient.ts';
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

const CONNECT_PATIENCE_MS = 5_000;
const STATEMENT_PATIENCE_MS = 20_000;

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
    const asked: unknown =
      name === undefined
        ? super.query(...(args as [string]))
        : super.query({ name, text, values }, ...(args.slice(2) as []));
    // A connection on which an answer did not come is of no more use: what is asked next would wait behind it.
    if (asked instanceof Promise)
      asked.catch((error: Error) => {
        if (error.message === 'Query read timeout')
          (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
      });
    return asked;
  }
}

/** Transactions whose work was undone, so that whoever noted something with them knows. */
const undone = new WeakSet<object>();
export const wasUndone = (tx: Tx): boolean => undone.has(tx);

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 50;

/**
 * Does `work` in a transaction. What fails before its commit was asked for has had no effect, and is done again when the
 * connection was lost or PostgreSQL undid it; so `work` must do nothing but through `tx`. Whether a commit that was asked
 * for happened is not known when the connection goes: that error is the caller's.
 */
export async function transact<T>(db: Db, work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let committing = false;
    let used: Tx | undefined;
    try {
      return await db.transaction().execute(async (tx) => {
        used = tx;
        const result = await work(tx);
        committing = true;
        return result;
      });
    } catch (error) {
      if (used !== undefined) undone.add(used);
      const again = isUndone(error) || (!committing && isDatabaseAway(error));
      if (!again || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 3 ** (attempt - 1)));
    }
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
  options: {
    max?: number;
    onError?: (error: Error) => void;
    /** Told of each statement: how long it took, and whether it failed. */
    onStatement?: (ms: number, failed: boolean) => void;
  } = {},
): Database {
  const clientConfig: pg.ClientConfig = {
    // A Unix socket has no TLS, whatever PGSSLMODE says.
    ...(typeof connection === 'string' ? { connectionString: connection } : { ...connection, ssl: false }),
    types,
    application_name: 'rigger',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
  };
  const pool = new pg.Pool({
    ...clientConfig,
    Client: PreparingClient as never,
    max: options.max ?? 16,
    statement_timeout: STATEMENT_PATIENCE_MS,
    idle_in_transaction_session_timeout: STATEMENT_PATIENCE_MS,
    // Counted here, for a database that cannot be reached cannot count.
    query_timeout: STATEMENT_PATIENCE_MS + 5_000,
  });
  // Lost while it is in use, its statement fails and says so; without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => {}));
  const onError = options.onError ?? (() => {});
  let closing = false;
  pool.on('error', (error) => {
    if (!closing) onError(error);
  });
  const { onStatement } = options;
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement === undefined
      ? {}
      : { log: (event) => onStatement(event.queryDurationMillis, event.level === 'error') }),
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
