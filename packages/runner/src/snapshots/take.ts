/**
 * Takes a snapshot of a folder. What has not changed since an earlier snapshot is not read again, and what is read but was
 * stored before is not stored again. The bytes that are stored are those that are hashed: an agent that writes meanwhile can
 * make a file half old and half new, as it would be for any other reader, but not one that differs from its hash.
 */
import { isUtf8 } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import { type BigIntStats, closeSync, fstatSync, read, readlinkSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  type Entry,
  type FileEntry,
  MANIFEST_VERSION,
  MAX_PATH_BYTES,
  type Manifest,
  type Pack,
  type Part,
  ZEROS,
} from './manifest.ts';
import { nameOf, Packer, zstd } from './packer.ts';
import { type BlobStore, MAX_BLOB_BYTES, SnapshotTooLarge } from './port.ts';
import { makeSlices } from './slices.ts';
import { at, isClosedToUs, isGone, look, namesIn, openFile, openFolder } from './tree.ts';

const readLater = promisify(read);

export interface TakeOptions {
  store: BlobStore;
  /** The snapshot before this one. */
  previous?: Manifest | null;
  /** By apparent size: a file that is one great hole takes as long to read as any. */
  maxBytes?: number;
  maxEntries?: number;
  signal?: AbortSignal;
}

export interface Taken {
  manifest: Manifest;
  /** The name of the blob that holds the manifest. */
  hash: string;
  files: number;
  /** Of the files, and of the packs that hold them. */
  bytes: number;
  storedBytes: number;
  added: { packs: number; bytes: number };
  /** Files that were read, not taken over from the snapshot before. */
  read: number;
}

const MAX_DEPTH = 256;
/** A file up to this size lies in one pack, and is read in one call. */
const WHOLE_BYTES = 1024 * 1024;
const CHUNK = 1024 * 1024;
const NO_BYTES = Buffer.alloc(CHUNK);
/** Less of a pack in use than this, and the files in it are packed anew. */
const WORTH_KEEPING = 0.25;
/** A change within one tick of the file system's clock would leave the same times. */
const TICK_MS = 100n;

const isUnchanged = (entry: FileEntry, found: BigIntStats): boolean =>
  entry.ino !== undefined &&
  entry.ino === String(found.ino) &&
  entry.ctimeNs === String(found.ctimeNs) &&
  entry.mtimeNs === String(found.mtimeNs) &&
  entry.size === Number(found.size);

/** @throws SnapshotTooLarge; what the store throws; the signal's reason. */
export async function takeSnapshot(folder: string, options: TakeOptions): Promise<Taken> {
  const taking = new Taking(options);
  const top = openFolder(folder);
  try {
    await taking.folder(top, '', 0);
  } finally {
    closeSync(top);
  }
  return taking.finish();
}

class Taking {
  readonly #options: TakeOptions;
  readonly #packer: Packer;
  readonly #breathe: () => Promise<void> | undefined;
  readonly #entries: Entry[] = [];
  readonly #skipped: Manifest['skipped'] = [];
  readonly #previous = new Map<string, FileEntry>();
  readonly #contents = new Map<string, { entry: FileEntry; packs: Pack[] }>();
  readonly #worn = new Set<number>();
  #bytes = 0;
  #files = 0;
  #read = 0;

  constructor(options: TakeOptions) {
    this.#options = options;
    this.#packer = new Packer(options.store);
    this.#breathe = makeSlices(options.signal);
    if (options.previous) this.#learn(options.previous);
  }

