/** What is cleared away of snapshots, and that nothing is that is needed, whenever a server dies. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { folderStore } from '../snapshots/folder.ts';
import type { SnapshotStore } from '../snapshots/port.ts';
import type { Database } from '../store/database.ts';
import { makeTestDatabase } from '../store/fixtures/database.ts';
import { migrate } from '../store/migrate.ts';
import {
  blobStored,
  dropOlderSnapshots,
  dropSnapshot,
  insertSnapshot,
  knownBlobs,
  listSnapshots,
  missingBlob,
  noteBlob,
} from '../store/snapshots.ts';
import { purgeDeleted, removeUnneededBlobs } from './chores.ts';

let database: Database;
let folder: string;
let store: SnapshotStore;
beforeAll(async () => {
  database = await makeTestDatabase('chores_test');
  await migrate(database.clientConfig);
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query('DELETE FROM snapshots; DELETE FROM blobs');
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = mkdtempSync(join(tmpdir(), 'rigger-chores-'));
  store = folderStore(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A blob as a runner puts it. */
async function put(): Promise<string> {
  const bytes = randomBytes(100);
  const hash = createHash('sha256').update(bytes).digest('hex');
  await noteBlob(database.db, hash, bytes.length);
  await store.put(hash, bytes);
  await blobStored(database.db, hash);
  return hash;
}
const takenOf = (id: string, blobs: string[], sessionId = 's', reason: 'parked' | 'on_demand' = 'parked') =>
  insertSnapshot(
    database.db,
    {
      id,
      sessionId,
      reason,
      epoch: 1,
      manifest: blobs[0]!,
      files: 1,
      bytes: 1,
      storedBytes: 1,
      conversations: {},
      config: {},
      usage: { totalCost: 0, totalTokens: 0, numTurns: 0 },
      turnId: null,
    },
    blobs,
  );
const files = (): string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) => (one.isFile() ? [one.name] : [])); // biome-ignore format: one line
const remove = (unwantedMs: number, how = store.remove) => removeUnneededBlobs({ database }, how, unwantedMs);

test('blobs that no snapshot needs are removed, and those that one needs are kept', async () => {
  const [shared, first, second, orphan] = [await put(), await put(), await put(), await put()];
  await takenOf('snap_1', [shared!, first!]);
  await takenOf('snap_2', [shared!, second!]);
  await remove(-1);
  expect(files().toSorted()).toEqual([shared, first, second].toSorted());
  await dropSnapshot(database.db, 's', 'snap_1');
  await remove(-1);
  expect(files().toSorted()).toEqual([shared, second].toSorted());
  expect(await knownBlobs(database.db, [shared!, first!, orphan!])).toEqual([shared]);
});

test('one that somebody has just relied on is left alone', async () => {
  const hash = await put();
  await database.pool.query("UPDATE blobs SET wanted_at = now() - interval '2 days'");
  expect(await knownBlobs(database.db, [hash])).toEqual([hash]);
  await remove(86_400_000);
  expect(files()).toEqual([hash]);
});

test('a server that dies as it removes one leaves none that is said to be there and is not; it is removed by the next', async () => {
  const hash = await put();
  const dies = async (name: string) => {
    await store.remove(name);
    throw new Error('killed');
  };
  await expect(remove(-1, dies)).rejects.toThrow('killed');
  expect(files()).toEqual([]);
  expect(await knownBlobs(database.db, [hash])).toEqual([]);
  expect(await missingBlob(database.db, [hash])).toBe(hash);
  await remove(-1);
  expect((await database.pool.query('SELECT count(*)::int AS n FROM blobs')).rows).toEqual([{ n: 0 }]);
});

test('a server that dies as it puts one leaves none that is said to be there; put again, it is', async () => {
  const bytes = Buffer.from('half');
  const hash = createHash('sha256').update(bytes).digest('hex');
  await noteBlob(database.db, hash, bytes.length);
  expect(await knownBlobs(database.db, [hash])).toEqual([]);
  await noteBlob(database.db, hash, bytes.length);
  await store.put(hash, bytes);
  await blobStored(database.db, hash);
  expect(await knownBlobs(database.db, [hash])).toEqual([hash]);
  // And one that was never put again is found and removed.
  await noteBlob(database.db, 'f'.repeat(64), 1);
  await remove(-1);
  expect((await database.pool.query('SELECT count(*)::int AS n FROM blobs')).rows).toEqual([{ n: 0 }]);
});

test('one that is stored again while it is being removed is there afterwards', async () => {
  const bytes = Buffer.from('again');
  const hash = createHash('sha256').update(bytes).digest('hex');
  const again = async () => {
    await noteBlob(database.db, hash, bytes.length);
    await store.put(hash, bytes);
    await blobStored(database.db, hash);
  };
  await again();
  let stored: Promise<void> = Promise.resolve();
  await remove(-1, async (name) => {
    stored = again();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await store.remove(name);
  });
  await stored;
  expect(await knownBlobs(database.db, [hash])).toEqual([hash]);
  expect(files()).toEqual([hash]);
});

test('what a put that was cut off has left in the folder is removed after a while, and nothing else', async () => {
  const hash = await put();
  const unfinished = join(folder, hash.slice(0, 2), `${hash}.0198c0de-0000-7000-8000-00000000000a`);
  writeFileSync(unfinished, 'half');
  writeFileSync(join(folder, hash.slice(0, 2), 'README'), 'not ours');
  expect(await store.tidy!(3_600_000)).toBe(0);
  const old = new Date(Date.now() - 7_200_000);
  utimesSync(unfinished, old, old);
  utimesSync(join(folder, hash.slice(0, 2), 'README'), old, old);
  utimesSync(join(folder, hash.slice(0, 2), hash), old, old);
  expect(await store.tidy!(3_600_000)).toBe(1);
  expect(files().toSorted()).toEqual([hash, 'README'].toSorted());
});

test('of snapshots that were taken by themselves the newest few are kept, of those that were asked for all, and one that is needed', async () => {
  for (const n of [1, 2, 3, 4, 5]) await takenOf(`snap_${n}`, [await put()]);
  await takenOf('snap_asked', [await put()], 's', 'on_demand');
  await database.pool.query("UPDATE snapshots SET created_at = now() - interval '1 day' WHERE id = 'snap_asked'");
  await dropOlderSnapshots(database.db, 's', ['parked', 'moved'], 2, 'snap_1');
  const left = (await listSnapshots(database.db, 's')).map((one) => one.id);
  expect(left).toEqual(['snap_5', 'snap_4', 'snap_1', 'snap_asked']);
  await remove(-1);
  expect(files()).toHaveLength(4);
});

test('snapshots of a deleted session go with it, and then their blobs', async () => {
  await database.pool.query("INSERT INTO agent_sessions (id, pattern, status) VALUES ('gone', 'hybrid', 'idle')");
  await takenOf('snap_gone', [await put()], 'gone');
  await database.pool.query("DELETE FROM agent_sessions WHERE id = 'gone'");
  await purgeDeleted({ database });
  expect(await listSnapshots(database.db, 'gone')).toEqual([]);
  await remove(-1);
  expect(files()).toEqual([]);
});
