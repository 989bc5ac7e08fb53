/** Opens a real container and reads from inside what it must be, and what it should. */
import { existsSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Sandbox, type SandboxSpec, SandboxUnavailable } from '../port.ts';

const LOOK = `touch here
{ touch /rigger-was-here || touch /usr/rigger-was-here; } 2>/dev/null && echo writable
grep -E '^(CapEff|CapPrm|NoNewPrivs):' /proc/self/status
tail -n +3 /proc/net/dev`;
const EXPECTED = /^CapPrm:\t0{16}\nCapEff:\t0{16}\nNoNewPrivs:\t1\n\s*lo:[^\n]*\n$/;

/**
 * @returns what is weaker than it could be.
 * @throws SandboxUnavailable with what is wrong, and what to do.
 */
export async function probe(open: (spec: SandboxSpec) => Promise<Sandbox>, scratch: string): Promise<string[]> {
  const root = mkdtempSync(join(scratch, 'rigger-probe-'));
  const programs = { node: dirname(process.execPath) };
  try {
    const sandbox = await open({ sessionId: 'probe', root, workingDirectory: '/workspace', programs, env: {} });
    try {
      const look = await said(sandbox, '/bin/sh', ['-c', LOOK]);
      if (!existsSync(join(sandbox.hostWorkspace, 'here')))
        throw unfit(
          `what is written in a container's workspace does not appear in ${root}${look}`,
          'Use an engine of this machine, which sees its files under the same paths and maps no users (userns-remap).',
        );
      const owner = lstatSync(join(sandbox.hostWorkspace, 'here')).uid;
      if (owner !== lstatSync(sandbox.hostWorkspace).uid)
        throw unfit(`files of agents belong to ${owner} here`, 'Use an engine that maps no users (userns-remap).');
      if (!EXPECTED.test(look)) throw unfit(`inside it says: ${look}`, 'See docs/SANDBOXES.md.');
      const version = await said(sandbox, join(sandbox.programs.node!, 'node'), ['-p', 'process.version']);
      if (version.trim() !== process.version)
        throw unfit(
          `Node does not run in the image: ${version.trim()}`,
          'Use an image with glibc 2.28 or newer and libstdc++, such as debian:12; Alpine has neither.',
        );
      const nested = await said(sandbox, '/bin/sh', ['-c', 'unshare --user true 2>/dev/null && echo made']);
      return nested === ''
        ? []
        : ['agents can make user namespaces, which the engine’s filter of system calls should forbid'];
    } finally {
      await sandbox.close(0);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const unfit = (reason: string, remedy: string) => new SandboxUnavailable('docker', reason, remedy);

async function said(sandbox: Sandbox, command: string, args: string[]): Promise<string> {
  const program = sandbox.spawn(command, args, { env: {} });
  program.stdin.end();
  return (await Promise.all([text(program.stdout), text(program.stderr)])).join('');
}
