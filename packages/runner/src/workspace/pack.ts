/** A folder as a tar, made as it is read. */
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Header, pack as makePack, type Pack } from 'tar-stream';
import { DEEPEST_PATH } from '../protocol/index.ts';
import type { Folder } from './folder.ts';
import { openIn } from './read.ts';
import { FileRefusal } from './refusal.ts';

type Head = Partial<Header> & { name: string };

/** A file up to here is read whole first, so that it may change meanwhile; a larger one that gets shorter breaks the archive off. */
const WHOLE_BYTES = 1024 * 1024;
const PORTION = 256 * 1024;

/** Heads of folders and links wait for nobody: so much of them may be ahead of the reader. */
const AHEAD_BYTES = 1024 * 1024;
/** A head with the longest of names. */
const HEAD_BYTES = 2_048;

/**
 * Links are packed as links; FIFOs, devices, sockets and names that are no text are left out, and so is what vanishes meanwhile. Closes
 * the folder at its end. Destroying what this returns ends the packing.
 */
export function pack(folder: Folder): Readable {
  const out = new Packing();
  addFolder(out, folder, '', 0)
    .then(() => out.tar.finalize())
    .catch((error: Error) => out.tar.destroy(error))
    .finally(() => folder.close());
  return Readable.from(out.bytes(), { objectMode: false, highWaterMark: PORTION });
}

class Packing {
  readonly tar: Pack = makePack();
  readonly #closed = new Promise<void>((resolve) => this.tar.once('close', () => resolve()));
  #ahead = 0;
  #wake: () => void = () => {};

  get ended(): boolean {
    return this.tar.destroyed;
  }

  async *bytes(): AsyncGenerator<Buffer> {
    for await (const part of this.tar as AsyncIterable<Buffer>) {
      yield part;
      this.#ahead = Math.max(0, this.#ahead - part.length);
      this.#wake();
    }
  }

  /** Adds what has no content. */
  async addHead(header: Head): Promise<void> {
    this.tar.entry(header);
    this.#ahead += HEAD_BYTES;
    if (this.#ahead > AHEAD_BYTES)
      await this.unlessClosed(
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
      );
  }

  addWhole(header: Head, content: Buffer): Promise<void> {
    return this.unlessClosed(
      new Promise((resolve, reject) => {
        this.tar.entry(header, content, (error) => (error ? reject(error) : resolve()));
      }),
    );
  }

  async addLarge(header: Head & { size: number }, handle: FileHandle): Promise<void> {
    const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
    ended.catch(() => {});
    const entry = this.tar.entry(header, (error) => (error ? reject(error) : resolve()));
    for (let at = 0; at < header.size && !this.ended; ) {
      const buffer = Buffer.allocUnsafe(Math.min(PORTION, header.size - at));
      const { bytesRead } = await handle.read({ buffer, position: at });
      if (bytesRead === 0) throw new Error(`${header.name} got shorter while it was packed.`);
      at += bytesRead;
      if (!entry.write(buffer.subarray(0, bytesRead)))
        await this.unlessClosed(new Promise<void>((drained) => entry.once('drain', () => drained())));
    }
    entry.end(null);
    await this.unlessClosed(ended);
  }

  unlessClosed(work: Promise<void>): Promise<void> {
    return Promise.race([work, this.#closed]);
  }
}

async function addFolder(out: Packing, folder: Folder, prefix: string, depth: number): Promise<void> {
  if (depth >= DEEPEST_PATH)
    throw new FileRefusal('invalid_path', `${folder.path} is deeper than ${DEEPEST_PATH} folders.`);
  const names: string[] = [];
  for await (const name of folder.names()) names.push(name);
  for (const name of names.sort()) {
    if (out.ended) return;
    const found = await folder.look(name);
    if (found === null) continue;
    const mode = Number(found.mode) & 0o777;
    const header: Head = { name: `${prefix}${name}`, mode, mtime: found.mtime, uid: 0, gid: 0 };
    if (found.isFile()) await unlessGone(addFile(out, folder, name, header));
    else if (found.isSymbolicLink()) {
      const linkname = await folder.target(name);
      if (linkname !== null) await out.addHead({ ...header, type: 'symlink', linkname });
    } else if (found.isDirectory()) {
      const inner = await unlessGone(folder.enter(name));
      if (inner === null) continue;
      try {
        await out.addHead({ ...header, type: 'directory' });
        await addFolder(out, inner, `${prefix}${name}/`, depth + 1);
      } finally {
        await inner.close();
      }
    }
  }
}

/** What is gone or was swapped since it was listed is not packed. */
async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: unknown) => {
    if (error instanceof FileRefusal) return null;
    throw error;
  });
}

async function addFile(out: Packing, folder: Folder, name: string, header: Head): Promise<void> {
  const { handle, size } = await openIn(folder, name);
  try {
    if (size > WHOLE_BYTES) return await out.addLarge({ ...header, size }, handle);
    const content = Buffer.allocUnsafe(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(content, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    await out.addWhole(header, content.subarray(0, filled));
  } finally {
    await handle.close();
  }
}
