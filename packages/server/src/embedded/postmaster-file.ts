import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What a running postmaster writes into `postmaster.pid`. Lines that are not yet written are empty. */
export interface PostmasterFile {
  pid: number;
  port: number;
  socketFolder: string;
  /** starting, stopping, ready, standby. */
  status: string;
  text: string;
}

const fileOf = (cluster: string) => path.join(cluster, 'postmaster.pid');

/** Reads `postmaster.pid`; undefined when there is none (a clean stop removes it) or it holds no pid. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(fileOf(cluster), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), socketFolder: lines[4] ?? '', status: lines[7] ?? '', text };
}

/**
 * Whether `pid` is a live postmaster of this very cluster, and not another program that got the number of a dead one.
 * PostgreSQL makes its data folder its working directory; where that cannot be read, the command line has to do.
 */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  const command = await commandOf(pid);
  if (!command || path.basename(command.split('\0')[0]?.split(' ')[0] ?? '') !== 'postgres') return false;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder === undefined ? command.includes(cluster) : folder === cluster;
}

/** The command line, its words NUL-separated on Linux; undefined for a dead process and for a zombie. */
async function commandOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) || undefined;
  const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || undefined;
}

/**
 * Clears away what a dead postmaster left that would stop the next one: PostgreSQL takes a lock file for valid when *any*
 * process has the pid, be it another program, or the dead postmaster's own zombie in a container whose init reaps late. `seen` is the file the caller judged; if it has changed since, another starter is at
 * work, and nothing is touched. A file whose pid is dead stays, for PostgreSQL checks the shared memory it names.
 */
export async function clearStaleLocks(cluster: string, seen: PostmasterFile | undefined, socketFolder: string) {
  if (seen && (await readPostmasterFile(cluster))?.text !== seen.text) return;
  await rm(path.join(socketFolder, '.s.PGSQL.5432.lock'), { force: true });
  if (seen && hasProcess(seen.pid)) await rm(fileOf(cluster), { force: true });
}

/**
 * Ends backends that outlived their postmaster (killed alone, while they were busy): a new postmaster refuses to start
 * beside them, for both writing would destroy the data. They are told by their working directory and by having no
 * postmaster for a parent. Linux only; elsewhere PostgreSQL's refusal is what the operator sees.
 */
export async function endOrphans(cluster: string, patienceMs: number): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const orphans = await orphansIn(cluster);
  for (const pid of orphans) signal(pid, 'SIGQUIT'); // immediate exit, no cleaning of shared memory
  const deadline = Date.now() + patienceMs;
  while ((await orphansIn(cluster)).length > 0) {
    if (Date.now() > deadline) for (const pid of await orphansIn(cluster)) signal(pid, 'SIGKILL');
    await delay(20);
    if (Date.now() > deadline + patienceMs) break; // uninterruptible: PostgreSQL itself will say so
  }
  return orphans;
}

async function orphansIn(cluster: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    if ((await readlink(`/proc/${name}/cwd`).catch(() => '')) !== cluster) continue;
    if (!(await commandOf(Number(name)))?.startsWith('postgres:')) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    if (!(await isPostmasterOf(parent, cluster))) found.push(Number(name));
  }
  return found;
}

/** Sends a signal; false when the process is gone. @throws when it belongs to somebody else */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Whether the system knows the pid: also true for a zombie. */
export function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
