import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { type Account, run } from './command.ts';
import { EmbeddedPostgresError } from './errors.ts';

/** Where the cluster of a data folder lies. `home` is the data folder, or a folder that stands in for it. */
export interface Place {
  home: string;
  /** PGDATA. */
  cluster: string;
}

/** Linux takes 107 bytes in sun_path, macOS 103; the smaller is used everywhere. */
const socketPathLimit = 103;
const pointerName = 'location.json';

const placeAt = (home: string): Place => ({ home, cluster: path.join(home, 'cluster') });
const exists = async (file: string) => (await stat(file).catch(() => undefined)) !== undefined;

/** Makes the data folder if need be and returns its real path. As root it is made passable (711), not readable. */
export async function openDataFolder(dataDir: string, root: boolean): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: root ? 0o711 : 0o700 });
  const folder = await realpath(dataDir);
  if (root) await chmod(folder, ((await stat(folder)).mode & 0o777) | 0o111);
  return folder;
}

/**
 * Finds the cluster made at an earlier start, if there was one.
 * @throws EmbeddedPostgresError embedded_data_missing when the pointer names a cluster that is gone: an empty one in its
 * place would look like lost data, and hide the loss
 */
export async function findCluster(dataDir: string): Promise<Place | undefined> {
  const here = placeAt(dataDir);
  if (await exists(here.cluster)) return here;
  const pointer = await readPointer(dataDir);
  if (!pointer) return undefined;
  const there = placeAt(pointer.home);
  if (await exists(there.cluster)) return there;
  if (!pointer.initialised) return undefined;
  throw new EmbeddedPostgresError(
    'embedded_data_missing',
    `The database of ${dataDir} was placed at ${there.cluster}, which is gone.`,
    `Bring ${there.cluster} back. In a container, mount ${pointer.home} on a volume. To begin with an empty database, delete ${path.join(dataDir, pointerName)}.`,
  );
}

/**
 * Chooses where a new cluster goes: the data folder, or, where `account` cannot get there (below a 0700 home, say), a
 * folder of its own below `elsewhere`, which a pointer in the data folder names. No folder above is ever opened up.
 * @throws EmbeddedPostgresError embedded_unreachable
 */
export async function choosePlace(
  dataDir: string,
  account: Account | undefined,
  binaries: Binaries,
  elsewhere: string,
): Promise<Place> {
  if (!account || (await canReach(dataDir, account, binaries))) return placeAt(dataDir);
  const home = (await readPointer(dataDir))?.home ?? path.join(elsewhere, randomBytes(8).toString('hex'));
  await mkdir(home, { recursive: true, mode: 0o711 });
  await chmod(home, 0o711);
  if (!(await canReach(home, account, binaries))) throw unreachable(home, account);
  await writePointer(dataDir, { home, initialised: false });
  return placeAt(home);
}

/** Call once the cluster stands: from now on its absence is a loss and not a start that was cut short. */
export async function confirmPlace(dataDir: string, place: Place): Promise<void> {
  if (place.home !== dataDir) await writePointer(dataDir, { home: place.home, initialised: true });
}

/** @throws EmbeddedPostgresError embedded_unreachable when the account can no longer get at its cluster */
export async function requireReach(place: Place, account: Account, binaries: Binaries): Promise<void> {
  if (!(await canReach(place.home, account, binaries))) throw unreachable(place.home, account);
}

function unreachable(folder: string, account: Account): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded_unreachable',
    `User ${account.name} cannot reach ${folder}: a folder above it is closed to other users.`,
    `Move the data folder to a place every user may pass through, or set RIGGER_POSTGRES_USER to a user who can reach it.`,
  );
}

/**
 * Tries it out instead of reasoning about modes and ACLs. pg_ctl answers 3 ("no server running") for a folder it can look
 * into and 4 for one it cannot; it is at hand even in images without a shell.
 */
async function canReach(folder: string, account: Account, binaries: Binaries): Promise<boolean> {
  const probe = path.join(folder, `reach-${randomBytes(4).toString('hex')}`);
  await mkdir(probe, { mode: 0o700 });
  try {
    await writeFile(path.join(probe, 'PG_VERSION'), '');
    await chown(probe, account.uid, account.gid);
    return (await run(binaries.pgCtl, ['status', '-D', probe], account)).exitCode === 3;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

/**
 * Makes the folder of the socket, open to the account alone (and root): this, not a password, guards the database.
 * It lies beside the cluster, or in the temporary folder when that path would be too long for a socket.
 */
export async function openSocketFolder(place: Place, account: Account | undefined): Promise<string> {
  const beside = path.join(place.home, 'run');
  const hash = createHash('sha256').update(place.cluster).digest('hex').slice(0, 16);
  const fits = Buffer.byteLength(path.join(beside, '.s.PGSQL.5432')) <= socketPathLimit;
  // As root TMPDIR may be a folder of root's own.
  const folder = fits ? beside : path.join(account ? '/tmp' : tmpdir(), `rigger-${hash}`);
  const uid = account?.uid ?? process.getuid?.();
  await mkdir(folder, { mode: 0o700 }).then(
    () => account && chown(folder, account.uid, account.gid),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  const found = await lstat(folder);
  // Between mkdir and chown a kill may have left root's; anybody else's, in /tmp, may be a trap.
  if (account && found.isDirectory() && found.uid === 0) await chown(folder, account.uid, account.gid);
  else if (!found.isDirectory() || found.uid !== uid) {
    throw new EmbeddedPostgresError(
      'embedded_not_owner',
      `The socket folder ${folder} belongs to uid ${found.uid}.`,
      `Remove ${folder}, then start again.`,
    );
  }
  await chmod(folder, 0o700);
  return folder;
}

interface Pointer {
  home: string;
  initialised: boolean;
}

async function readPointer(dataDir: string): Promise<Pointer | undefined> {
  const text = await readFile(path.join(dataDir, pointerName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Pointer);
}

async function writePointer(dataDir: string, pointer: Pointer): Promise<void> {
  const file = path.join(dataDir, pointerName);
  await writeFile(`${file}.new`, `${JSON.stringify(pointer)}\n`, { flush: true });
  await rename(`${file}.new`, file);
}
