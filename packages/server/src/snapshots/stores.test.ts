import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { expect, test } from 'vitest';
import { describeStore } from './conformance.ts';
import { folderStore } from './folder.ts';
import { openSnapshotStore } from './index.ts';
import { sealedStore } from './sealed.ts';

const makeFolder = () => mkdtempSync(join(tmpdir(), 'rigger-blobs-'));

describeStore('a folder', async () => {
  const folder = makeFolder();
  return { store: folderStore(folder), close: async () => rmSync(folder, { recursive: true }) };
});

describeStore('an encrypted folder', async () => {
  const folder = makeFolder();
  return {
    store: sealedStore(folderStore(folder), randomBytes(32)),
    close: async () => rmSync(folder, { recursive: true }),
  };
});

describeStore('a bucket', async () => {
  const folder = makeFolder();
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'blobs', configs: [] }],
  });
  const { port } = (await server.run()) as AddressInfo;
  const store = openSnapshotStore(
    {
      RIGGER_SNAPSHOT_STORE: 's3://blobs/some/prefix',
      RIGGER_SNAPSHOT_ENCRYPTION: false,
      RIGGER_S3_ENDPOINT: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      RIGGER_DATA_DIR: folder,
    },
    null,
  )!;
  return {
    store,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
});

test('what is encrypted cannot be read from the disk, and what was changed there is not taken for what it was', async () => {
  const folder = makeFolder();
  const store = sealedStore(folderStore(folder), randomBytes(32));
  await store.put('ab'.repeat(32), Buffer.from('the words of an agent'));
  const [file] = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const path = join(file!.parentPath, file!.name);
  const bytes = readFileSync(path);
  expect(bytes.includes('agent')).toBe(false);
  bytes[20]! ^= 1;
  writeFileSync(path, bytes);
  expect((await store.get('ab'.repeat(32)))?.includes('agent')).toBe(false);
  rmSync(folder, { recursive: true });
});

test('settings that do not go together are refused by name', () => {
  const settings = { RIGGER_SNAPSHOT_ENCRYPTION: false, RIGGER_DATA_DIR: '/tmp/x' };
  expect(openSnapshotStore({ ...settings, RIGGER_SNAPSHOT_STORE: 'none' }, null)).toBeNull();
  expect(() => openSnapshotStore({ ...settings, RIGGER_SNAPSHOT_STORE: 's3://bucket' }, null)).toThrow(
    /AWS_ACCESS_KEY_ID/,
  );
  expect(() => openSnapshotStore({ ...settings, RIGGER_SNAPSHOT_STORE: 'blobs' }, null)).toThrow(/folder:\/path/);
  expect(() => openSnapshotStore({ ...settings, RIGGER_SNAPSHOT_ENCRYPTION: true }, null)).toThrow(/RIGGER_VAULT_KEY/);
});
