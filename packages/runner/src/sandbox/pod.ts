/**
 * The sandbox of a pod that one session has for itself: Kubernetes has made it already, with its image, limits and network. In here there
 * is order to keep and nothing to isolate; what the session asks for beyond that was put into the pod's manifest.
 */
import { existsSync, readFileSync } from 'node:fs';
import { makeWorkspace } from './layout.ts';
import { openBare } from './none.ts';
import type { SandboxDriver } from './port.ts';
import { reapMarked } from './process-table.ts';

export function createPodDriver(): SandboxDriver {
  return {
    name: 'pod',
    // There is one folder for the one session there will be: an agent that was started beforehand is in it already.
    movable: true,
    selfTest: async () =>
      existsSync('/proc/self/environ')
        ? { ok: true, detail: 'the pod itself: one session, its own limits and network' }
        : { ok: false, reason: '/proc is not there', remedy: 'Run on Linux with /proc mounted.' },
    prepare: async (root) => makeWorkspace(root),
    open: async (spec) => ({
      ...openBare(spec, 'pod'),
      moved: () => {},
      memoryKills: async () => countKills(),
    }),
    reap: reapMarked,
  };
}

/** Where the kernel counts the processes of this container that it ended for want of memory: control groups v2, and v1. */
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

function countKills(): number | null {
  for (const path of COUNTERS) {
    try {
      const found = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
      if (found !== undefined) return Number(found);
    } catch {} // the other version's
  }
  return null;
}