  #learn({ entries, packs }: Manifest): void {
    const used = packs.map(() => 0);
    const files = entries.filter((entry) => entry.type === 'file');
    for (const { parts } of files) for (const [pack, , length] of parts) if (pack !== ZEROS) used[pack]! += length;
    for (const [index, pack] of packs.entries()) if (used[index]! < pack.size * WORTH_KEEPING) this.#worn.add(index);
    for (const entry of files) {
      if (entry.parts.some(([pack]) => this.#worn.has(pack))) continue;
      this.#previous.set(entry.path, entry);
      this.#contents.set(entry.hash, { entry, packs });
    }
  }

  async folder(fd: number, path: string, depth: number): Promise<void> {
    const found = fstatSync(fd, { bigint: true });
    this.#add({ type: 'folder', path, mode: Number(found.mode) & 0o1777, mtimeNs: String(found.mtimeNs) });
    const { names, unreadable } = namesIn(fd);
    for (const name of unreadable) this.#skip(path === '' ? name : `${path}/${name}`, 'its name is not UTF-8');
    for (const name of names) {
      const pause = this.#breathe();
      if (pause !== undefined) await pause;
      await this.#one(fd, name, path === '' ? name : `${path}/${name}`, depth);
    }
  }

  async #one(folder: number, name: string, path: string, depth: number): Promise<void> {
    const place = at(folder, name);
    const found = look(place);
    if (found === null) return;
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) return this.#skip(path.slice(0, 200), 'its path is too long');
    try {
      if (found.isFile()) await this.#file(place, path, found);
      else if (found.isSymbolicLink()) this.#link(place, path, found);
      else if (!found.isDirectory()) this.#skip(path, 'it is neither file, folder nor link');
      else if (depth >= MAX_DEPTH) this.#skip(path, 'it is too deep');
      else {
        const fd = openFolder(place);
        try {
          await this.folder(fd, path, depth + 1);
        } finally {
          closeSync(fd);
        }
      }
    } catch (error) {
      if (isClosedToUs(error)) return this.#skip(path, 'it may not be read');
      if (!isGone(error)) throw error;
    }
  }

  #link(place: string, path: string, { mtimeNs }: BigIntStats): void {
    const target = readlinkSync(place, { encoding: 'buffer' });
    if (!isUtf8(target)) return this.#skip(path, 'what it links to is not UTF-8');
    this.#add({ type: 'link', path, mode: 0o777, mtimeNs: String(mtimeNs), target: String(target) });
  }

  async #file(place: string, path: string, seen: BigIntStats): Promise<void> {
    const earlier = this.#previous.get(path);
    if (earlier !== undefined && isUnchanged(earlier, seen)) {
      this.#count(earlier.size);
      return this.#add({ ...earlier, mode: Number(seen.mode) & 0o777, parts: this.#reuse(earlier) });
    }
    const fd = openFile(place);
    try {
      const before = fstatSync(fd, { bigint: true });
      if (!before.isFile()) return this.#skip(path, 'it is neither file, folder nor link');
      // Said before it is read: a hole of terabytes costs nothing to make.
      this.#limit(Number(before.size));
      const content =
        before.size <= WHOLE_BYTES
          ? await this.#readWhole(fd, before)
          : await this.#readLong(fd, createHash('sha256'), []);
      const after = fstatSync(fd, { bigint: true });
      this.#read += 1;
      this.#count(content.size);
      const still =
        after.mtimeNs === before.mtimeNs && after.ctimeNs === before.ctimeNs && Number(after.size) === content.size;
      const settled = BigInt(Date.now()) - after.ctimeMs > TICK_MS;
      this.#add({
        type: 'file',
        path,
        mode: Number(after.mode) & 0o777,
        mtimeNs: String(after.mtimeNs),
        ...content,
        ...(still && settled ? { ino: String(after.ino), ctimeNs: String(after.ctimeNs) } : {}),
      });
    } finally {
      closeSync(fd);
    }
  }

  /** A small file, in one piece and one call. One that has grown meanwhile is read on as a long one. */
  async #readWhole(fd: number, { size }: BigIntStats): Promise<Pick<FileEntry, 'size' | 'hash' | 'parts'>> {
    if (Number(size) > this.#packer.room) await this.#packer.seal();
    const start = this.#packer.fill;
    const space = this.#packer.space;
    let length = 0;
    while (length < Number(size)) {
      const got = readSync(fd, space, length, Number(size) - length, null);
      if (got === 0) break;
      length += got;
    }
    const grown = Number(fstatSync(fd).size) > length;
    const bytes = space.subarray(0, length);
    if (!grown) {
      const known = hash('sha256', bytes, 'hex');
      if (length === 0) return { size: 0, hash: known, parts: [] };
      const earlier = this.#contents.get(known);
      if (earlier !== undefined) return { size: length, hash: known, parts: this.#reuse(earlier.entry, earlier.packs) };
      this.#packer.filled(length);
      return { size: length, hash: known, parts: [[this.#packer.current, start, length]] };
    }
    this.#packer.filled(length);
    const sum = createHash('sha256').update(bytes);
    return this.#readLong(fd, sum, length === 0 ? [] : [[this.#packer.current, start, length]]);
  }

  /** A file of any size, over as many packs as it takes; runs of zeros take none. */
  async #readLong(
    fd: number,
    sum: ReturnType<typeof createHash>,
    parts: Part[],
  ): Promise<Pick<FileEntry, 'size' | 'hash' | 'parts'>> {
    let size = parts.reduce((all, [, , length]) => all + length, 0);
    for (;;) {
      this.#options.signal?.throwIfAborted();
      if (this.#packer.room === 0) await this.#packer.seal();
      const space = this.#packer.space.subarray(0, CHUNK);
      const { bytesRead } = await readLater(fd, space, 0, space.length, null);
      if (bytesRead === 0) break;
      const bytes = space.subarray(0, bytesRead);
      sum.update(bytes);
      size += bytesRead;
      this.#limit(size);
      const last = parts.at(-1);
      if (bytes.equals(NO_BYTES.subarray(0, bytesRead))) {
        if (last?.[0] === ZEROS) last[2] += bytesRead;
        else parts.push([ZEROS, 0, bytesRead]);
        continue;
      }
      const { current, fill } = this.#packer;
      if (last !== undefined && last[0] === current && last[1] + last[2] === fill) last[2] += bytesRead;
      else parts.push([current, fill, bytesRead]);
      this.#packer.filled(bytesRead);
    }
    const hash = sum.digest('hex');
    const earlier = this.#contents.get(hash);
    // What is still in the open pack need not be stored twice.
    const first = parts.find(([pack]) => pack !== ZEROS);
    if (earlier !== undefined && first !== undefined && first[0] === this.#packer.current)
      this.#packer.rewind(first[1]);
    return { size, hash, parts: earlier === undefined ? parts : this.#reuse(earlier.entry, earlier.packs) };
  }

  /** An earlier file's parts, in terms of this snapshot's packs. */
  #reuse(entry: FileEntry, packs: Pack[] | undefined = this.#options.previous?.packs): Part[] {
    // Of this very snapshot: its packs are this one's.
    if (packs === this.#packer.packs) return entry.parts;
    return entry.parts.map(([pack, offset, length]) => [
      pack === ZEROS ? ZEROS : this.#packer.reuse(packs![pack]!),
      offset,
      length,
    ]);
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    const most = this.#options.maxEntries ?? Number.POSITIVE_INFINITY;
    if (this.#entries.length > most) throw new SnapshotTooLarge(`There are more than ${most} files and folders.`);
    if (entry.type === 'file' && entry.size > 0 && !this.#contents.has(entry.hash))
      this.#contents.set(entry.hash, { entry, packs: this.#packer.packs });
  }

  #skip(path: string, why: string): void {
    this.#skipped.push({ path, why });
    if (this.#skipped.length > (this.#options.maxEntries ?? Number.POSITIVE_INFINITY))
      throw new SnapshotTooLarge('There is too much that cannot be kept.');
  }

  #count(size: number): void {
    this.#limit(size);
    this.#files += 1;
    this.#bytes += size;
  }

  #limit(more: number): void {
    const most = this.#options.maxBytes ?? Number.POSITIVE_INFINITY;
    if (this.#bytes + more > most) throw new SnapshotTooLarge(`The files are more than ${most} bytes.`);
  }

  async finish(): Promise<Taken> {
    await this.#packer.finish();
    const manifest = this.#manifest();
    const bytes = await zstd(Buffer.from(JSON.stringify(manifest)));
    if (bytes.length > MAX_BLOB_BYTES) throw new SnapshotTooLarge('The list of the files is too long.');
    const hash = nameOf(bytes);
    await this.#options.store.put(hash, bytes);
    return {
      manifest,
      hash,
      files: this.#files,
      bytes: this.#bytes,
      storedBytes: manifest.packs.reduce((sum, pack) => sum + pack.bytes, 0),
      added: this.#packer.added,
      read: this.#read,
    };
  }

  /** A pack that was begun and then not needed has no name. */
  #manifest(): Manifest {
    const places = new Map<number, number>();
    const packs: Pack[] = [];
    for (const [index, pack] of this.#packer.packs.entries())
      if (pack.hash !== '') places.set(index, packs.push(pack) - 1);
    const entries = this.#entries.map((entry): Entry => {
      if (entry.type !== 'file') return entry;
      const parts = entry.parts.map(
        ([pack, offset, length]): Part => [pack === ZEROS ? ZEROS : places.get(pack)!, offset, length],
      );
      return { ...entry, parts };
    });
    return { version: MANIFEST_VERSION, entries, packs, skipped: this.#skipped };
  }
}
