import { spawn } from 'node:child_process';

/** An account of the system that PostgreSQL runs as, when the server itself is root. */
export interface Account {
  uid: number;
  gid: number;
  name: string;
}

/**
 * The whole environment PostgreSQL gets. The server's own holds keys, and `/proc/PID/environ` of the postmaster is open to
 * its account; `PG*` and `LD_*` variables of the operator's shell would change what is started.
 */
export const childEnvironment: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const outputLimit = 16_384;

/**
 * Runs one of PostgreSQL's own programs to its end. Never throws: a program that cannot be started (absent, not reachable
 * for the account) has `exitCode` null and the reason in `output`. Output is stdout and stderr, the last 16 KiB.
 */
export function run(
  file: string,
  args: string[],
  account?: Account,
  timeoutMs = 120_000,
): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: '/',
      env: childEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    // Not the timer of `spawn` itself: of a program that could not be started it is never cleared, and keeps Node alive.
    const timer = setTimeout(() => child.kill(), timeoutMs);
    let output = '';
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputLimit);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const end = (exitCode: number | null, said: string): void => {
      clearTimeout(timer);
      resolve({ exitCode, output: said });
    };
    child.on('error', (error) => end(null, error.message));
    child.on('close', (exitCode) => end(exitCode, output));
  });
}
