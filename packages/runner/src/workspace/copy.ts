import { constants } from 'node:fs';
import { chmod, copyFile, lchown, mkdir, symlink } from 'node:fs/promises';
import type { Folder, Owner } from './folder.ts';
import { openIn } from './read.ts';
import { FileRefusal } from './refusal.ts';

/**
 * Copies files, folders and links of a folder, while an agent may be changing it. Links are copied as they are; what is no file is left
 * out. On a file system that can, the copies share their blocks.
 */
export async function copyTree(from: Folder, to: Folder, owner: Owner): Promise<void> {
  for await (const name of from.names()) {
    const found = await from.look(name);
    if (found?.isFile()) await unlessGone(copyOne(from, to, name, owner));
    else if (found?.isSymbolicLink()) {
      const target = await from.target(name);
      if (target === null) continue;
      await symlink(target, to.at(name));
      if (owner !== null) await lchown(to.at(name), owner.uid, owner.gid);
    } else if (found?.isDirectory()) {
      const source = await unlessGone(from.enter(name));
      if (source === null) continue;
      try {
        await mkdir(to.at(name), { mode: (Number(found.mode) & 0o777) | 0o700 });
        if (owner !== null) await lchown(to.at(name), owner.uid, owner.gid);
        const copy = await to.enter(name);
        try {
          await copyTree(source, copy, owner);
        } finally {
          await copy.close();
        }
      } finally {
        await source.close();
      }
    }
  }
}

async function copyOne(from: Folder, to: Folder, name: string, owner: Owner): Promise<void> {
  const { handle, mode } = await openIn(from, name);
  try {
    await copyFile(`/proc/self/fd/${handle.fd}`, to.at(name), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } finally {
    await handle.close();
  }
  await chmod(to.at(name), mode & 0o777);
  if (owner !== null) await lchown(to.at(name), owner.uid, owner.gid);
}

async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: unknown) => {
    if (error instanceof FileRefusal) return null;
    throw error;
  });
}
