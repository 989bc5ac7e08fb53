/**
 * What /proc says about processes that are not our children. Every process a driver starts carries the marker variable,
 * which descendants inherit through setsid and double forks alike, so they are found however far they have drifted.
 * The marker holds hashes of the session's root and of each folder above it: `reap` can ask for all sessions below a data
 * folder, and an agent that reads its own marker learns no host path.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const MARKER = 'RIGGER_SANDBOX';

const hash = (path: string) => createHash('sha256').update(path).digest('hex').slice(0, 16);

/** The marker's value for a session's root: the root's own hash first, then each parent's. */
export function markerFor(root: string): string {
  const hashes: string[] = [];
  for (let path = resolve(root); ; path = dirname(path)) {
    hashes.push(hash(path));
    if (path === dirname(path)) return hashes.join('.');
  }
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** As much as the environment and arguments of one process may take. */
const environment = Buffer.alloc(2 * 1024 * 1024);

/**
 * The marker in a process's environment, or null. Other processes' environments have secrets in them, the server's the provider's
 * key: they are looked through where they are wiped at once, and nothing else of them is kept.
 */
function markerOf(pid: number): string | null {
  let size = 0;
  try {
    const file = openSync(`/proc/${pid}/environ`, 'r');
    try {
      for (let read = -1; read !== 0 && size < environment.length; size += read)
        read = readSync(file, environment, size, environment.length - size, null);
    } finally {
      closeSync(file);
    }
    const variables = environment.subarray(0, size);
    const name = `${MARKER}=`;
    const at = variables.indexOf(name) === 0 ? 0 : variables.indexOf(`\0${name}`) + 1;
    if (at === 0 && variables.indexOf(name) !== 0) return null;
    const end = variables.indexOf(0, at);
    return variables.toString('latin1', at + name.length, end === -1 ? size : end);
  } catch {
    return null; // gone meanwhile, or another user's
  } finally {
    environment.fill(0, 0, size);
  }
}

/** Pids whose environment at exec was marked with `root` or with a folder below it. Zombies have none. */
export function markedPids(root: string): number[] {
  const wanted = hash(resolve(root));
  return allPids().filter((pid) => pid !== process.pid && markerOf(pid)?.split('.').includes(wanted) === true);
}

/** Pids in the pid namespace with this inode number. */
export function pidsInNamespace(inode: string): number[] {
  return allPids().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/pid`) === `pid:[${inode}]`;
    } catch {
      return false;
    }
  });
}

/** Direct children of a process, of all its threads. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim().split(' '))
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** The given processes and everything below them. */
export function withDescendants(pids: readonly number[]): number[] {
  const found = new Set<number>();
  const visit = (pid: number) => {
    if (found.has(pid)) return;
    found.add(pid);
    childrenOf(pid).forEach(visit);
  };
  pids.forEach(visit);
  return [...found];
}

/** The parent of a process; 0 when it is gone. */
export function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** False for a zombie too: it holds nothing but its exit status. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const state = stat.charAt(stat.lastIndexOf(')') + 2);
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

/** Sends a signal; a process that is gone is no error. */
export function signalPid(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Polls `list` until it is empty or `ms` have passed; what remains is returned. There is no event for strangers' deaths. */
export async function untilNone(list: () => number[], ms: number): Promise<number[]> {
  const deadline = performance.now() + ms;
  for (let pause = 2; ; pause = Math.min(pause * 2, 25)) {
    const left = list();
    const remaining = deadline - performance.now();
    if (left.length === 0 || remaining <= 0) return left;
    await sleep(Math.min(pause, remaining));
  }
}

/** SIGKILLs what `list` finds until it finds nothing more, so that a forking program cannot outrun it. */
export async function killAll(list: () => number[]): Promise<void> {
  for (let left = list(); left.length > 0; left = await untilNone(list, 50)) {
    for (const pid of left) signalPid(pid, 'SIGKILL');
  }
}

/** Ends all processes that carry the marker of a session below `dataDir`; returns how many there were. */
export async function reapMarked(dataDir: string): Promise<number> {
  const seen = new Set<number>();
  await killAll(() => {
    const pids = markedPids(dataDir).filter(isAlive);
    for (const pid of pids) seen.add(pid);
    return pids;
  });
  return seen.size;
}
