import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

const git = (folder: string, ...args: string[]): string => {
  try {
    return execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
};

/** What the figures were taken on: machine, Node, and the commit of the checkout under test. */
export function describeMachine(checkout: string) {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    commit: git(checkout, 'rev-parse', '--short', 'HEAD'),
    changedFiles: git(checkout, 'status', '--porcelain').split('\n').filter(Boolean).length,
  };
}

/** Processes that ran or wanted to, on average over the last minute. Before a run: what else the machine is doing. */
export const load = (): number => loadavg()[0] ?? 0;
