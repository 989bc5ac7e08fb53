/** A session's container while it runs. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropRunFolder, type Layout, moveLayout, type Owner, SOCKET_NAME } from '../layout.ts';
import { type Sandbox, SandboxClosed, type SandboxSpec } from '../port.ts';
import { killAll, parentOf } from '../process-table.ts';
import { dropResumeFolders, isResumeFolder, moveResumeFolder } from '../resume-folder.ts';
import { mergeEnv } from '../spawned.ts';
import { HOME, RUN } from '../spec-rules.ts';
import { openInlet } from './inlet.ts';
import { pidInside, pidNamespaceOf, processesIn } from './processes.ts';
import { type Place, type Program, startProgram } from './program.ts';

export interface SandboxParts {
  place: Place;
  /** The container's first process, by its pid here. */
  firstPid: number;
  layout: Layout;
  spec: SandboxSpec;
  /** Where the spec's program folders appear. */
  programs: Record<string, string>;
  /** Whom files are given to; absent where they are the runner's own. */
  handOver: Owner | undefined;
}

/** Those whose parents are not among them: programs are the engine's children, not the container's first process'. */
function topmost(pids: number[]): number[] {
  const all = new Set(pids);
  return pids.filter((pid) => !all.has(parentOf(pid)));
}

/** The first process and the keeper. */
const KEEPERS = 2;
/** For the engine to tell of ends that have been. */
const EXIT_PATIENCE_MS = 1_000;

export function sandboxAround({ place, firstPid, layout, spec, programs, handOver }: SandboxParts): Sandbox {
  const { engine, container, keeper } = place;
  const base = { HOME, PATH: '/usr/local/bin:/usr/bin:/bin' };
  const namespace = pidNamespaceOf(firstPid);
  const running = new Set<Program>();
  const forwarders = new Set<Program>();
  let closing: Promise<void> | undefined;
  let keeperInside = 0;
  void keeper.pid.then((pid) => {
    keeperInside = pid;
  });
  const isKeeper = (pid: number): boolean => {
    const inside = pidInside(pid);
    return inside === 1 || inside === keeperInside || [...forwarders].some((forwarder) => forwarder.inside === inside);
  };

  const start = (command: string, args: string[], env: Record<string, string>, cwd: string, signal?: AbortSignal) => {
    const program = startProgram(place, { command, args, cwd, env, ...(signal === undefined ? {} : { signal }) });
    running.add(program);
    program.once('exit', () => running.delete(program));
    return program;
  };

  const ends = () =>
    Promise.all([...running].flatMap((program) => (forwarders.has(program) ? [] : [once(program, 'exit')])));

  /** Whether nothing but the keepers is left within that time. What a stopped keeper does not say is not waited for. */
  async function untilNone(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    for (let pause = 2; ; pause = Math.min(pause * 2, 25)) {
      const count = await Promise.race([keeper.count(), sleep(Math.max(0, deadline - performance.now()), Number.NaN)]);
      if (count === null || Number.isNaN(count)) return false;
      if (count <= KEEPERS + forwarders.size) return true;
      if (performance.now() >= deadline) return false;
      await sleep(Math.max(0, Math.min(pause, deadline - performance.now())));
    }
  }

  async function end(graceMs: number): Promise<void> {
    if (keeper.alive && graceMs > 0) {
      keeper.signalAll('SIGTERM');
      // Once its container is gone, nobody knows how a program ended.
      if (await untilNone(graceMs)) await Promise.race([ends(), sleep(EXIT_PATIENCE_MS, undefined, { ref: false })]);
    }
    try {
      await engine.remove(container);
    } catch (error) {
      // Without its engine, a container ends with its processes, where those are ours to end.
      if (namespace === null) throw error;
      await killAll(() => processesIn(namespace));
    }
    await Promise.all([keeper.gone, ...[...running].map((program) => once(program, 'exit'))]);
    dropRunFolder(layout);
    dropResumeFolders(layout.tmp);
  }

  return {
    driver: 'docker',
    cwd: spec.workingDirectory,
    home: HOME,
    configDir: `${HOME}/.claude`,
    socketPath: `${RUN}/${SOCKET_NAME}`,
    programs,
    get hostSocketPath() {
      return layout.hostSocketPath;
    },
    get hostWorkspace() {
      return layout.workspace;
    },
    moved: (root) => moveLayout(layout, root),
    spawn(command, args, { env, cwd = spec.workingDirectory, signal }) {
      if (closing || !keeper.alive)
        throw new SandboxClosed(`Sandbox of session ${spec.sessionId} is ${closing ? 'closed' : 'dead'}`);
      if (isResumeFolder(env.CLAUDE_CONFIG_DIR))
        moveResumeFolder(env.CLAUDE_CONFIG_DIR, layout.tmp, layout.root, handOver);
      return start(command, args, mergeEnv(base, spec.env, env), cwd, signal);
    },
    async listen() {
      const { server, forwarder } = await openInlet(layout, handOver, (command, args) =>
        start(command, args, base, '/'),
      );
      forwarders.add(forwarder);
      forwarder.once('exit', () => forwarders.delete(forwarder));
      return server;
    },
    async processes() {
      await keeper.pid;
      return processesIn(namespace).filter((pid) => !isKeeper(pid));
    },
    tree() {
      const all = processesIn(namespace);
      return { roots: topmost(all), keepers: all.filter(isKeeper) };
    },
    memoryKills: () => keeper.memoryKills(),
    close: (graceMs) => {
      closing ??= end(graceMs);
      return closing;
    },
  };
}
