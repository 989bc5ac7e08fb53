/**
 * Removing trees that an agent made, and may still be changing: by descriptors, so that nothing outside is ever unlinked through a
 * folder that turned into a link; of any depth; also folders that nobody may write to.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, open, rename, rmdir, unlink } from 'node:fs/promises';
import { Folder } from './folder.ts';
import { FileRefusal, fromSystem } from './refusal.ts';

/** Deeper folders are taken out and removed on their own: a walk holds a descriptor for each level. */
const LEVELS = 32;
/** Not among Node's constants: a handle of what may not be opened for reading. */
const O_PATH = 0o10_000_000;

/** Removes whatever `name` is, and all that is in it. Resolves also when it is not there. */
export async function removeEntry(folder: Folder, name: string): Promise<void> {
  const deep: string[] = [name];
  // What is taken out of the depth is put beside the entry itself.
  for (let next = deep.pop(); next !== undefined; next = deep.pop()) await remove(folder, next, folder, deep, 0);
}

async function remove(folder: Folder, name: string, top: Folder, deep: string[], level: number): Promise<void> {
  const found = await folder.look(name);
  if (found === null) return;
  if (!found.isDirectory()) return gone(unlink(folder.at(name)), folder.pathOf(name));
  if (level >= LEVELS) {
    const aside = `.removed-${randomUUID()}`;
    await gone(rename(folder.at(name), top.at(aside)), folder.pathOf(name));
    deep.push(aside);
    return;
  }
  await makeWritable(folder, name, Number(found.mode));
  const inner = await folder.enter(name).catch((error: unknown) => {
    if (error instanceof FileRefusal && ['not_a_folder', 'file_not_found'].includes(error.code)) return null;
    throw error;
  });
  // Swapped for something else, or gone: then it is that which is removed.
  if (inner === null) return gone(unlink(folder.at(name)), folder.pathOf(name));
  try {
    const names: string[] = [];
    for await (const one of inner.names()) names.push(one);
    for (const one of names) await remove(inner, one, top, deep, level + 1);
  } finally {
    await inner.close();
  }
  await gone(rmdir(folder.at(name)), folder.pathOf(name));
}

async function makeWritable(folder: Folder, name: string, mode: number): Promise<void> {
  if ((mode & 0o700) === 0o700) return;
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder.at(name), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    await chmod(`/proc/self/fd/${handle.fd}`, 0o700);
  } catch {
    // What cannot be opened up tells so when it is entered.
  } finally {
    await handle?.close();
  }
}

async function gone(work: Promise<unknown>, path: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fromSystem(error, path);
  }
}

/** Removes a folder by a path that no agent can change. Resolves also when it is not there. */
export async function removeTree(parentPath: string, name: string): Promise<void> {
  const parent = await Folder.open(parentPath);
  try {
    await removeEntry(parent, name);
  } finally {
    await parent.close();
  }
}
