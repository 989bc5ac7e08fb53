/**
 * Starting a program in a sandbox that is already there.
 *
 * `nsenter` joins the outer user namespace, where the host's owner of it has every capability, and with those the mount,
 * pid, network and other namespaces; forks, so that the child is in the pid namespace; a second `nsenter` joins pid 2's
 * inner user namespace, from where there is no way back; the exec as uid 1000 drops all capabilities and no_new_privs keeps
 * them away. Until then the process cannot be traced from inside, as it holds capabilities that agents do not.
 * The first `nsenter` stays outside, waits, and ends as the program did: it is the child that Node sees.
 *
 * The agent's environment travels under prefixed names and gets its own names back inside, last: LD_PRELOAD and PATH must
 * not reach the tools that run outside, and command lines, unlike environments, are readable by other users.
 */
import { spawn } from 'node:child_process';
import { release } from 'node:os';
import { asOwner, becoming, type Holder, TOOL_PATH } from './holder.ts';
import type { Owner } from './layout.ts';
import { childrenOf, signalPid } from './process-table.ts';
import { type Child, isRunning, withKill } from './spawned.ts';
import { requireVariable } from './spec-rules.ts';

const PREFIX = 'RIGGER_ENV_';

/** Closes inherited descriptors (dash can name only single digits; bash sets variables of its own), restores the environment, becomes the program. */
const BECOME = `rigger_n=$RIGGER_NAMES; unset RIGGER_NAMES RIGGER_SANDBOX PATH PWD OLDPWD SHLVL
ulimit -c 0
if [ -n "$BASH_VERSION" ]; then
  for rigger_i in /proc/self/fd/*; do
    rigger_i=\${rigger_i##*/}; if [ "$rigger_i" -gt 2 ]; then eval "exec $rigger_i<&-"; fi
  done
else exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; fi
for rigger_i in $rigger_n; do eval "export $rigger_i=\\"\\\${${PREFIX}$rigger_i}\\"; unset ${PREFIX}$rigger_i"; done
unset rigger_n rigger_i
if [ -n "$BASH_VERSION" ]; then exec /usr/bin/env -u SHLVL -u _ -- "$@"; fi
exec "$@"`;

export interface Entry {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  marker: Record<string, string>;
  owner: Owner;
  shell: string;
  /** How many processes there may be. */
  processes: number;
  /** A command that enters the sandbox's control group, as root; empty where it has none. */
  cgroup: string[];
  signal?: AbortSignal;
}

/** Spawns in the holder's namespaces. @throws SandboxSpecError for an environment variable no shell could export. */
export function enter(holder: Holder, entry: Entry): Child {
  const env: Record<string, string> = {
    PATH: TOOL_PATH,
    ...entry.marker,
    RIGGER_NAMES: Object.keys(entry.env).join(' '),
  };
  for (const [name, value] of Object.entries(entry.env)) {
    requireVariable(name);
    env[PREFIX + name] = value;
  }
  const outer = ['--preserve-credentials', '--user=/proc/self/fd/3', '--target', String(holder.sleeper)];
  outer.push('--mount', '--pid', '--net', '--ipc', '--uts', '--cgroup', `--wdns=${entry.cwd}`, '--');
  const inner = ['nsenter', '--preserve-credentials', '--target', '2', '--user', '--', ...limits(entry.processes)];
  inner.push('setpriv', '--no-new-privs', '--', entry.shell, '-c', BECOME, 'sh', entry.command, ...entry.args);
  const into = entry.cgroup.length === 0 ? [] : [...entry.cgroup, ...becoming(entry.owner)];
  const [command, ...args] = [...into, 'nsenter', ...outer, ...inner];
  const waiter = spawn(command!, args, {
    env,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe', holder.userNamespace],
    ...(into.length === 0 ? asOwner(entry.owner) : {}),
  }) as Child;
  const kill = (signal: NodeJS.Signals) => {
    if (!isRunning(waiter)) return false;
    // A stopped program stops its waiter too; a killed one must be reaped by it.
    if (signal === 'SIGKILL') signalPid(waiter.pid!, 'SIGCONT');
    return signalPid(childrenOf(waiter.pid!)[0] ?? waiter.pid!, signal);
  };
  return withKill(waiter, kill, entry.signal);
}

/** From Linux 5.14 processes are counted per user namespace, so the limit is the sandbox's own; before, per user of the host. */
function limits(processes: number): string[] {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const perNamespace = major > 5 || (major === 5 && minor >= 14);
  return perNamespace ? ['prlimit', `--nproc=${processes}:${processes}`] : [];
}
