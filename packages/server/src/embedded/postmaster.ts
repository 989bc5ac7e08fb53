import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Account, childEnvironment } from './command.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { openLog } from './log-file.ts';
import { isPostmasterOf, signal } from './postmaster-file.ts';

/** A postmaster that was started or taken over. */
export interface Postmaster {
  pid: number;
  cluster: string;
  /** Present when it is our own child, whose exit the system reports; another's has to be looked at. */
  child?: ChildProcess;
}

const pollMs = 25;

/** The socket's name is fixed; nothing listens on a TCP port. */
export const port = 5432;

/**
 * Starts a postmaster in a session of its own, so that it outlives this server and its terminal. Safety settings go on
 * the command line, where neither postgresql.conf nor ALTER SYSTEM can undo them. Returns once it is spawned, not ready.
 */
export async function launch(options: {
  postgres: string;
  cluster: string;
  socketFolder: string;
  logFile: string;
  account: Account | undefined;
}): Promise<Postmaster> {
  const { account, cluster } = options;
  const fixed = {
    listen_addresses: '',
    port: String(port),
    unix_socket_directories: `"${options.socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    fsync: 'on',
    full_page_writes: 'on',
    logging_collector: 'off',
  };
  const args = Object.entries(fixed).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const log = await openLog(options.logFile);
  try {
    const child = spawn(options.postgres, ['-D', cluster, ...args], {
      cwd: '/',
      env: childEnvironment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    await once(child, 'spawn');
    child.unref();
    return { pid: child.pid!, cluster, child };
  } finally {
    await log.close();
  }
}

export async function isRunning({ child, pid, cluster }: Postmaster): Promise<boolean> {
  if (child) return child.exitCode === null && child.signalCode === null;
  return await isPostmasterOf(pid, cluster);
}

/** Waits until the postmaster is gone; false when it is still there after `timeoutMs`. */
export async function waitForExit(postmaster: Postmaster, timeoutMs: number): Promise<boolean> {
  const { child } = postmaster;
  if (child && (await isRunning(postmaster))) {
    child.ref(); // else Node could end with this wait unanswered
    await once(child, 'exit', { signal: AbortSignal.timeout(timeoutMs) }).catch(() => undefined);
    return !(await isRunning(postmaster));
  }
  const deadline = Date.now() + timeoutMs;
  while (await isRunning(postmaster)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

/**
 * Fast shutdown (SIGINT: open transactions are rolled back, a checkpoint is written), after `patienceMs` an immediate one
 * (SIGQUIT: the next start recovers from the log). Never SIGKILL, which would leave backends behind.
 * @throws EmbeddedPostgresError embedded_stop_failed
 */
export async function shutDown(postmaster: Postmaster, patienceMs = 15_000): Promise<void> {
  for (const name of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await isRunning(postmaster))) return;
    signal(postmaster.pid, name);
    if (await waitForExit(postmaster, patienceMs)) return;
  }
  throw new EmbeddedPostgresError(
    'embedded_stop_failed',
    `PostgreSQL (pid ${postmaster.pid}) did not stop within ${(2 * patienceMs) / 1000} s.`,
    'It is probably waiting for the disk; the data stay safe. Look at the process and at the disk below it.',
  );
}
