/** What /proc tells of processes: which are left, which are agents, and of whom. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
};
const workingFolder = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};
const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
const parentOf = (pid: number): number => Number(/^PPid:\t(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0);
const isAgent = (pid: number): boolean => /(^|\/)claude\0/.test(read(pid, 'cmdline'));
const sessionOf = (pid: number): string | null => /\/sessions\/(sess_\w+)\//.exec(read(pid, 'mountinfo'))?.[1] ?? null;

const descends = (pid: number, from: number): boolean => {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === from) return true;
  return false;
};

/** The agent processes that descend from a runner, oldest pid first. */
export const agentsBelow = (runner: number): number[] =>
  allPids().filter((pid) => isAgent(pid) && descends(pid, runner));

/** Which sessions have an agent process below which of these runners. */
export function sessionsByRunner(runners: readonly number[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const pid of allPids()) {
    if (!isAgent(pid)) continue;
    const session = sessionOf(pid);
    const runner = runners.find((one) => descends(pid, one));
    if (session === null || runner === undefined) continue;
    found.set(session, (found.get(session) ?? new Set()).add(runner));
  }
  return found;
}

/**
 * Processes of this run: by command line, environment or working folder, and those inside a sandbox, which are told by the
 * session whose folder they see.
 */
export function processesOf(folder: string, sessions: ReadonlySet<string>): { pid: number; what: string }[] {
  return allPids()
    .filter((pid) => {
      if (pid === process.pid || !existsSync(`/proc/${pid}/exe`)) return false;
      if (read(pid, 'cmdline').includes(folder) || read(pid, 'environ').includes(folder)) return true;
      if (workingFolder(pid).startsWith(folder)) return true;
      const session = sessionOf(pid);
      return session !== null && sessions.has(session);
    })
    .map((pid) => ({ pid, what: read(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 200) }));
}
