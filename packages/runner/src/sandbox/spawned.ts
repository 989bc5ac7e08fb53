/** What the drivers' spawned processes have in common. */
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { SandboxProcess } from './port.ts';

/** One that is a child of ours. */
export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Gives a child process another way to be killed. The SDK reads `killed` to know whether it asked already, and passes an
 * AbortSignal whose meaning is "please end".
 */
export function withKill<Program extends SandboxProcess>(
  child: Program,
  kill: (signal: NodeJS.Signals) => boolean,
  abort?: AbortSignal,
): Program {
  let killed = false;
  Object.defineProperty(child, 'killed', { get: () => killed, configurable: true });
  child.kill = (signal = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const sent = kill(typeof signal === 'number' ? 'SIGTERM' : signal);
    killed ||= sent;
    return sent;
  };
  if (abort?.aborted) child.kill('SIGTERM');
  const onAbort = () => child.kill('SIGTERM');
  abort?.addEventListener('abort', onAbort, { once: true });
  child.once('exit', () => abort?.removeEventListener('abort', onAbort));
  // Writing to a program that has just died must not end the runner; its exit says all there is to say.
  child.stdin.on('error', () => {});
  return child;
}

/** True until the process has been reaped, or failed to start. */
export const isRunning = (child: Child) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** The given environment as Node wants it, later layers over earlier ones, `undefined` unsetting. */
export function mergeEnv(...layers: Record<string, string | undefined>[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined) delete merged[name];
      else merged[name] = value;
    }
  }
  return merged;
}
