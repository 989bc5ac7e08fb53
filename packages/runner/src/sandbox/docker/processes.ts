/** A container's processes as its machine sees them. Nothing is seen of a container that has a kernel of its own. */
import { readFileSync, readlinkSync } from 'node:fs';
import { isAlive, pidsInNamespace } from '../process-table.ts';

/** Inode of the pid namespace of a process; null when it is gone or not ours to look at. */
export function pidNamespaceOf(pid: number): string | null {
  if (pid === 0) return null;
  try {
    return /\d+/.exec(readlinkSync(`/proc/${pid}/ns/pid`))?.[0] ?? null;
  } catch {
    return null;
  }
}

/** The living processes of the pid namespace, by their pids here. */
export const processesIn = (namespace: string | null): number[] =>
  namespace === null ? [] : pidsInNamespace(namespace).filter(isAlive);

/** What lives beside a container's first process, and that itself. */
export const processesOf = (firstPid: number): number[] => processesIn(pidNamespaceOf(firstPid));

/** The pid that a process has in its innermost namespace. */
export function pidInside(pid: number): number {
  try {
    const pids = /^NSpid:\t(.+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '';
    return Number(pids.split('\t').at(-1));
  } catch {
    return 0;
  }
}
