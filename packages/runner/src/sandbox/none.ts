/**
 * No isolation: agents run as the runner's own user, with its network and files. For development and for machines that are
 * themselves the sandbox, such as a pod per session. What it does keep is order: only the environment it is given, a private
 * home, and at close not one process left, found by the marker variable in /proc.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { dropRunFolder, makeLayout, makeWorkspace } from './layout.ts';
import { type Sandbox, SandboxClosed, type SandboxDriver, SandboxRefused, type SandboxSpec } from './port.ts';
import {
  isAlive,
  killAll,
  MARKER,
  markedPids,
  markerFor,
  reapMarked,
  signalPid,
  untilNone,
  withDescendants,
} from './process-table.ts';
import { refuseImage } from './resources.ts';
import { isResumeFolder } from './resume-folder.ts';
import { type Child, isRunning, mergeEnv, withKill } from './spawned.ts';

export function createNoneDriver(): SandboxDriver {
  return {
    name: 'none',
    movable: false,
    selfTest: async () =>
      existsSync('/proc/self/environ')
        ? { ok: true, detail: 'no isolation: agents run as the runner, with its files and network' }
        : { ok: false, reason: '/proc is not there', remedy: 'Run on Linux with /proc mounted.' },
    prepare: async (root) => makeWorkspace(root),
    open: async (spec) => {
      refuseImage('no sandbox', spec.image);
      if (Object.keys(spec.resources ?? {}).length > 0)
        throw new SandboxRefused('resources_not_allowed', 'without isolation nothing is limited');
      return openBare(spec, 'none');
    },
    reap: reapMarked,
  };
}

/** A session's folder and processes in order, and nothing kept apart. */
export function openBare(spec: SandboxSpec, driver: 'none' | 'pod'): Sandbox {
  const layout = makeLayout(spec.root);
  const marker = { [MARKER]: markerFor(layout.root) };
  const base = { HOME: layout.home, PATH: '/usr/local/bin:/usr/bin:/bin' };
  const children = new Set<Child>();
  const resumeFolders = new Set<string>();
  let closing: Promise<void> | undefined;

  // The marker finds daemons; descent finds programs that have overwritten their environment.
  const everything = () =>
    [
      ...new Set([...markedPids(layout.root), ...withDescendants([...children].filter(isRunning).map((c) => c.pid!))]),
    ].filter(isAlive);

  async function end(graceMs: number): Promise<void> {
    for (const pid of everything()) signalPid(pid, 'SIGTERM');
    await untilNone(everything, graceMs);
    await killAll(everything);
    dropRunFolder(layout);
    for (const folder of resumeFolders) rmSync(folder, { recursive: true, force: true });
  }

  return {
    driver,
    cwd: layout.workspace,
    home: layout.home,
    configDir: join(layout.home, '.claude'),
    socketPath: layout.hostSocketPath,
    programs: spec.programs,
    hostSocketPath: layout.hostSocketPath,
    hostWorkspace: layout.workspace,
    spawn(command, args, { env, cwd = layout.workspace, signal }) {
      if (closing) throw new SandboxClosed(`Sandbox of session ${spec.sessionId} is closed`);
      if (isResumeFolder(env.CLAUDE_CONFIG_DIR)) resumeFolders.add(env.CLAUDE_CONFIG_DIR);
      const child = spawn(command, args, {
        cwd,
        env: mergeEnv(base, spec.env, env, marker),
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      children.add(child);
      child.once('exit', () => children.delete(child));
      // SIGKILL leaves the program no chance to end its own children, so its whole group gets it.
      const kill = (how: NodeJS.Signals) =>
        child.pid !== undefined && signalPid(how === 'SIGKILL' ? -child.pid : child.pid, how);
      return withKill(child, kill, signal);
    },
    moved: () => {
      throw new Error('without isolation agents see the path of their folder, which cannot be moved');
    },
    listen: async () => {
      // Without a network of its own, the sandbox's loopback is the machine's.
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    },
    processes: async () => everything(),
    tree: () => ({ roots: [...children].filter(isRunning).map((child) => child.pid!), keepers: [] }),
    memoryKills: async () => null,
    close: (graceMs) => {
      closing ??= end(graceMs);
      return closing;
    },
  };
}
