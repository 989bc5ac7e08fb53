import type { BigIntStats } from 'node:fs';
import type { FileEntry, FileKind } from '../protocol/index.ts';
import type { Folder } from './folder.ts';

export const kindOf = (found: BigIntStats): FileKind =>
  found.isFile() ? 'file' : found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'symlink' : 'other';

/**
 * A strong validator: another one as soon as the file is replaced (inode), or written to or changed in any other way (ctime, which a
 * program cannot set), as finely as the file system's clock ticks.
 */
export const etagOf = (found: BigIntStats): string =>
  `"${[found.size, found.mtimeNs, found.ino, found.ctimeNs].map((part) => part.toString(36)).join('-')}"`;

export async function entryOf(folder: Folder, name: string, found: BigIntStats): Promise<FileEntry> {
  const type = kindOf(found);
  return {
    path: folder.pathOf(name),
    type,
    size: type === 'file' ? Number(found.size) : null,
    modifiedAt: found.mtime.toISOString(),
    etag: type === 'file' ? etagOf(found) : null,
    target: type === 'symlink' ? await folder.target(name) : null,
  };
}
