/** What a bubblewrap sandbox's file system is made of. */
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { HOME, RUN } from './spec-rules.ts';

/** The parts of /etc that programs need to run, resolve users and check certificates. Never a folder that holds keys. */
const ETC = [
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'nsswitch.conf', 'localtime', 'timezone'],
  ...['os-release', 'mime.types', 'services', 'protocols', 'ssl/certs', 'ssl/openssl.cnf', 'ca-certificates'],
  ...['pki/tls/certs', 'pki/tls/cert.pem', 'pki/ca-trust/extracted'],
].map((name) => `/etc/${name}`);

const MADE_UP = ['passwd', 'group', 'hosts'];

export interface Mounts {
  layout: Layout;
  workingDirectory: string;
  /** Host folder → path inside, read-only. */
  programs: [string, string][];
  /** Host folder for made-up files, out of the agent's reach. */
  etc: string;
  /** Where the runner's own path to a host file is to be found by the process that mounts. */
  at: (hostPath: string) => string;
}

/** bwrap's options, without the command. They travel through `--args`: the command line is readable inside as /proc/1/cmdline. */
export function bubblewrapArguments(mounts: Mounts): string[] {
  const { layout, at } = mounts;
  const args = ['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--clearenv'];
  args.push('--hostname', 'sandbox', '--cap-drop', 'ALL');
  // Needed once, by pid 2, to map uid 1000 onto the namespace's uid 0 (since Linux 5.12); see holder.ts.
  args.push('--cap-add', 'CAP_SETFCAP');
  args.push('--ro-bind', '/usr', '/usr');
  for (const path of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) args.push(...systemFolder(path));
  args.push('--proc', '/proc', '--dev', '/dev');
  for (const path of ETC) args.push(...etcEntry(path));
  for (const name of MADE_UP) args.push('--ro-bind', at(join(mounts.etc, name)), `/etc/${name}`);
  // Disk, not tmpfs: a build's temporary files must not eat the machine's memory.
  args.push('--bind', at(layout.tmp), '/tmp', '--bind', at(join(layout.root, 'shm')), '/dev/shm');
  args.push('--dir', '/var', '--symlink', '/tmp', '/var/tmp');
  args.push('--bind', at(layout.home), HOME, '--ro-bind', at(layout.run), RUN);
  for (const [host, inside] of mounts.programs) args.push('--ro-bind', at(host), inside);
  args.push('--bind', at(layout.workspace), mounts.workingDirectory);
  args.push('--remount-ro', '/dev', '--remount-ro', '/');
  return args;
}

/** /bin and its like are symlinks into /usr on most systems, folders on some, absent on others. */
function systemFolder(path: string): string[] {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

function etcEntry(path: string): string[] {
  if (!existsSync(path)) return [];
  // A link into /usr is kept; one that leads elsewhere (NixOS, resolvconf) is replaced by what it leads to.
  const link = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  const insideUsr = link !== undefined && /^(\/usr\/|(\.\.\/)+usr\/)/.test(link);
  return insideUsr ? ['--symlink', link, path] : ['--ro-bind', path, path];
}
