import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import type { Account } from './command.ts';
import { ask } from './database.ts';
import { EmbeddedPostgresError, remedyFor } from './errors.ts';
import type { Log } from './log.ts';
import { tailOf } from './log-file.ts';
import { openSocketFolder, type Place } from './place.ts';
import { isRunning, launch, type Postmaster, port, shutDown, waitForExit } from './postmaster.ts';
import { clearStaleLocks, endOrphans, isPostmasterOf, readPostmasterFile } from './postmaster-file.ts';

interface Wanted {
  place: Place;
  binaries: Binaries;
  account: Account | undefined;
  logFile: string;
  log: Log;
  /** In ms since the epoch; for taking over and starting together. */
  deadline: number;
}

interface Serving {
  postmaster: Postmaster;
  socket: { host: string; port: number };
  version: string;
}

const pollMs = 15;
const orphanPatienceMs = 3000;
/** How long a postmaster that calls itself ready may be without its socket before it is taken for unusable. */
const socketPatienceMs = 3000;
/** Races against other starters; each round, one of them has won. */
const rounds = 5;

/** PostgreSQL's words when somebody else has the folder: another starter, or backends not yet gone. */
const occupied = /lock file ".*" already exists|pre-existing shared memory block/;

/**
 * Gets a postmaster that answers: the living one of this cluster, else a new one.
 * @throws EmbeddedPostgresError embedded_busy, embedded_start_failed
 */
export async function obtain(wanted: Wanted): Promise<Serving & { adopted: boolean }> {
  let said = '';
  for (let round = 0; round < rounds; round++) {
    const living = await takeOver(wanted);
    if (living) return { ...living, adopted: true };
    const started = await startNew(wanted);
    if (typeof started !== 'string') return { ...started, adopted: false };
    said = started;
    await delay(100 * 2 ** round);
  }
  throw busy(wanted.place.cluster, `PostgreSQL says: ${said}`);
}

/** Waits for a living postmaster to serve; undefined when there is none, or it was on its way out and is gone. */
async function takeOver({ place: { cluster }, log, deadline }: Wanted): Promise<Serving | undefined> {
  let readySince: number | undefined;
  for (;;) {
    const file = await readPostmasterFile(cluster);
    if (!file) return undefined;
    const socket = { host: file.socketFolder, port: file.port };
    const answer = file.socketFolder ? await ask(socket) : ({ state: 'absent' } as const);
    if (!(await isPostmasterOf(file.pid, cluster))) {
      if (answer.state === 'absent') return undefined;
      // A copy of a folder in use: the file names the original's postmaster.
      if (answer.state === 'ready' && (await isPostmasterOf(file.pid, answer.cluster))) return undefined;
      // The folder is on a volume, and the one who answers in another container: its pid means nothing here.
      throw busy(cluster, `a PostgreSQL outside this container answers at ${file.socketFolder}`);
    }
    const postmaster: Postmaster = { pid: file.pid, cluster };
    if (answer.state === 'ready') return { postmaster, socket, version: answer.version };
    readySince = answer.state === 'absent' && file.status === 'ready' ? (readySince ?? Date.now()) : undefined;
    const lost = readySince !== undefined && Date.now() - readySince > socketPatienceMs;
    if (answer.state === 'stopping' || lost) {
      log(
        'warn',
        lost ? 'The running PostgreSQL lost its socket: restarting it' : 'PostgreSQL is stopping: waiting',
        file,
      );
      await shutDown(postmaster); // turns a shutdown that waits for clients into a fast one
      return undefined;
    }
    if (Date.now() > deadline) {
      throw busy(cluster, `pid ${file.pid} is ${file.status || 'starting'} (${JSON.stringify(answer)})`);
    }
    await delay(pollMs);
  }
}

/** Starts a postmaster and waits until it answers; PostgreSQL's words when the folder turned out to be occupied. */
async function startNew(wanted: Wanted): Promise<Serving | string> {
  const { place, binaries, account, logFile, log, deadline } = wanted;
  const { cluster } = place;
  const stale = await readPostmasterFile(cluster);
  if (stale && (await isPostmasterOf(stale.pid, cluster))) return `lock file of pid ${stale.pid}`;
  const host = await openSocketFolder(place, account);
  const orphans = await endOrphans(cluster, orphanPatienceMs);
  if (orphans.length > 0) log('warn', 'Ended PostgreSQL backends whose postmaster was killed', { orphans });
  await clearStaleLocks(cluster, stale, host);

  const from = (await stat(logFile).catch(() => undefined))?.size;
  const postmaster = await launch({ postgres: binaries.postgres, cluster, socketFolder: host, logFile, account });
  for (;;) {
    const answer = await ask({ host, port });
    if (!(await isRunning(postmaster))) break;
    if (answer.state === 'ready') return { postmaster, socket: { host, port }, version: answer.version };
    if (Date.now() > deadline) {
      await shutDown(postmaster);
      throw failed(wanted, `did not answer in time (${JSON.stringify(answer)})`, await tailOf(logFile, from));
    }
    await waitForExit(postmaster, pollMs); // so a failed start is seen at once
  }
  const said = await tailOf(logFile, from);
  if (occupied.test(said)) return said;
  throw failed(wanted, `ended with exit code ${postmaster.child?.exitCode ?? postmaster.child?.signalCode}`, said);
}

function failed({ logFile }: Wanted, what: string, said: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded_start_failed',
    `PostgreSQL ${what}. The end of its log (${logFile}):\n${said}`,
    remedyFor(said),
  );
}

function busy(cluster: string, what: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded_busy',
    `The database in ${cluster} is in use and cannot be taken over: ${what}.`,
    'Stop the other server, or give this one a data folder of its own.',
  );
}
