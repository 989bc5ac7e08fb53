import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Folder, namesOf, within } from './folder.ts';
import { etagOf, kindOf } from './kinds.ts';
import { FileRefusal, fromSystem } from './refusal.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

export interface OpenFile {
  handle: FileHandle;
  path: string;
  size: number;
  modifiedAt: Date;
  etag: string;
  mode: number;
}

/**
 * Opens a file for reading; the caller closes its handle. A link is refused wherever it leads: to say whether it stays inside, it would
 * have to be followed first.
 * @throws FileRefusal `file_not_found`, `not_a_file` (a folder, link, FIFO, device or socket), `not_a_folder`, `invalid_path`.
 */
export async function openFile(root: Folder, path: string): Promise<OpenFile> {
  const names = namesOf(path);
  const name = names.pop();
  if (name === undefined) throw notAFile(path, 'directory');
  return within(root, names, (folder) => openIn(folder, name));
}

/** The same for a name of a folder. */
export async function openIn(folder: Folder, name: string): Promise<OpenFile> {
  const path = folder.pathOf(name);
  const seen = await folder.look(name);
  if (seen === null) throw new FileRefusal('file_not_found', `There is no ${path}.`, { path });
  // Looked at before, for to open a device can already do something; and after, for it may have been swapped between.
  if (!seen.isFile()) throw notAFile(path, kindOf(seen));
  const handle = await open(folder.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw notAFile(path, 'symlink');
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') throw notAFile(path, 'other');
    throw fromSystem(error, path);
  });
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile()) throw notAFile(path, kindOf(found));
    const { mtime, mode } = found;
    return { handle, path, size: Number(found.size), modifiedAt: mtime, etag: etagOf(found), mode: Number(mode) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export function notAFile(path: string, kind: string): FileRefusal {
  const is = { directory: 'a folder', symlink: 'a symbolic link, and links are not followed' }[kind] ?? 'no file';
  return new FileRefusal('not_a_file', `${path || 'The workspace'} is ${is}.`, { path, kind });
}
