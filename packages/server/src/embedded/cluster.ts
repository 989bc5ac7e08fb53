import { chown, lchown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { type Account, run } from './command.ts';
import { EmbeddedPostgresError, remedyFor } from './errors.ts';
import type { Place } from './place.ts';
import { removeStale, temporaryName } from './temporary.ts';

/** The superuser the module itself connects as. The server gets a role without such rights. */
export const adminRole = 'postgres';

/**
 * Written to postgresql.conf once, so that an operator may change them there. Modest memory for a developer's machine;
 * max_wal_size bounds both the disk used and the recovery after a kill. No parallel queries: Docker's /dev/shm of 64 MB
 * breaks them. fsync and full_page_writes stay at their default, on.
 */
const settings = {
  shared_buffers: '48MB',
  max_connections: '100',
  max_wal_size: '256MB',
  max_parallel_workers_per_gather: '0',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%u@%d ',
};

/**
 * Makes a cluster at `place.cluster`. initdb works in a sibling folder that is renamed once it is whole and on the disk,
 * so a kill in its midst leaves nothing that a later start takes for a database.
 * @throws EmbeddedPostgresError embedded_start_failed with initdb's words
 */
export async function createCluster(place: Place, binaries: Binaries, account: Account | undefined): Promise<void> {
  const name = path.basename(place.cluster);
  await removeStale(place.home, name);
  const unfinished = path.join(place.home, temporaryName(name));
  await mkdir(unfinished, { mode: 0o700 });
  if (account) await chown(unfinished, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const { exitCode, output } = await run(
    binaries.initdb,
    ['-D', unfinished, '-U', adminRole, '--auth=trust', '--no-instructions', ...locale, ...set],
    account,
  );
  if (exitCode !== 0) {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    const said = output.trim().split('\n').slice(-10).join('\n');
    throw new EmbeddedPostgresError(
      'embedded_start_failed',
      `PostgreSQL could not set up a database in ${place.home}: ${said}`,
      remedyFor(output),
    );
  }
  await rename(unfinished, place.cluster).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // else another server was quicker: use its
  });
  await syncFolder(place.home);
}

/**
 * Makes a cluster from an earlier start fit to be started: same major version, owned by the account.
 * @throws EmbeddedPostgresError embedded_version
 */
export async function requireUsable(place: Place, binaries: Binaries, account: Account | undefined): Promise<void> {
  const made = (await readFile(path.join(place.cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const major = binaries.version.split('.')[0];
  if (made !== major) {
    throw new EmbeddedPostgresError(
      'embedded_version',
      made
        ? `${place.cluster} was made by PostgreSQL ${made}; this Rigger brings ${major}.`
        : `${place.cluster} holds no PostgreSQL database.`,
      made
        ? `Move the data with pg_dump of PostgreSQL ${made}, or start the Rigger version you had.`
        : `Restore the folder from a backup, or remove it to begin with an empty database.`,
    );
  }
  // A folder restored by root's `cp -r` belongs to root, whom PostgreSQL refuses.
  if (account && (await stat(place.cluster)).uid === 0) await giveTo(place.cluster, account);
}

async function giveTo(folder: string, account: Account): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) await giveTo(full, account);
    else await lchown(full, account.uid, account.gid);
  }
  await chown(folder, account.uid, account.gid); // last: the folder's owner tells whether this was carried to its end
}

/** A rename is on the disk only once its folder is. initdb has synced what is in it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
