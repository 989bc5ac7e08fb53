/** Blobs in a folder, which several servers may share over a network file system. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SnapshotStore } from './port.ts';

/** What `put` writes before it is whole. */
const UNFINISHED = /^[0-9a-f]{64}\.[0-9a-f-]{36}$/;

export function folderStore(folder: string): SnapshotStore {
  // Sharded: file systems are slow with a hundred thousand names in one folder.
  const pathOf = (hash: string) => join(folder, hash.slice(0, 2), hash);
  return {
    description: `the folder ${folder}`,
    async put(hash, bytes) {
      const path = pathOf(hash);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const unfinished = `${path}.${randomUUID()}`;
      try {
        const file = await open(unfinished, 'wx', 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      const shard = await open(dirname(path));
      await shard.sync().finally(() => shard.close());
    },
    get: (hash) =>
      readFile(pathOf(hash)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      }),
    remove: (hash) => rm(pathOf(hash), { force: true }),
    async tidy(olderThanMs) {
      let removed = 0;
      for (const shard of await readdir(folder).catch(() => [])) {
        for (const name of await readdir(join(folder, shard)).catch(() => [])) {
          if (!UNFINISHED.test(name)) continue;
          const path = join(folder, shard, name);
          const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
          if (Date.now() - mtimeMs < olderThanMs) continue;
          await rm(path, { force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}
