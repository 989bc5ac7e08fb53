/**
 * Control groups for sandboxes whose driver has no engine to make them: memory, CPU and processes of one sandbox, all its processes
 * together. Only root can make some without being given a part of the hierarchy, and not where that is mounted read-only, as in
 * most containers; `findCgroups` then says why.
 *
 * They lie in `/rigger` of the hierarchy, as those of Docker's cgroupfs driver lie in `/docker`. Both versions are spoken: 2 with one
 * hierarchy, 1 with one for each controller.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Resources } from './port.ts';

const CONTROLLERS = ['memory', 'cpu', 'pids'] as const;
type Controller = (typeof CONTROLLERS)[number];
const PERIOD_US = 100_000;
const PARENT = 'rigger';

export interface Cgroups {
  version: 1 | 2;
  /** The folder in which those of sandboxes are made, for each controller. */
  parents: Record<Controller, string>;
}

/** A sandbox's own. */
export interface Cgroup {
  /** A command, to be run as root, that enters it and becomes what its further arguments say. */
  enter: string[];
  /** How many of its processes were ended for want of memory. */
  memoryKills(): number;
  /** Removes it, once nothing is left in it. */
  remove(): Promise<void>;
}

const ENTER = 'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 126; shift; done; shift; exec "$@"';

/** Where sandboxes' can be made here, or why not. Removes those of runners that are gone. */
export function findCgroups(): Cgroups | string {
  if (process.getuid!() !== 0) return 'only root can make control groups';
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').flatMap(mountOf);
  const unified = mounts.find(({ type, path }) => type === 'cgroup2' && hasAll(path));
  try {
    const found: Cgroups = unified
      ? { version: 2, parents: forAll(() => join(unified.path, PARENT)) }
      : { version: 1, parents: forAll((controller) => join(hierarchyOf(mounts, controller), PARENT)) };
    for (const folder of new Set(Object.values(found.parents))) {
      if (found.version === 2) enable(dirname(folder));
      mkdirSync(folder, { recursive: true });
      if (found.version === 2) enable(folder);
      clear(folder);
    }
    return found;
  } catch (error) {
    return (error as Error).message;
  }
}

let count = 0;

/** Makes one with these limits. @throws Error when the kernel takes a limit not. */
export function makeCgroup({ version, parents }: Cgroups, resources: Resources): Cgroup {
  count += 1;
  const folders = forAll((controller) => join(parents[controller], `${process.pid}-${count}`));
  const all = [...new Set(Object.values(folders))];
  for (const folder of all) mkdirSync(folder, { recursive: true });
  const limits = version === 2 ? limitsOf2(resources) : limitsOf1(resources);
  for (const [controller, file, value] of limits) {
    const path = join(folders[controller], file);
    // Accounting of swap may be off.
    if (existsSync(path)) writeFileSync(path, value);
  }
  return {
    enter: ['/bin/sh', '-c', ENTER, 'sh', ...all, '--'],
    memoryKills() {
      const text = readFileSync(join(folders.memory, version === 2 ? 'memory.events' : 'memory.oom_control'), 'utf8');
      return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
    },
    async remove() {
      for (const folder of all)
        for (let pause = 1; existsSync(folder) && !removed(folder) && pause < 1_000; pause *= 2) await sleep(pause);
    },
  };
}

type Limit = [Controller, string, string];

function limitsOf2({ memoryBytes, cpus, processes }: Resources): Limit[] {
  return [
    ...(memoryBytes === null
      ? []
      : ([
          ['memory', 'memory.max', String(memoryBytes)],
          ['memory', 'memory.swap.max', '0'],
        ] satisfies Limit[])),
    ...(cpus === null ? [] : ([['cpu', 'cpu.max', `${quota(cpus)} ${PERIOD_US}`]] satisfies Limit[])),
    ['pids', 'pids.max', String(processes)],
  ];
}

function limitsOf1({ memoryBytes, cpus, processes }: Resources): Limit[] {
  return [
    ...(memoryBytes === null
      ? []
      : ([
          ['memory', 'memory.limit_in_bytes', String(memoryBytes)],
          ['memory', 'memory.memsw.limit_in_bytes', String(memoryBytes)],
        ] satisfies Limit[])),
    ...(cpus === null
      ? []
      : ([
          ['cpu', 'cpu.cfs_period_us', String(PERIOD_US)],
          ['cpu', 'cpu.cfs_quota_us', String(quota(cpus))],
        ] satisfies Limit[])),
    ['pids', 'pids.max', String(processes)],
  ];
}

/** At least a millisecond in a period, which is what the kernel takes. */
const quota = (cpus: number) => Math.max(1_000, Math.round(cpus * PERIOD_US));

const forAll = (of: (controller: Controller) => string): Record<Controller, string> =>
  Object.fromEntries(CONTROLLERS.map((controller) => [controller, of(controller)])) as Record<Controller, string>;

interface Mount {
  type: string;
  path: string;
  options: string[];
}

function mountOf(line: string): Mount[] {
  const [before = '', after = ''] = line.split(' - ');
  const [type = '', , options = ''] = after.split(' ');
  return type.startsWith('cgroup') ? [{ type, path: before.split(' ')[4]!, options: options.split(',') }] : [];
}

function hierarchyOf(mounts: Mount[], controller: Controller): string {
  const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
  if (mount === undefined) throw new Error(`there is no ${controller} controller`);
  return mount.path;
}

const hasAll = (path: string): boolean => {
  const there = readFileSync(join(path, 'cgroup.controllers'), 'utf8').trim().split(' ');
  return CONTROLLERS.every((controller) => there.includes(controller));
};

/** Lets groups below `folder` have limits of their own. */
const enable = (folder: string) =>
  writeFileSync(join(folder, 'cgroup.subtree_control'), CONTROLLERS.map((controller) => `+${controller}`).join(' '));

function clear(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [pid] = /^\d+(?=-\d+$)/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removed(join(folder, name));
  }
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false; // something is left in it, for a moment
  }
}
