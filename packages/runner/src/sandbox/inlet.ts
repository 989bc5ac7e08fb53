/**
 * A TCP listener on a sandbox's own loopback whose connections come out in the runner. It is made by a short-lived process
 * inside the sandbox's network namespace and handed over as an open descriptor, which stays in that namespace: nothing of it
 * runs in the sandbox, nothing listens on the host, and an agent can neither end nor replace it.
 *
 * Rejected: a forwarder in the sandbox from TCP to a Unix socket (a process per session, which agents see and can kill).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Holder, TOOL_PATH } from './holder.ts';
import { childrenOf, signalPid } from './process-table.ts';

const MAKER = new URL('./inlet-maker.ts', import.meta.url).pathname;
const TIMEOUT_MS = 20_000;

/** @throws Error when the namespace cannot be entered. */
export async function openInlet(holder: Holder, marker: Record<string, string>): Promise<Server> {
  // Root may enter any namespace, and as root it reads Node wherever that is; others go through the namespace they own.
  const user = process.getuid!() === 0 ? [] : ['--preserve-credentials', '--user=/proc/self/fd/3'];
  const enter = [...user, '--target', String(holder.sleeper), '--net', '--'];
  const child = spawn('nsenter', [...enter, process.execPath, MAKER], {
    cwd: '/',
    env: { PATH: TOOL_PATH, ...marker },
    stdio: ['ignore', 'ignore', 'pipe', holder.userNamespace, 'ipc'],
  });
  const late = setTimeout(() => {
    for (const pid of [...childrenOf(child.pid!), child.pid!]) signalPid(pid, 'SIGKILL');
  }, TIMEOUT_MS);
  const said = text(child.stderr!);
  try {
    const failed = once(child, 'exit').then(async () => {
      throw new Error(`a listener could not be made in the sandbox: ${(await said).trim()}`);
    });
    failed.catch(() => {});
    const made = new Promise<Server>((resolve) => {
      child.once('message', (_message, handle) => resolve(handle as Server));
    });
    const server = await Promise.race([made, failed, once(child, 'error').then(([error]) => Promise.reject(error))]);
    child.send('taken');
    return server;
  } finally {
    clearTimeout(late);
  }
}
