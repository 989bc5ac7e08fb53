/**
 * An archive of a workspace, unpacked on this machine. What is in it an agent made, so nothing of it gets out of the folder:
 * no name with `..`, nothing written through a link, and no link that leads elsewhere.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, rm, symlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract as makeExtract } from 'tar-stream';

export interface Unpacked {
  files: number;
  bytes: number;
  /** What was left out, and why. */
  skipped: { path: string; why: string }[];
}

const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;

/** Unpacks a tar.gz into a folder, which is made. Files of the same name are replaced, others stay. */
export async function unpackInto(folder: string, archive: ReadableStream<Uint8Array>): Promise<Unpacked> {
  await mkdir(folder, { recursive: true });
  const unpacked: Unpacked = { files: 0, bytes: 0, skipped: [] };
  const links: { path: string; target: string }[] = [];
  const extract = makeExtract();
  const feeding = pipeline(Readable.fromWeb(archive as never), createGunzip(), extract);
  feeding.catch(() => {});
  for await (const entry of extract) {
    const { name, type, linkname, mode = 0o644 } = entry.header;
    const path = insideOf(name);
    const skip = (why: string): void => void unpacked.skipped.push({ path: name, why });
    if (path === '') entry.resume();
    else if (path === null) {
      skip('its name leads out of the folder');
      entry.resume();
    } else if (type === 'directory') {
      await makeFolder(folder, path);
      entry.resume();
    } else if (type === 'file') {
      await makeFolder(folder, posix.dirname(path));
      unpacked.bytes += await writeFile(join(folder, path), entry as AsyncIterable<Buffer>, mode);
      unpacked.files += 1;
    } else {
      if (type === 'symlink' && linkname && staysInside(path, linkname)) links.push({ path, target: linkname });
      else skip(type === 'symlink' ? `a link to ${linkname}` : `a ${type}`);
      entry.resume();
    }
  }
  await feeding;
  // At last, so that nothing was written through one of them.
  for (const { path, target } of links) {
    await makeFolder(folder, posix.dirname(path));
    await rm(join(folder, path), { force: true });
    await symlink(target, join(folder, path));
  }
  return unpacked;
}

/** A name as a path below the folder; empty for the folder itself, null for one that leads out of it. */
function insideOf(name: string): string | null {
  const path = posix.normalize(name).replace(/\/+$/, '');
  if (path === '.' || path === '') return '';
  return posix.isAbsolute(path) || path === '..' || path.startsWith('../') || path.includes('\0') ? null : path;
}

const staysInside = (path: string, target: string): boolean =>
  !posix.isAbsolute(target) && insideOf(posix.join(posix.dirname(path), target)) !== null;

/** Makes a folder and those above it, none of which may be a link. */
async function makeFolder(root: string, path: string): Promise<void> {
  let at = root;
  for (const name of path.split('/')) {
    if (name === '.') continue;
    at = join(at, name);
    const there = await lstat(at).catch(() => null);
    if (there === null) await mkdir(at);
    else if (!there.isDirectory()) throw new Error(`${at} is there and is no folder.`);
  }
}

async function writeFile(file: string, content: AsyncIterable<Buffer>, mode: number): Promise<number> {
  const handle = await open(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode & 0o777).catch((cause: Error) => {
    throw new Error(`${file} in ${dirname(file)} cannot be written: ${cause.message}`, { cause });
  });
  try {
    let bytes = 0;
    for await (const chunk of content) {
      await handle.write(chunk);
      bytes += chunk.length;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
