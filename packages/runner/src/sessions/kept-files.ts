/**
 * What a runner keeps of a session's files, and from when. Beside the workspace, where no agent gets, a note says under which lease
 * the files were last worked with: it tells whether they or a snapshot are newer.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Item, RestoreOrder, SessionSpec, SnapshotOrder } from '../protocol/index.ts';
import {
  type BlobStore,
  loadManifest,
  type Manifest,
  packsOf,
  restoreInPlace,
  takeSnapshot,
} from '../snapshots/index.ts';
import { removeTree } from './files.ts';

const NOTE = 'lease.json';

interface Note {
  epoch: number;
  /** What last had the files replaced: a request, or a snapshot that nobody asked for. */
  restored: string | null;
}

export function readNote(root: string): Note | null {
  try {
    return JSON.parse(readFileSync(join(root, NOTE), 'utf8')) as Note;
  } catch {
    return null;
  }
}

function writeNote(root: string, note: Note): void {
  const path = join(root, NOTE);
  writeFileSync(`${path}.new`, JSON.stringify(note), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function isFilled(root: string): boolean {
  const workspace = join(root, 'workspace');
  return existsSync(workspace) && readdirSync(workspace).length > 0;
}

/** What a note says of an order that was carried out. */
const markOf = ({ snapshot, request }: RestoreOrder): string => request ?? snapshot;

/** Whether the files that are here are as new as a snapshot, or newer. Files without a note came before any lease. */
function areNewer(root: string, order: RestoreOrder): boolean {
  const note = readNote(root);
  const { epoch, force } = order;
  if (force) return note?.restored === markOf(order);
  if (note !== null) return note.epoch >= epoch;
  return isFilled(root) && epoch === 0;
}

export interface KeptFilesParts {
  spec: SessionSpec;
  /** This session's folder, and the folders of them all. */
  root: string;
  folders: string;
  blobs: BlobStore;
  log: Logger;
  report(item: Item): void;
}

const MOST_KEPT_BYTES = 64 * 1024 ** 3;
const now = (): string => new Date().toISOString();

/** The files of one session: restored before its sandbox opens, and saved in snapshots. */
export class KeptFiles {
  /** Asked each time: a spare becomes a session's. */
  readonly #parts: () => KeptFilesParts;
  readonly #asked = new Map<string, Promise<void>>();
  #keeping: Promise<void> = Promise.resolve();
  /** What was saved as the session was let go: asked for again, it is the same. */
  #last: Promise<void> | undefined;
  /** What the last snapshot held, for the next to store only what differs. */
  #manifest: Manifest | null = null;

  constructor(parts: () => KeptFilesParts) {
    this.#parts = parts;
  }

  /** From here on the files are worked with under this lease. */
  note(restored: boolean): void {
    const { root, spec } = this.#parts();
    const earlier = readNote(root)?.restored ?? null;
    writeNote(root, { epoch: spec.epoch, restored: restored ? markOf(spec.restore!) : earlier });
  }

  /** Gives the workspace the files of the snapshot that it is to have. @returns whether it did; else there are newer ones. */
  async restore(): Promise<boolean> {
    const { spec, root, folders, blobs: store, report } = this.#parts();
    const { restore } = spec;
    if (restore === null || areNewer(root, restore)) return false;
    const { from } = restore;
    if (from !== null && (readNote(join(folders, from.session))?.epoch ?? -1) >= from.epoch) return false;
    const began = performance.now();
    const manifest = await loadManifest(store, restore.manifest);
    await restoreInPlace({ store, manifest, target: join(root, 'workspace'), remove: removeTree });
    const files = manifest.entries.filter((entry) => entry.type === 'file').length;
    const ms = Math.round(performance.now() - began);
    report({ kind: 'snapshot_restored', id: restore.snapshot, request: restore.request, at: now(), files, ms });
    return true;
  }

  /** Whether they have been worked with under this lease: else they are not yet what the session is to have. */
  get areOurs(): boolean {
    const { root, spec } = this.#parts();
    return readNote(root)?.epoch === spec.epoch;
  }

  /** Says of a snapshot why there is none. */
  fail(order: SnapshotOrder, error: unknown): void {
    const { log, report } = this.#parts();
    log.warn({ err: error, snapshot: order.id }, 'A snapshot could not be taken');
    const { code = 'snapshot_unavailable', message } = error as Error & { code?: string };
    report({ kind: 'snapshot_failed', ...order, at: now(), code, message });
  }

  /** Takes a snapshot of the files as they are now; what comes of it is reported. One at a time, each once. */
  keep(order: SnapshotOrder): Promise<void> {
    const lasts = order.reason === 'parked' || order.reason === 'moved';
    const known = this.#asked.get(order.id) ?? (lasts ? this.#last : undefined);
    if (known !== undefined) return known;
    const taken = this.#keeping.then(() => this.#keepNow(order));
    this.#keeping = taken;
    this.#asked.set(order.id, taken);
    if (lasts) this.#last = taken;
    return taken;
  }

  /** What the last snapshot held, if its packs are kept still: with it deleted, they were not needed by anybody. */
  async #stillThere(store: BlobStore): Promise<Manifest | null> {
    if (this.#manifest === null) return null;
    const packs = packsOf(this.#manifest);
    return packs.length === 0 || (await store.has(packs)).size === packs.length ? this.#manifest : null;
  }

  async #keepNow(order: SnapshotOrder): Promise<void> {
    const { root, blobs: store, spec, report } = this.#parts();
    const began = performance.now();
    try {
      // Without the earlier one everything is read again, which is slower and no less right.
      if (spec.restore !== null) this.#manifest ??= await loadManifest(store, spec.restore.manifest).catch(() => null);
      const options = { store, previous: await this.#stillThere(store), maxBytes: MOST_KEPT_BYTES };
      const { manifest, hash, files, bytes, storedBytes, added } = await takeSnapshot(join(root, 'workspace'), options);
      this.#manifest = manifest;
      const ms = Math.round(performance.now() - began);
      const blobs = [hash, ...packsOf(manifest)];
      const sizes = { files, bytes, storedBytes, addedBytes: added.bytes, skipped: manifest.skipped.length };
      report({ kind: 'snapshot_taken', ...order, at: now(), manifest: hash, blobs, ...sizes, ms });
    } catch (error) {
      this.fail(order, error);
    }
  }
}
