/** Processes and their memory, as /proc tells of them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
};

/** A process's children, their children and so on, without itself. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const queue = [...(children.get(pid) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    found.push(next);
    queue.push(...(children.get(next) ?? []));
  }
  return found;
}

/** The name of the program that a process runs; empty when it has gone. */
export function programOf(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return '';
  }
}

/** The agent programs below a process. */
export const agentsBelow = (pid: number): number[] => descendants(pid).filter((one) => programOf(one) === 'claude');

const commandLine = (pid: number): string[] => read(`/proc/${pid}/cmdline`).split('\0');

/** Sum over processes in MB: RSS counts a page that is shared once for each process, PSS counts it once in all. */
export function memoryMb(pids: readonly number[]): { rss: number; pss: number } {
  const field = (text: string, name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const sums = { rss: 0, pss: 0 };
  for (const pid of pids) {
    const text = read(`/proc/${pid}/smaps_rollup`);
    sums.rss += field(text, 'Rss') / 1024;
    sums.pss += field(text, 'Pss') / 1024;
  }
  return sums;
}

/** Processes other than this one whose command line or working folder names a folder: what a server left behind. */
export function processesNaming(folder: string): number[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return names.map(Number).filter((pid) => commandLine(pid).join(' ').includes(folder));
}

/** Seconds of processor time that a process has used. */
export function cpuSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
