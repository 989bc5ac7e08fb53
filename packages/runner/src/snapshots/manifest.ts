/**
 * A snapshot's list of contents. A file's bytes lie in packs, which are zstd-compressed and named by the SHA-256 of their
 * compressed bytes; a pack that did not change is listed by later snapshots again.
 *
 * A manifest comes back from a store, so it is read as if an attacker had written it: every path must lie below a folder
 * that the manifest itself lists before it, so none can climb out or pass through a link.
 */
import { SnapshotDamaged } from './port.ts';

export const MANIFEST_VERSION = 1;
/** Bytes of a pack before compression: small enough to hold a few, large enough that small files compress together. */
export const PACK_BYTES = 8 * 1024 * 1024;
/** Longer paths could be reached, but not be made again below another folder (PATH_MAX is 4096). */
export const MAX_PATH_BYTES = 3_072;

/** `[pack, offset, length]`, the pack by its place in `packs`; -1 for a run of zeros that is in no pack. */
export type Part = [pack: number, offset: number, length: number];
export const ZEROS = -1;

export interface Pack {
  hash: string;
  /** Before and after compression. */
  size: number;
  bytes: number;
}

interface Listed {
  /** Relative, with `/` between names. */
  path: string;
  mode: number;
  mtimeNs: string;
}
export interface FileEntry extends Listed {
  type: 'file';
  size: number;
  /** SHA-256 of the whole content. */
  hash: string;
  parts: Part[];
  /** With size and mtime, what shows a file to be unchanged; absent where it was changed too recently to tell. */
  ino?: string;
  ctimeNs?: string;
}
export interface FolderEntry extends Listed {
  type: 'folder';
}
export interface LinkEntry extends Listed {
  type: 'link';
  target: string;
}
export type Entry = FileEntry | FolderEntry | LinkEntry;

export interface Manifest {
  version: typeof MANIFEST_VERSION;
  /** Folders before what is in them. The first is the top itself, with an empty path. */
  entries: Entry[];
  packs: Pack[];
  /** What was there and is not kept, with why: sockets, devices, names that are not text. */
  skipped: { path: string; why: string }[];
}

const HASH = /^[0-9a-f]{64}$/;
const NANOSECONDS = /^-?\d{1,20}$/;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function refuse(what: string): never {
  throw new SnapshotDamaged(`The snapshot’s manifest cannot be used: ${what}`);
}

function checkPath(path: unknown): asserts path is string {
  if (typeof path !== 'string' || path.includes('\0') || Buffer.byteLength(path) > MAX_PATH_BYTES)
    refuse(`a path is ${JSON.stringify(path)?.slice(0, 100)}`);
  for (const name of path.split('/'))
    if (name === '' || name === '.' || name === '..' || Buffer.byteLength(name) > 255)
      refuse(`a path is ${JSON.stringify(path).slice(0, 100)}`);
}

function checkParts(entry: FileEntry, packs: Pack[]): void {
  if (!isCount(entry.size) || !HASH.test(entry.hash) || !Array.isArray(entry.parts)) refuse(`the file ${entry.path}`);
  let size = 0;
  for (const part of entry.parts) {
    if (!Array.isArray(part)) refuse(`the file ${entry.path}`);
    const [pack, offset, length] = part;
    if (!isCount(offset) || !isCount(length)) refuse(`the file ${entry.path}`);
    if (pack !== ZEROS && offset + length > (packs[pack]?.size ?? -1)) refuse(`the file ${entry.path} is in no pack`);
    size += length;
  }
  if (size !== entry.size) refuse(`the file ${entry.path} has another size than its parts`);
}

/** @returns the manifest, once it is shown to be one. @throws SnapshotDamaged saying what is wrong with it. */
export function checkManifest(value: unknown): Manifest {
  const manifest = value as Manifest;
  if (manifest?.version !== MANIFEST_VERSION) refuse(`its version is ${String(manifest?.version)}`);
  if (!Array.isArray(manifest.entries) || !Array.isArray(manifest.packs) || !Array.isArray(manifest.skipped))
    refuse('it is not whole');
  for (const pack of manifest.packs)
    if (!HASH.test(pack?.hash) || !isCount(pack.size) || !isCount(pack.bytes) || pack.size > PACK_BYTES)
      refuse('a pack is none');
  const folders = new Set<string>();
  const seen = new Set<string>();
  for (const [index, entry] of manifest.entries.entries()) {
    if (entry === null || typeof entry !== 'object') refuse('an entry is none');
    if (index === 0) {
      if (entry.path !== '' || entry.type !== 'folder') refuse('it does not begin with its top');
    } else {
      checkPath(entry.path);
      const parent = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/')));
      if (!folders.has(parent)) refuse(`${entry.path} is in no folder of it`);
    }
    if (seen.has(entry.path)) refuse(`${entry.path} is there twice`);
    seen.add(entry.path);
    if (!isCount(entry.mode) || entry.mode > 0o1777 || !NANOSECONDS.test(entry.mtimeNs)) refuse(`${entry.path}`);
    if (entry.type === 'folder') folders.add(entry.path);
    else if (entry.type === 'file') checkParts(entry, manifest.packs);
    else if (entry.type !== 'link' || typeof entry.target !== 'string' || /^$|\0/.test(entry.target))
      refuse(`${(entry as Entry).path} is neither file, folder nor link`);
  }
  if (manifest.entries.length === 0) refuse('it is empty');
  return manifest;
}

/** The packs that a manifest needs, each once. */
export const packsOf = (manifest: Manifest): string[] => [...new Set(manifest.packs.map((pack) => pack.hash))];
