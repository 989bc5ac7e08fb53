/**
 * A workspace from a git repository. Git runs in the session's sandbox before any agent does, with a way out to that one host
 * and back closed: what a hostile server does to it happens in there, and the credential is a placeholder even to git.
 */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { GitSource } from '../protocol/index.ts';
import type { Sandbox } from '../sandbox/index.ts';

export class SourceFailed extends Error {
  override readonly name = 'SourceFailed';
}

const PATIENCE_MS = 600_000;
const LONGEST_SAID = 2_000;
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Git must not run what a repository or the machine brings: no hooks, no filters, no other transports. */
const CAREFUL = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'protocol.allow=never', '-c', 'protocol.https.allow=always'],
  ...[
    '-c',
    'protocol.http.allow=always',
    '-c',
    'core.symlinks=true',
    '-c',
    'advice.detachedHead=false',
    '-c',
    'gc.auto=0',
  ],
];

/** @throws SourceFailed with what git said. */
export async function cloneInto(
  sandbox: Sandbox,
  { url, ref, depth }: GitSource,
  env: Record<string, string>,
): Promise<void> {
  const shallow = depth === null ? [] : ['--depth', String(depth)];
  if (ref !== null && COMMIT.test(ref)) {
    await git(sandbox, ['init', '--quiet', '.'], env);
    await git(sandbox, ['remote', 'add', 'origin', url], env);
    await git(sandbox, ['fetch', '--quiet', ...shallow, 'origin', ref], env);
    await git(sandbox, ['checkout', '--quiet', '--detach', 'FETCH_HEAD'], env);
  } else {
    const branch = ref === null ? [] : ['--branch', ref];
    await git(sandbox, ['clone', '--quiet', ...shallow, ...branch, '--', url, '.'], env);
  }
}

async function git(sandbox: Sandbox, args: string[], env: Record<string, string>): Promise<void> {
  const child = sandbox.spawn('git', [...CAREFUL, ...args], {
    env: {
      ...env,
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: sandbox.home,
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_NOSYSTEM: '1',
    },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  child.stdin.end();
  child.stdout.resume();
  const exited = once(child, 'exit');
  const [said, [code, signal]] = await Promise.all([text(child.stderr), exited]);
  if (code !== 0)
    throw new SourceFailed(
      said.trim().slice(-LONGEST_SAID) || `git ended with ${code ?? signal}; is it installed in the sandbox?`,
    );
}
