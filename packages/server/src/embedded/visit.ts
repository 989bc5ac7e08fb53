/** Using the database of a data folder for a moment, beside the server that runs on it or without one. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serverRole } from './database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { FolderInUse, takeFolder } from './exclusive.ts';
import type { Log } from './log.ts';
import { findCluster } from './place.ts';
import { readPostmasterFile } from './postmaster-file.ts';

/**
 * Lends `work` a connection. Where no server runs, the database is started for it and stopped again.
 * @param alone whether no server may run meanwhile. @throws FolderInUse when one does.
 */
export async function visitDatabase<T>(
  folder: string,
  log: Log,
  alone: boolean,
  work: (connection: EmbeddedPostgres['connection']) => Promise<T>,
): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const dataDir = join(folder, 'postgres');
  let release: () => Promise<void>;
  try {
    release = await takeFolder(folder);
  } catch (error) {
    if (alone || !(error instanceof FolderInUse)) throw error;
    const place = await findCluster(dataDir);
    const postmaster = place === undefined ? undefined : await readPostmasterFile(place.cluster);
    if (postmaster === undefined) throw error;
    return work({ host: postmaster.socketFolder, port: postmaster.port, user: serverRole, database: serverRole });
  }
  try {
    const embedded = await startEmbeddedPostgres({ dataDir, log });
    try {
      return await work(embedded.connection);
    } finally {
      await embedded.stop();
    }
  } finally {
    await release();
  }
}
