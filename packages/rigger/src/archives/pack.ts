import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack as makePack, type Pack } from 'tar-stream';
import { type Found, walk } from './walk.ts';

/** Packed faster than a network takes it. */
const GZIP_LEVEL = 4;

export interface Packed {
  /** A tar.gz. */
  archive: ReadableStream<Uint8Array>;
  files: number;
  /** Of all files together, before they are packed. */
  bytes: number;
}

/**
 * A folder as an archive that is made while it is read.
 * @param onBytes told of the bytes of files as they are packed
 * @throws in the stream, when a file changes its size while it is read
 */
export async function packFolder(
  folder: string,
  exclude: ReadonlySet<string>,
  onBytes: (count: number) => void,
): Promise<Packed> {
  const found: Found[] = [];
  for await (const one of walk(folder, exclude)) found.push(one);
  const files = found.filter(({ stats }) => stats.isFile());
  const tar = makePack();
  const gzip = createGzip({ level: GZIP_LEVEL });
  const piping = pipeline(tar, gzip);
  piping.catch(() => {});
  (async () => {
    for (const one of found) await add(tar, one, onBytes);
    tar.finalize();
  })().catch((error: Error) => tar.destroy(error));
  return {
    archive: Readable.toWeb(gzip) as ReadableStream<Uint8Array>,
    files: files.length,
    bytes: files.reduce((sum, { stats }) => sum + stats.size, 0),
  };
}

async function add(tar: Pack, { path, file, stats }: Found, onBytes: (count: number) => void): Promise<void> {
  const head = { name: path, mode: stats.mode & 0o777, mtime: stats.mtime };
  // Heads are not waited for: they are half a kilobyte each.
  if (stats.isDirectory()) return void tar.entry({ ...head, type: 'directory' });
  if (stats.isSymbolicLink()) return void tar.entry({ ...head, type: 'symlink', linkname: await readlink(file) });
  if (stats.size === 0) return void tar.entry({ ...head, type: 'file' }, '');
  const { promise: taken, resolve, reject } = Promise.withResolvers<void>();
  taken.catch(() => {});
  const entry = tar.entry({ ...head, type: 'file', size: stats.size }, (error) => (error ? reject(error) : resolve()));
  // A file that grows meanwhile is taken as long as it was.
  for await (const chunk of createReadStream(file, { end: stats.size - 1 })) {
    if (!entry.write(chunk)) await Promise.race([once(entry, 'drain'), taken]);
    onBytes((chunk as Buffer).length);
  }
  entry.end(null);
  await taken;
}
