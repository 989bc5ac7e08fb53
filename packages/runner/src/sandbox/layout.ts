/** The session's folders on the host, their owner, and the gateway socket's place. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, constants, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, lchown, lstat, open, opendir } from 'node:fs/promises';
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
    // In the shared temporary folder anyone could have been first.
    if (folder === layout.run && existsSync(folder)) {
      const { uid } = lstatSync(folder);
      if (uid !== process.getuid!() && uid !== owner?.uid)
        throw new SandboxSpecError(`${folder} belongs to another user`);
    }
    makeFolder(folder, owner);
  }
  return layout;
}

/** The layout's folders have been moved to `rootPath`, and its paths with them; a run folder outside stays where it is. */
export function moveLayout(layout: Layout, rootPath: string): void {
  const former = layout.root;
  const root = resolve(rootPath);
  for (const name of ['home', 'tmp', 'run', 'workspace', 'hostSocketPath'] as const)
    if (layout[name].startsWith(`${former}/`)) layout[name] = join(root, layout[name].slice(former.length));
  layout.root = root;
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
 * snapshot was written by the runner's user. Goes by descriptors and never follows a link, whatever is swapped meanwhile: clients
 * may move files of a session whose sandbox is only being opened.
 */
export async function giveTree(path: string, owner: Owner): Promise<void> {
  const folder = await openFolder(path);
  if (folder === null) return;
  try {
    const found = await folder.stat();
    if (found.uid !== owner.uid || found.gid !== owner.gid) await folder.chown(owner.uid, owner.gid);
    // Through the descriptor, the names are those of the very folder that was opened.
    const here = `/proc/self/fd/${folder.fd}`;
    for await (const { name } of await opendir(here)) {
      const entry = await lstat(`${here}/${name}`).catch(() => null);
      if (entry?.isDirectory()) await giveTree(`${here}/${name}`, owner);
      else if (entry !== null && (entry.uid !== owner.uid || entry.gid !== owner.gid))
        await lchown(`${here}/${name}`, owner.uid, owner.gid);
    }
  } finally {
    await folder.close();
  }
}

async function openFolder(path: string): Promise<FileHandle | null> {
  return open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return null;
      throw error;
    },
  );
}

/** Makes a session's folder and its workspace before there is a sandbox: files may come first. */
export function makeWorkspace(rootPath: string, owner?: Owner): void {
  const root = resolve(rootPath);
  for (const folder of [root, join(root, 'workspace')]) makeFolder(folder, owner);
}

function makeFolder(folder: string, owner: Owner | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A symlink here would have us hand over, and later bind, a folder of someone else's choosing.
  if (!lstatSync(folder).isDirectory()) throw new SandboxSpecError(`${folder} is not a folder`);
  if (owner) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o700);
}
