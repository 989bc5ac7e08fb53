/**
 * A folder held open. Everything below a workspace is reached from here, one name at a time, and never by a longer path: the agent may
 * put a symbolic link in the place of any folder at any moment, and a path that was looked at a moment ago can lead out
 * by the time it is used. A descriptor cannot: `/proc/self/fd/<n>/<name>` begins at the very folder that was opened, and a
 * name that has become a link is refused (O_NOFOLLOW) or is acted upon itself (lstat, unlink, rename, lchown).
 */
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lchown, lstat, mkdir, open, opendir, readlink } from 'node:fs/promises';
import { InvalidPath, splitPath } from '../protocol/index.ts';
import { FileRefusal, fromSystem } from './refusal.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const FOLDER_MODE = 0o755;

/** To whom what is made belongs: the sandbox's user. Null where the runner is that user, and may give nothing away. */
export type Owner = { uid: number; gid: number } | null;

/** The names of a path. @throws FileRefusal `invalid_path`. */
export function namesOf(path: string): string[] {
  try {
    return splitPath(path);
  } catch (error) {
    if (error instanceof InvalidPath) throw new FileRefusal('invalid_path', error.message, { path });
    throw error;
  }
}

export class Folder {
  readonly #handle: FileHandle;
  /** Where it lies in the workspace, for those who are told of it. */
  readonly path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.path = path;
  }

  /** Opens a folder by a path that no agent can change, such as a workspace's own. @throws FileRefusal. */
  static async open(hostPath: string, path = ''): Promise<Folder> {
    try {
      return new Folder(await open(hostPath, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK), path);
    } catch (error) {
      throw fromSystem(error, path);
    }
  }

  get descriptor(): number {
    return this.#handle.fd;
  }

  /** What the system takes for this name in this very folder. Of use only until `close`. */
  at(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
      throw new FileRefusal('invalid_path', `${JSON.stringify(name)} is no name.`);
    return `/proc/self/fd/${this.#handle.fd}/${name}`;
  }

  /** The same, to be told of. */
  pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}/${name}`;
  }

  /** @throws FileRefusal `file_not_found`, `not_a_folder`: also for a link that leads to a folder. */
  enter(name: string): Promise<Folder> {
    return Folder.open(this.at(name), this.pathOf(name));
  }

  /** Enters a folder, making it where it is not. */
  async make(name: string, owner: Owner): Promise<Folder> {
    try {
      await mkdir(this.at(name), { mode: FOLDER_MODE });
      if (owner !== null) await lchown(this.at(name), owner.uid, owner.gid);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fromSystem(error, this.pathOf(name));
    }
    return this.enter(name);
  }

  /** What is there by this name, links unfollowed; null for nothing. */
  async look(name: string): Promise<BigIntStats | null> {
    return lstat(this.at(name), { bigint: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw fromSystem(error, this.pathOf(name));
    });
  }

  /** Where a link says it leads; null when there is no link any more. */
  target(name: string): Promise<string | null> {
    return readlink(this.at(name)).catch(() => null);
  }

  /** Every name, in no order. */
  async *names(): AsyncGenerator<string> {
    const entries = await opendir(`/proc/self/fd/${this.#handle.fd}`, { bufferSize: 256 });
    for await (const entry of entries) yield entry.name;
  }

  stat(): Promise<BigIntStats> {
    return this.#handle.stat({ bigint: true });
  }

  /** Has the folder's names reach the disk. */
  sync(): Promise<void> {
    return this.#handle.sync();
  }

  chown(owner: Owner): Promise<void> {
    return owner === null ? Promise.resolve() : this.#handle.chown(owner.uid, owner.gid);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Walks from `root` along `names` and works in the folder at their end; `make` makes the folders that are missing. */
export async function within<T>(
  root: Folder,
  names: readonly string[],
  work: (folder: Folder) => Promise<T>,
  make?: { owner: Owner },
): Promise<T> {
  let folder = root;
  try {
    for (const name of names) {
      const next = make === undefined ? await folder.enter(name) : await folder.make(name, make.owner);
      if (folder !== root) await folder.close();
      folder = next;
    }
    return await work(folder);
  } finally {
    if (folder !== root) await folder.close();
  }
}
