/**
 * Isolation by Linux namespaces through bubblewrap, for root and ordinary users alike. No network but an empty loopback, a
 * read-only system, a private home, /tmp, /proc and /dev, uid 1000 without capabilities. See `holder.ts` for how a sandbox is
 * kept, `enter.ts` for how programs get in, `bubblewrap-arguments.ts` for what they find there.
 */
import { closeSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { bubblewrapArguments } from './bubblewrap-arguments.ts';
import { type Cgroup, type Cgroups, findCgroups, makeCgroup } from './cgroups.ts';
import { enter } from './enter.ts';
import { writeEtc } from './etc.ts';
import { becoming, type Holder, REMEDY, startHolder } from './holder.ts';
import { openInlet } from './inlet.ts';
import {
  dropRunFolder,
  giveTree,
  type Layout,
  makeLayout,
  makeWorkspace,
  moveLayout,
  type Owner,
  SOCKET_NAME,
} from './layout.ts';
import {
  type Resources,
  type Sandbox,
  SandboxClosed,
  type SandboxDriver,
  SandboxRefused,
  type SandboxSpec,
  SandboxUnavailable,
  type SelfTest,
} from './port.ts';
import { isAlive, MARKER, markerFor, pidsInNamespace, reapMarked, signalPid, untilNone } from './process-table.ts';
import { DEFAULT_RESOURCES, described, refuseImage, resourcesFor } from './resources.ts';
import { dropResumeFolders, isResumeFolder, moveResumeFolder } from './resume-folder.ts';
import { type Child, isRunning, mergeEnv } from './spawned.ts';
import { checkSpec, HOME, isWithin, programsInside, RUN } from './spec-rules.ts';
import { planStage } from './stage.ts';

/** Owner of sandboxes when the runner is root: a number no system hands out to people or services. */
const UNPRIVILEGED: Owner = { uid: 64_100, gid: 64_100 };

/** Who agents are inside. */
const INSIDE: Owner = { uid: 1000, gid: 1000 };

export interface BubblewrapOptions {
  /** bwrap's name or path, where it is not the system's. */
  program?: string;
  resources?: Resources;
}

export function createBubblewrapDriver({
  program = 'bwrap',
  resources = DEFAULT_RESOURCES,
}: BubblewrapOptions = {}): SandboxDriver {
  let chosen: Promise<Means> | undefined;
  const means = () => {
    chosen ??= findMeans(program, resources).catch((error) => {
      chosen = undefined; // the machine may be put right
      throw error;
    });
    return chosen;
  };
  return {
    name: 'bubblewrap',
    movable: true,
    selfTest: async (): Promise<SelfTest> => {
      chosen = undefined;
      try {
        return { ok: true, detail: detailOf(await means()) };
      } catch (error) {
        const reason = error instanceof SandboxUnavailable ? error.reason : (error as Error).message;
        return { ok: false, reason, remedy: REMEDY };
      }
    },
    prepare: async (root) => {
      const { owner } = await means();
      makeWorkspace(root, process.getuid!() === 0 && owner.uid !== 0 ? owner : undefined);
    },
    open: async (spec) => openBy(await means(), spec),
    reap: reapMarked,
  };
}

/** What sandboxes are made with here. */
interface Means {
  program: string;
  owner: Owner;
  /** What one sandbox may have at most. */
  resources: Resources;
  /** What limits memory and CPU; a text says why nothing does. */
  cgroups: Cgroups | string;
}

function detailOf({ owner: { uid }, resources, cgroups }: Means): string {
  const who = uid === 0 ? "agents own files as the host's root, without its capabilities" : `host uid ${uid}`;
  return typeof cgroups === 'string'
    ? `${who}; ${resources.processes} processes; memory and CPU are NOT limited: ${cgroups}`
    : `${who}; ${described(resources)}`;
}

/** As ourselves; for root, as an unprivileged uid if that works here. */
async function findMeans(program: string, resources: Resources): Promise<Means> {
  const owner = { uid: process.getuid!(), gid: process.getgid!() };
  const self = { program, owner, resources, cgroups: findCgroups() };
  if (owner.uid !== 0) return probe(self);
  return probe({ ...self, owner: UNPRIVILEGED }).catch(() => probe(self));
}

/** Opens a sandbox and reads from inside what it must be. @throws SandboxUnavailable */
async function probe(means: Means): Promise<Means> {
  const root = mkdtempSync(join(tmpdir(), 'rigger-probe-'));
  const spec: SandboxSpec = { sessionId: 'probe', root, workingDirectory: '/workspace', programs: {}, env: {} };
  try {
    const sandbox = await openBy(means, spec);
    try {
      const look = 'id -u; grep -E "^(CapEff|CapPrm|NoNewPrivs):" /proc/self/status; tail -n +3 /proc/net/dev; touch x';
      const child = sandbox.spawn('/bin/sh', ['-c', look], { env: {} });
      const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const expected = /^1000\nCapPrm:\t0{16}\nCapEff:\t0{16}\nNoNewPrivs:\t1\n\s*lo:[^\n]*\n$/;
      if (!expected.test(out) || said)
        throw new SandboxUnavailable('bubblewrap', `inside it says: ${out}${said}`, REMEDY);
    } finally {
      await sandbox.close(0);
    }
    return means;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function openBy(means: Means, spec: SandboxSpec): Promise<Sandbox> {
  const { program, owner, cgroups } = means;
  checkSpec(spec);
  const resources = allowed(means, spec);
  const inside = programsInside(spec);
  const change = process.getuid!() === 0 && owner.uid !== 0;
  const handOver = change ? owner : undefined;
  const layout = makeLayout(spec.root, handOver);
  const etc = writeEtc(layout.root, INSIDE);
  mkdirSync(join(layout.root, 'shm'), { recursive: true, mode: 0o700 });
  if (handOver)
    for (const folder of ['home', 'tmp', 'shm', 'workspace']) await giveTree(join(layout.root, folder), handOver);
  const sources = [layout.root, ...Object.values(spec.programs)];
  if (!isWithin(layout.run, layout.root)) sources.push(layout.run);
  const stage = change ? planStage(sources, owner) : { prefix: [], at: (path: string) => path };
  const marker = { [MARKER]: markerFor(layout.root) };
  const cgroup = typeof cgroups === 'string' ? null : makeCgroup(cgroups, resources);
  try {
    const holder = await startHolder({
      prefix: [
        ...(cgroup?.enter ?? []),
        // Who has entered is still root.
        ...(stage.prefix.length === 0 && cgroup !== null && change ? becoming(owner) : stage.prefix),
      ],
      program,
      arguments: bubblewrapArguments({
        layout,
        workingDirectory: spec.workingDirectory,
        programs: Object.entries(spec.programs).map(([name, host]) => [host, inside[name]!]),
        etc,
        at: stage.at,
      }),
      marker,
      owner,
      changeUser: change && stage.prefix.length === 0 && cgroup === null,
    });
    return sandboxAround({ holder, layout, spec, owner, marker, cgroup, processes: resources.processes });
  } catch (error) {
    await cgroup?.remove();
    throw error;
  }
}

/** @throws SandboxRefused for an image, and for a limit that is not to be had. */
function allowed({ resources: most, cgroups }: Means, { image, resources: asked = {} }: SandboxSpec): Resources {
  refuseImage('bubblewrap', image);
  if (typeof cgroups === 'string' && (asked.memoryBytes !== undefined || asked.cpus !== undefined))
    throw new SandboxRefused('resources_not_allowed', `memory and CPU cannot be limited here: ${cgroups}`);
  return resourcesFor(most, asked);
}

interface Parts {
  holder: Holder;
  layout: Layout;
  spec: SandboxSpec;
  owner: Owner;
  marker: Record<string, string>;
  cgroup: Cgroup | null;
  processes: number;
}

function sandboxAround({ holder, layout, spec, owner, marker, cgroup, processes }: Parts): Sandbox {
  const programs = programsInside(spec);
  const base = { HOME, PATH: '/usr/local/bin:/usr/bin:/bin' };
  const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
  const waiters = new Set<Child>();
  let closing: Promise<void> | undefined;

  const keepers = new Set([holder.init, holder.sleeper]);
  const everything = () => pidsInNamespace(holder.pidNamespace).filter((pid) => !keepers.has(pid) && isAlive(pid));

  async function end(graceMs: number): Promise<void> {
    for (const pid of everything()) signalPid(pid, 'SIGTERM');
    await untilNone(everything, graceMs);
    // The kernel ends a pid namespace with its pid 1, and lets that go only when all the rest have been reaped.
    if (holder.process.exitCode === null && holder.process.signalCode === null) signalPid(holder.init, 'SIGKILL');
    const reaped = Promise.all([holder.exited, ...[...waiters].map(ended)]);
    // A waiter stopped together with its program would never reap it.
    for (const waiter of waiters) signalPid(waiter.pid!, 'SIGCONT');
    await Promise.race([reaped, sleep(1000, undefined, { ref: false })]);
    for (const waiter of waiters) signalPid(waiter.pid!, 'SIGKILL');
    await reaped;
    closeSync(holder.userNamespace);
    await cgroup?.remove();
    dropRunFolder(layout);
    dropResumeFolders(layout.tmp);
  }

  return {
    driver: 'bubblewrap',
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
    // The namespaces hold the folders themselves and not their paths.
    moved: (root) => moveLayout(layout, root),
    spawn(command, args, { env, cwd = spec.workingDirectory, signal }) {
      if (closing || !isAlive(holder.sleeper)) {
        throw new SandboxClosed(`Sandbox of session ${spec.sessionId} is ${closing ? 'closed' : 'dead'}`);
      }
      if (isResumeFolder(env.CLAUDE_CONFIG_DIR)) {
        const handOver = process.getuid!() === 0 ? owner : undefined;
        moveResumeFolder(env.CLAUDE_CONFIG_DIR, layout.tmp, layout.root, handOver);
      }
      const entry = {
        ...{ command, args, cwd, env: mergeEnv(base, spec.env, env), marker, owner, shell, signal },
        ...{ processes, cgroup: cgroup?.enter ?? [] },
      };
      const waiter = enter(holder, entry);
      if (waiter.pid !== undefined) {
        waiters.add(waiter);
        waiter.once('exit', () => waiters.delete(waiter));
      }
      return waiter;
    },
    listen: () => openInlet(holder, marker),
    processes: async () => everything(),
    tree: () => {
      const entrances = [...waiters].flatMap(({ pid }) => pid ?? []);
      const roots = [...(holder.process.pid === undefined ? [] : [holder.process.pid]), ...entrances];
      return { roots, keepers: [...roots, ...keepers] };
    },
    memoryKills: async () => cgroup?.memoryKills() ?? null,
    close: (graceMs) => {
      closing ??= end(graceMs);
      return closing;
    },
  };
}

const ended = (child: Child) =>
  new Promise<void>((done) => {
    if (isRunning(child)) child.once('exit', () => done());
    else done();
  });
