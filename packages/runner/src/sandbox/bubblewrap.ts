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
import { bubblewrapArguments, writeEtc } from './bubblewrap-arguments.ts';
import { enter } from './enter.ts';
import { type Holder, REMEDY, startHolder } from './holder.ts';
import { dropRunFolder, giveTree, type Layout, makeLayout, type Owner, SOCKET_NAME } from './layout.ts';
import {
  type Sandbox,
  SandboxClosed,
  type SandboxDriver,
  type SandboxProcess,
  type SandboxSpec,
  SandboxUnavailable,
  type SelfTest,
} from './port.ts';
import { isAlive, MARKER, markerFor, pidsInNamespace, reapMarked, signalPid, untilNone } from './process-table.ts';
import { dropResumeFolders, isResumeFolder, moveResumeFolder } from './resume-folder.ts';
import { isRunning, mergeEnv } from './spawned.ts';
import { checkSpec, HOME, isWithin, programsInside, RUN } from './spec-rules.ts';
import { planStage } from './stage.ts';

/** Owner of sandboxes when the runner is root: a number no system hands out to people or services. */
const UNPRIVILEGED: Owner = { uid: 64_100, gid: 64_100 };

/** `program` is bwrap's name or path, where it is not the system's. */
export function createBubblewrapDriver({ program = 'bwrap' } = {}): SandboxDriver {
  let chosen: Promise<Owner> | undefined;
  const owner = () => {
    chosen ??= chooseOwner(program).catch((error) => {
      chosen = undefined; // the machine may be put right
      throw error;
    });
    return chosen;
  };
  return {
    name: 'bubblewrap',
    selfTest: async (): Promise<SelfTest> => {
      chosen = undefined;
      try {
        const { uid } = await owner();
        const detail = uid === 0 ? "agents own files as the host's root, without its capabilities" : `host uid ${uid}`;
        return { ok: true, detail };
      } catch (error) {
        const reason = error instanceof SandboxUnavailable ? error.reason : (error as Error).message;
        return { ok: false, reason, remedy: REMEDY };
      }
    },
    open: async (spec) => openAs(program, await owner(), spec),
    reap: reapMarked,
  };
}

/** Ourselves; for root, an unprivileged uid if that works here. */
async function chooseOwner(program: string): Promise<Owner> {
  const self = { uid: process.getuid!(), gid: process.getgid!() };
  if (self.uid !== 0) return probe(program, self);
  return probe(program, UNPRIVILEGED).catch(() => probe(program, self));
}

/** Opens a sandbox and reads from inside what it must be. @throws SandboxUnavailable */
async function probe(program: string, owner: Owner): Promise<Owner> {
  const root = mkdtempSync(join(tmpdir(), 'rigger-probe-'));
  const spec: SandboxSpec = { sessionId: 'probe', root, workingDirectory: '/workspace', programs: {}, env: {} };
  try {
    const sandbox = await openAs(program, owner, spec);
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
    return owner;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function openAs(program: string, owner: Owner, spec: SandboxSpec): Promise<Sandbox> {
  checkSpec(spec);
  const inside = programsInside(spec);
  const change = process.getuid!() === 0 && owner.uid !== 0;
  const handOver = change ? owner : undefined;
  const layout = makeLayout(spec.root, handOver);
  const etc = join(layout.root, 'etc');
  mkdirSync(etc, { recursive: true, mode: 0o755 });
  mkdirSync(join(layout.root, 'shm'), { recursive: true, mode: 0o700 });
  writeEtc(etc);
  if (handOver)
    for (const folder of ['home', 'tmp', 'shm', 'workspace']) await giveTree(join(layout.root, folder), handOver);
  const sources = [layout.root, ...Object.values(spec.programs)];
  if (!isWithin(layout.run, layout.root)) sources.push(layout.run);
  const stage = change ? planStage(sources, owner) : { prefix: [], at: (path: string) => path };
  const marker = { [MARKER]: markerFor(layout.root) };
  const holder = await startHolder({
    prefix: stage.prefix,
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
    changeUser: change && stage.prefix.length === 0,
  });
  return sandboxAround(holder, layout, spec, owner, marker);
}

function sandboxAround(
  holder: Holder,
  layout: Layout,
  spec: SandboxSpec,
  owner: Owner,
  marker: Record<string, string>,
): Sandbox {
  const programs = programsInside(spec);
  const base = { HOME, PATH: '/usr/local/bin:/usr/bin:/bin' };
  const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
  const waiters = new Set<SandboxProcess>();
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
    hostSocketPath: layout.hostSocketPath,
    hostWorkspace: layout.workspace,
    spawn(command, args, { env, cwd = spec.workingDirectory, signal }) {
      if (closing || !isAlive(holder.sleeper)) {
        throw new SandboxClosed(`Sandbox of session ${spec.sessionId} is ${closing ? 'closed' : 'dead'}`);
      }
      if (isResumeFolder(env.CLAUDE_CONFIG_DIR)) {
        const handOver = process.getuid!() === 0 ? owner : undefined;
        moveResumeFolder(env.CLAUDE_CONFIG_DIR, layout.tmp, layout.root, handOver);
      }
      const entry = { command, args, cwd, env: mergeEnv(base, spec.env, env), marker, owner, shell, signal };
      const waiter = enter(holder, entry);
      if (waiter.pid !== undefined) {
        waiters.add(waiter);
        waiter.once('exit', () => waiters.delete(waiter));
      }
      return waiter;
    },
    processes: async () => everything(),
    close: (graceMs) => {
      closing ??= end(graceMs);
      return closing;
    },
  };
}

const ended = (child: SandboxProcess) =>
  new Promise<void>((done) => {
    if (isRunning(child)) child.once('exit', () => done());
    else done();
  });
