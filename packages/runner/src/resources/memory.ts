/** How much memory this process and its children may still use: of the machine, and of every cgroup around it that has a limit. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Memory {
  availableBytes: number;
  totalBytes: number;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

const kilobytes = (text: string, name: string): number | null => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found === null ? null : Number(found[1]) * 1024;
};
/** The value of a line of a cgroup's statistics. */
const counted = (text: string | null, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text ?? '')?.[1] ?? 0);

/** The files of the two versions: limit, use, and what of the use is cache that the kernel gives back when it needs it. */
const VERSIONS = [
  { controller: '', mount: '', limit: 'memory.max', used: 'memory.current', cache: 'inactive_file' },
  {
    controller: 'memory',
    mount: 'memory',
    limit: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    cache: 'total_inactive_file',
  },
];

/** What is left in each cgroup from this process's up to the root, of those that have a limit below `most`. */
function* limits(root: string, most: number): Generator<Memory> {
  const own = read(join(root, 'proc/self/cgroup')) ?? '';
  for (const { controller, mount, limit, used, cache } of VERSIONS) {
    const line = own
      .split('\n')
      .map((text) => text.split(':'))
      .find(([, controllers]) =>
        controller === '' ? controllers === '' : controllers?.split(',').includes(controller),
      );
    if (line === undefined) continue;
    const top = join(root, 'sys/fs/cgroup', mount);
    for (let path = join(top, line.slice(2).join(':')); path.startsWith(top); path = dirname(path)) {
      const totalBytes = Number.parseInt(read(join(path, limit)) ?? '', 10);
      // No number: no limit. In version 1 none is a number beyond all memory.
      if (!Number.isFinite(totalBytes) || totalBytes >= most) continue;
      const use = Number.parseInt(read(join(path, used)) ?? '', 10) || 0;
      const kept = Math.max(0, use - counted(read(join(path, 'memory.stat')), cache));
      yield { totalBytes, availableBytes: Math.max(0, totalBytes - kept) };
    }
  }
}

/** @param root where `proc` and `sys` are. */
export function availableMemory(root = '/'): Memory {
  const info = read(join(root, 'proc/meminfo')) ?? '';
  const totalBytes = kilobytes(info, 'MemTotal') ?? 0;
  let least: Memory = { totalBytes, availableBytes: kilobytes(info, 'MemAvailable') ?? totalBytes };
  for (const one of limits(root, totalBytes)) if (one.availableBytes < least.availableBytes) least = one;
  return least;
}
