/**
 * Makes a folder again from a snapshot: whole, in a place of its own, and only then where it belongs. Every pack and every
 * file is compared with its hash; what is missing or differs refuses the snapshot, and nothing of it is left.
 */
import { createHash, type Hash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  createReadStream,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { checkManifest, type FileEntry, type Manifest, PACK_BYTES, type Pack, type Part, ZEROS } from './manifest.ts';
import { nameOf } from './packer.ts';
import { type BlobStore, SnapshotDamaged } from './port.ts';
import { makeSlices } from './slices.ts';

const decompress = promisify(zstdDecompress);
const MAX_MANIFEST_BYTES = 512 * 1024 * 1024;
/** Packs that are had and unpacked while another is written out. */
const AHEAD = 2;
const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

export interface RestoreOptions {
  store: BlobStore;
  manifest: Manifest;
  /** Where to; it must not exist, in a folder that nobody else can write to. */
  into: string;
  /** Whose the files are to be; only root can give them away. */
  owner?: { uid: number; gid: number };
  signal?: AbortSignal;
}

/** @throws SnapshotDamaged when it is not what its name says, and what the store throws. */
export async function loadManifest(store: BlobStore, name: string): Promise<Manifest> {
  return checkManifest(JSON.parse(String(await unpack(await store.get(name), name, MAX_MANIFEST_BYTES))));
}

async function unpack(bytes: Buffer, name: string, most: number): Promise<Buffer> {
  if (nameOf(bytes) !== name) throw new SnapshotDamaged(`The blob ${name} is not what it was.`);
  return decompress(bytes, { maxOutputLength: most }).catch((cause: unknown) => {
    throw new SnapshotDamaged(`The blob ${name} cannot be unpacked.`, { cause });
  });
}

/** A file that is being written, of so many parts that are in packs. */
interface OpenFile {
  entry: FileEntry;
  stored: number;
  written: number;
  /** Made as the parts are written, as long as they come in order; null once they have not. */
  sum: Hash | null;
  summed: number;
}

/** The `n`th stored part of a file, and where in the file it goes. */
interface Piece {
  file: OpenFile;
  n: number;
  part: Part;
  position: number;
}

/** @throws SnapshotDamaged, what the store throws, and what the file system does: a half of it may then lie in `into`. */
export async function restoreSnapshot(options: RestoreOptions): Promise<void> {
  const { manifest, into, owner, signal } = options;
  const breathe = makeSlices(signal);
  const path = (relative: string): string => (relative === '' ? into : join(into, relative));
  const pieces: Piece[][] = manifest.packs.map(() => []);
  for (const entry of manifest.entries) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    if (entry.type === 'folder') mkdirSync(path(entry.path), { mode: 0o700 });
    if (entry.type !== 'file') continue;
    const stored = entry.parts.filter(([pack]) => pack !== ZEROS).length;
    const file: OpenFile = { entry, stored, written: 0, sum: createHash('sha256'), summed: 0 };
    let position = 0;
    let n = 0;
    for (const part of entry.parts) {
      if (part[0] !== ZEROS) pieces[part[0]]!.push({ file, n: n++, part, position });
      position += part[2];
    }
    if (stored === 0) await writeEmpty(path(entry.path), entry, owner);
  }

  const ahead: Promise<Buffer>[] = [];
  const wanted = manifest.packs.entries();
  const fetchNext = (): void => {
    for (const [index, pack] of wanted) {
      if (pieces[index]!.length === 0) continue;
      const got = unpackPack(options.store, pack);
      got.catch(() => {});
      ahead.push(got);
      return;
    }
  };
  for (let n = 0; n < AHEAD; n += 1) fetchNext();
  for (const ofPack of pieces) {
    if (ofPack.length === 0) continue;
    fetchNext();
    const raw = await ahead.shift()!;
    for (const piece of ofPack) {
      const pause = breathe();
      if (pause !== undefined) await pause;
      const whole = writePiece(path(piece.file.entry.path), piece, raw, owner);
      if (!whole) await checkAgain(path(piece.file.entry.path), piece.file.entry);
    }
  }
  await finishFoldersAndLinks(manifest, path, owner, breathe);
}

