/**
 * The holder: one long-lived `bwrap` per sandbox that keeps its namespaces, and whose death ends all that is in them.
 *
 * Two user namespaces are nested. The outer one owns the mounts, /dev/pts, pid and network namespaces; its only uid is 0,
 * which is `owner` on the host. The inner one, made by pid 2, maps that to uid 1000 and is where agents live: they hold no
 * capability in either, cannot trace pid 1, and cannot make a third, since the outer one's allowance is set to one.
 * To enter one must have been in the outer namespace first, and only a file descriptor reaches it: bwrap makes its child
 * there, waits on `--userns-block-fd` for us to write the uid maps, and meanwhile we open `/proc/<child>/ns/user`.
 *
 * Rejected: one namespace (no /dev/pts, and agents may make user namespaces); bwrap's `--disable-userns` (refuses
 * `--userns-block-fd`); a helper program inside that starts processes (no Node child processes, a second protocol, and
 * something the agent can kill or speak to).
 *
 * `--die-with-parent` makes the kernel end the holder with the runner's main thread, however that dies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Owner } from './layout.ts';
import { SandboxUnavailable } from './port.ts';
import { childrenOf, signalPid, withDescendants } from './process-table.ts';

/** PATH of the tools that make and enter sandboxes; never the agent's. */
export const TOOL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const OPENING_TIMEOUT_MS = 10_000;
export const REMEDY =
  'Install bubblewrap (0.8 or newer) and util-linux (2.38 or newer), and allow unprivileged user namespaces: ' +
  'sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 (Debian), ' +
  'kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile for bwrap (Ubuntu).';

export interface Holder {
  process: ChildProcess;
  /** Host pids of the sandbox's pid 1 (bwrap's reaper) and pid 2 (the sleeper whose namespaces are entered). */
  init: number;
  sleeper: number;
  /** Inode of the pid namespace. */
  pidNamespace: string;
  /** Descriptor of the outer user namespace. */
  userNamespace: number;
  exited: Promise<unknown>;
}

export interface HolderOptions {
  /** A command to run before bwrap in the same process, such as one that stages mounts; empty for none. */
  prefix: string[];
  /** Name or path of bwrap. */
  program: string;
  arguments: string[];
  marker: Record<string, string>;
  /** Who owns the namespaces on the host. */
  owner: Owner;
  /** Let Node change to `owner` before bwrap; false when `prefix` does it, or when we are it already. */
  changeUser: boolean;
}

type HolderPipes = [null, Readable, Readable, Readable, Writable, Writable];

/** Starts a holder; resolves once its pid 2 runs. @throws SandboxUnavailable with what bwrap said. */
export async function startHolder(options: HolderOptions): Promise<Holder> {
  const command = [...options.prefix, options.program, '--args', '5', '--info-fd', '3', '--userns-block-fd', '4', '--'];
  command.push('unshare', '--user', '--map-user=1000', '--map-group=1000', '--');
  command.push('/bin/sh', '-c', 'echo ready; exec sleep infinity');
  const bwrap = spawn(command[0]!, command.slice(1), {
    env: { PATH: TOOL_PATH, ...options.marker },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    ...(options.changeUser ? options.owner : {}),
  });
  const [, stdout, stderr, info, unblock, args] = bwrap.stdio as unknown as HolderPipes;
  for (const pipe of [unblock, args]) pipe.on('error', () => {}); // it died; its exit is handled below
  let said = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4096);
  });
  const exited = once(bwrap, 'close').catch((error: Error) => {
    said ||= error.message;
  });
  let userNamespace: number | undefined;
  // Its child too: until the maps are written it waits for bwrap in a way that outlives bwrap.
  const kill = () => {
    if (bwrap.pid !== undefined) for (const pid of withDescendants([bwrap.pid])) signalPid(pid, 'SIGKILL');
  };
  const timer = setTimeout(kill, OPENING_TIMEOUT_MS);
  try {
    args.end(`${options.arguments.join('\0')}\0`);
    const ready = once(stdout, 'data');
    ready.catch(() => {});
    const description = await text(info);
    const init = Number(/"child-pid": (\d+)/.exec(description)?.[1]);
    const pidNamespace = /"pid-namespace": (\d+)/.exec(description)?.[1];
    if (!init || !pidNamespace) throw new Error('bwrap did not start');
    mapToRoot(init, options.owner);
    userNamespace = openSync(`/proc/${init}/ns/user`, 'r');
    const limited = limitUserNamespaces(userNamespace, options);
    unblock.end('x');
    const death = exited.then(() => Promise.reject(new Error('bwrap ended')));
    await Promise.race([Promise.all([ready, limited]), death]);
    death.catch(() => {});
    const sleeper = childrenOf(init)[0];
    if (sleeper === undefined) throw new Error('the sandbox has no process');
    return { process: bwrap, init, sleeper, pidNamespace, userNamespace, exited };
  } catch (error) {
    kill();
    await exited;
    if (userNamespace !== undefined) closeSync(userNamespace);
    const reason = [(error as Error).message, said.trim()].filter(Boolean).join(': ');
    throw new SandboxUnavailable('bubblewrap', reason, REMEDY, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function mapToRoot(pid: number, owner: Owner): void {
  writeFileSync(`/proc/${pid}/setgroups`, 'deny');
  writeFileSync(`/proc/${pid}/uid_map`, `0 ${owner.uid} 1`);
  writeFileSync(`/proc/${pid}/gid_map`, `0 ${owner.gid} 1`);
}

/** One user namespace more, pid 2's, and no other: nested ones hand out capabilities over much of the kernel. */
async function limitUserNamespaces(userNamespace: number, options: HolderOptions): Promise<void> {
  const write = 'echo 1 > /proc/sys/user/max_user_namespaces';
  const child = spawn('nsenter', ['--preserve-credentials', '--user=/proc/self/fd/3', '--', '/bin/sh', '-c', write], {
    env: { PATH: TOOL_PATH, ...options.marker },
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe', userNamespace],
    ...asOwner(options.owner),
  });
  const [said, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
  if (code !== 0) throw new Error(`cannot forbid nested user namespaces: ${said.trim()}`);
}

/** Spawn options that make a tool run as `owner`; only root can and needs to change. */
export const asOwner = (owner: Owner): Partial<Owner> => (process.getuid!() === 0 ? owner : {});

/** A command that becomes `owner` and runs the rest of its arguments. */
export const becoming = ({ uid, gid }: Owner): string[] => [
  'setpriv',
  '--reuid',
  String(uid),
  '--regid',
  String(gid),
  '--clear-groups',
  '--',
];
