import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, FolderInUse, startEmbeddedPostgres, takeDatabase, takeFolder } from './index.ts';

let folder: string;
let postgres: EmbeddedPostgres;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rigger-exclusive-'));
  chmodSync(folder, 0o755);
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => {} });
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});
const never = (error: Error): never => {
  throw error;
};

test('a folder is one server’s at a time, by whatever path it is named', async () => {
  const release = await takeFolder(folder);
  await expect(takeFolder(`${folder}/../${folder.split('/').at(-1)}`)).rejects.toThrow(FolderInUse);
  await release();
  await (await takeFolder(folder))();
});

test('a database is one server’s at a time, also after PostgreSQL was killed and has come back', async () => {
  const release = await takeDatabase(postgres.connection, folder, never);
  await expect(takeDatabase(postgres.connection, folder, never)).rejects.toThrow(FolderInUse);
  process.kill(postgres.pid, 'SIGKILL');
  const held = async (): Promise<boolean> => {
    const client = new pg.Client(postgres.connection);
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).rows.length > 0;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  };
  while (!(await held())) await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(takeDatabase(postgres.connection, folder, never)).rejects.toThrow(FolderInUse);
  await release();
  await (await takeDatabase(postgres.connection, folder, never))();
});
