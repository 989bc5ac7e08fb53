/**
 * When the runner is root, sandboxes belong to an unprivileged uid instead, and that uid must reach what it binds: a data
 * folder below /root, a CLI in root's home. What it cannot reach is bound, by root and in a mount namespace of its own,
 * below a folder that it can. Nothing is written to the host and nothing needs cleaning up.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Owner } from './layout.ts';
import { isWithin } from './spec-rules.ts';

/** Folders that nearly every system has, shadowed in the private mount namespace only. */
const STAGES = ['/mnt', '/media', '/srv', '/opt'];

const SCRIPT = `set -e
stage=$1 uid=$2 gid=$3; shift 3
mount -t tmpfs -o mode=755 rigger "$stage"
n=0
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir "$stage/$n"; else : > "$stage/$n"; fi
  mount --bind "$1" "$stage/$n"
  n=$((n + 1)); shift
done
shift
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups -- "$@"`;

export interface Stage {
  /** Command that stages, changes to the owner and runs the rest of its arguments. Empty when all is within reach. */
  prefix: string[];
  at: (hostPath: string) => string;
}

/** Plans how `owner` gets at `paths`, of which `root` stands for everything below it. */
export function planStage(paths: string[], owner: Owner): Stage {
  const staged = paths.filter((path) => !canReach(path, owner));
  const folder = STAGES.find((stage) => existsSync(stage) && !paths.some((path) => isWithin(path, stage)));
  if (staged.length === 0 || folder === undefined) return { prefix: [], at: (path) => path };
  const at = (path: string) => {
    const index = staged.findIndex((source) => isWithin(path, source));
    return index < 0 ? path : `${folder}/${index}${path.slice(staged[index]!.length)}`;
  };
  const args = [folder, String(owner.uid), String(owner.gid), ...staged, '--'];
  return {
    prefix: ['unshare', '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', SCRIPT, 'sh', ...args],
    at,
  };
}

/** Whether every folder above `path` lets the uid pass. Access lists are not looked at: staging is then merely needless. */
function canReach(path: string, owner: Owner): boolean {
  if (owner.uid === 0) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const shift = uid === owner.uid ? 6 : gid === owner.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (folder === '/') return true;
  }
}
