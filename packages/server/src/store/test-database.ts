/** A database of a test file's own: on the PostgreSQL that RIGGER_TEST_POSTGRES names, else on an embedded one. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../embedded/index.ts';
import { type Database, openDatabase } from './database.ts';

export async function makeTestDatabase(name: string): Promise<Database> {
  const base = process.env.RIGGER_TEST_POSTGRES;
  if (base) {
    const run = async (...statements: string[]) => {
      const client = new pg.Client({ connectionString: base });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    };
    const drop = `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`;
    await run(drop, `CREATE DATABASE ${name}`);
    const url = new URL(base);
    url.pathname = `/${name}`;
    return closingWith(openDatabase(url.href), () => run(drop));
  }
  const folder = mkdtempSync(join(tmpdir(), 'rigger-store-'));
  chmodSync(folder, 0o755);
  const embedded = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => {} });
  return closingWith(openDatabase(embedded.connection), async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  });
}

const closingWith = (database: Database, remove: () => Promise<void>): Database => ({
  ...database,
  close: async () => {
    await database.close();
    await remove();
  },
});