async function unpackPack(store: BlobStore, pack: Pack): Promise<Buffer> {
  const raw = await unpack(await store.get(pack.hash), pack.hash, PACK_BYTES);
  if (raw.length !== pack.size) throw new SnapshotDamaged(`The pack ${pack.hash} has another size than it had.`);
  return raw;
}

/** @returns false when the file is complete, but its hash could not be made on the way. */
function writePiece(
  path: string,
  { file, n, part, position }: Piece,
  raw: Buffer,
  owner: RestoreOptions['owner'],
): boolean {
  const { entry } = file;
  const bytes = raw.subarray(part[1], part[1] + part[2]);
  const fd = openSync(path, O_WRONLY | O_NOFOLLOW | (file.written > 0 ? 0 : O_CREAT | O_EXCL), 0o600);
  try {
    if (file.written === 0 && bytes.length < entry.size) ftruncateSync(fd, entry.size);
    if (file.written !== n) file.sum = null;
    if (file.sum !== null) {
      addZeros(file.sum, position - file.summed);
      file.sum.update(bytes);
      file.summed = position + bytes.length;
    }
    for (let written = 0; written < bytes.length; )
      written += writeSync(fd, bytes, written, bytes.length - written, position + written);
    file.written += 1;
    if (file.written < file.stored) return true;
    finishFile(fd, entry, owner);
    if (file.sum === null) return false;
    addZeros(file.sum, entry.size - file.summed);
    if (file.sum.digest('hex') !== entry.hash) throw differs(entry);
    return true;
  } finally {
    closeSync(fd);
  }
}

const differs = (entry: FileEntry): SnapshotDamaged =>
  new SnapshotDamaged(`The file ${entry.path} is not what it was when it was saved.`);

const NO_BYTES = Buffer.alloc(1024 * 1024);
function addZeros(sum: Hash, length: number): void {
  for (let left = length; left > 0; left -= NO_BYTES.length) sum.update(NO_BYTES.subarray(0, left));
}

async function checkAgain(path: string, entry: FileEntry): Promise<void> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer);
  if (sum.digest('hex') !== entry.hash) throw differs(entry);
}

/** A file without content, or of zeros alone. */
async function writeEmpty(path: string, entry: FileEntry, owner: RestoreOptions['owner']): Promise<void> {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    if (entry.size > 0) ftruncateSync(fd, entry.size);
    finishFile(fd, entry, owner);
  } finally {
    closeSync(fd);
  }
  await checkAgain(path, entry);
}

/** Node counts times in seconds with a fraction, cut off: they come back to a microsecond. */
const secondsOf = (ns: string): number => (Number(BigInt(ns) / 1000n) + 0.5) / 1e6;

function finishFile(fd: number, entry: FileEntry, owner: RestoreOptions['owner']): void {
  if (owner !== undefined) fchownSync(fd, owner.uid, owner.gid);
  fchmodSync(fd, entry.mode & 0o777);
  futimesSync(fd, secondsOf(entry.mtimeNs), secondsOf(entry.mtimeNs));
}

/** Links come last, so that nothing is ever written through one; folders get their modes and times once they are full. */
async function finishFoldersAndLinks(
  { entries }: Manifest,
  path: (relative: string) => string,
  owner: RestoreOptions['owner'],
  breathe: () => Promise<void> | undefined,
): Promise<void> {
  for (const entry of entries) {
    if (entry.type !== 'link') continue;
    const pause = breathe();
    if (pause !== undefined) await pause;
    symlinkSync(entry.target, path(entry.path));
    if (owner !== undefined) lchownSync(path(entry.path), owner.uid, owner.gid);
    lutimesSync(path(entry.path), secondsOf(entry.mtimeNs), secondsOf(entry.mtimeNs));
  }
  for (const entry of entries.toReversed()) {
    if (entry.type !== 'folder') continue;
    if (owner !== undefined) chownSync(path(entry.path), owner.uid, owner.gid);
    utimesSync(path(entry.path), secondsOf(entry.mtimeNs), secondsOf(entry.mtimeNs));
    chmodSync(path(entry.path), entry.mode & 0o1777);
  }
}
