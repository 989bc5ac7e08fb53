/** The session's folders on the host, their owner, and the gateway socket's place. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { lchown, lstat, opendir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SandboxSpecError } from './port.ts';

export const SOCKET_NAME = 'gateway.sock';
/** `sun_path` holds 108 bytes, one of them the closing NUL. */
const LONGEST_SOCKET_PATH = 106;

export interface Owner {
  uid: number;
  gid: number;
}

export interface Layout {
  root: string;
  home: string;
  tmp: string;
  /** Holds the gateway socket; outside `root` when that is too long a path. */
  run: string;
  workspace: string;
  hostSocketPath: string;
}

/** Makes the session's folders, mode 0700, and hands them over to `owner` when one is given (only root may). */
export function makeLayout(rootPath: string, owner?: Owner): Layout {
  const root = resolve(rootPath);
  const layout: Layout = {
    root,
    home: join(root, 'home'),
    tmp: join(root, 'tmp'),
    run: join(root, 'run'),
    workspace: join(root, 'workspace'),
    hostSocketPath: '',
  };
  if (Buffer.byteLength(join(layout.run, SOCKET_NAME)) > LONGEST_SOCKET_PATH) layout.run = shortFolderFor(root);
  layout.hostSocketPath = join(layout.run, SOCKET_NAME);
  for (const folder of [root, layout.home, layout.tmp, layout.run, layout.workspace]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // A symlink here would have us hand over, and later bind, a folder of someone else's choosing.
    const found = lstatSync(folder);
    if (!found.isDirectory()) throw new SandboxSpecError(`${folder} is not a folder`);
    // In the shared temporary folder anyone could have been first.
    if (folder === layout.run && found.uid !== process.getuid!() && found.uid !== owner?.uid) {
      throw new SandboxSpecError(`${folder} belongs to another user`);
    }
    if (owner) chownSync(folder, owner.uid, owner.gid);
    chmodSync(folder, 0o700);
  }
  return layout;
}

function shortFolderFor(root: string): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return join(tmpdir(), `rigger-${process.getuid!()}-${name}`);
}

/** Removes what `makeLayout` made outside `root`, and the socket. */
export function dropRunFolder(layout: Layout): void {
  rmSync(layout.hostSocketPath, { force: true });
  if (!layout.run.startsWith(`${layout.root}/`)) rmSync(layout.run, { recursive: true, force: true });
}

/**
 * Gives a tree to `owner`, files already owned untouched (chown moves ctime, which incremental snapshots read). A restored
 * snapshot was written by the runner's user. Never follows symlinks; call it only while nothing runs in the sandbox.
 */
export async function giveTree(path: string, owner: Owner): Promise<void> {
  if (!existsSync(path)) return;
  const found = await lstat(path);
  if (found.uid !== owner.uid || found.gid !== owner.gid) await lchown(path, owner.uid, owner.gid);
  if (!found.isDirectory()) return;
  for await (const entry of await opendir(path)) await giveTree(join(path, entry.name), owner);
}
