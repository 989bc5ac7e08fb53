import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { availableMemory } from './memory.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A root folder with these files in it, as `/` has them. */
function machine(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'rigger-memory-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
const info = { 'proc/meminfo': 'MemTotal:        1000 kB\nMemFree:  10 kB\nMemAvailable:     400 kB\n' };
const KB = 1024;

describe('the memory that is left', () => {
  test('is the machine’s where no cgroup limits it', () => {
    const free = { 'proc/self/cgroup': '0::/app\n', 'sys/fs/cgroup/app/memory.max': 'max\n' };
    expect(availableMemory(machine({ ...info, ...free }))).toEqual({ totalBytes: 1000 * KB, availableBytes: 400 * KB });
  });

  test('is what the narrowest cgroup around it leaves, and cache that the kernel would give back counts as free', () => {
    const limited = {
      'proc/self/cgroup': '0::/outer/inner\n',
      'sys/fs/cgroup/outer/memory.max': `${300 * KB}\n`,
      'sys/fs/cgroup/outer/memory.current': `${250 * KB}\n`,
      'sys/fs/cgroup/outer/memory.stat': `anon 1\ninactive_file ${100 * KB}\n`,
      'sys/fs/cgroup/outer/inner/memory.max': `${290 * KB}\n`,
      'sys/fs/cgroup/outer/inner/memory.current': `${10 * KB}\n`,
    };
    expect(availableMemory(machine({ ...info, ...limited }))).toEqual({
      totalBytes: 300 * KB,
      availableBytes: 150 * KB,
    });
  });

  test('is found in cgroups of the first version too, also where the path is that of another mount', () => {
    const limited = {
      'proc/self/cgroup': '5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': `${200 * KB}\n`,
      'sys/fs/cgroup/memory/memory.usage_in_bytes': `${150 * KB}\n`,
      'sys/fs/cgroup/memory/memory.stat': `inactive_file 1\ntotal_inactive_file ${20 * KB}\n`,
    };
    expect(availableMemory(machine({ ...info, ...limited }))).toEqual({
      totalBytes: 200 * KB,
      availableBytes: 70 * KB,
    });
    const none = { ...limited, 'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' };
    expect(availableMemory(machine({ ...info, ...none })).totalBytes).toBe(1000 * KB);
  });

  const cgroup = ownCgroup();
  test.skipIf(cgroup === null)('of a process in a real cgroup is that cgroup’s limit, less what it uses', () => {
    const { folder, limit } = cgroup!;
    try {
      writeFileSync(join(folder, limit), String(300 * KB * KB));
      const program = `import { availableMemory } from ${JSON.stringify(fileURLToPath(new URL('./memory.ts', import.meta.url)))};
        process.stdout.write(JSON.stringify(availableMemory()));`;
      const enter = `echo $$ > ${folder}/cgroup.procs; exec "$0" --input-type=module -e "$1"`;
      const said = execFileSync('/bin/sh', ['-c', enter, process.execPath, program], { encoding: 'utf8' });
      const { totalBytes, availableBytes } = JSON.parse(said);
      expect(totalBytes).toBe(300 * KB * KB);
      expect(availableBytes).toBeGreaterThan(100 * KB * KB);
      expect(availableBytes).toBeLessThan(300 * KB * KB);
    } finally {
      rmdirSync(folder);
    }
  });
});

/** A memory cgroup of this test's own below the one that it is in; null where it may not make one. */
function ownCgroup(): { folder: string; limit: string } | null {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n').map((line) => line.split(':')); // biome-ignore format: one line
  const first = lines.find(([, controllers]) => controllers === 'memory');
  const [top, own, limit] =
    first === undefined
      ? ['/sys/fs/cgroup', lines.find(([, controllers]) => controllers === ''), 'memory.max']
      : ['/sys/fs/cgroup/memory', first, 'memory.limit_in_bytes'];
  const folder = join(top as string, own?.[2] ?? '', `rigger-test-${process.pid}`);
  try {
    mkdirSync(folder);
  } catch {
    return null;
  }
  const enters = spawnSync('/bin/sh', ['-c', `test -w ${folder}/${limit} && echo $$ > ${folder}/cgroup.procs`]);
  if (enters.status === 0) return { folder, limit: limit as string };
  rmdirSync(folder);
  return null;
}
