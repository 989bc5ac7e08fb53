/** What a snapshot needs of whoever keeps its bytes, and the ways in which one can fail. */

/** Blobs by the SHA-256 of their bytes, in hexadecimal. What is put once may be put again. */
export interface BlobStore {
  /** Those of `hashes` that are kept already. */
  has(hashes: string[]): Promise<Set<string>>;
  put(hash: string, bytes: Buffer): Promise<void>;
  /** @throws SnapshotDamaged when it is not there, SnapshotUnavailable when it cannot be had now. */
  get(hash: string): Promise<Buffer>;
}

/** No blob is larger, so that one can be held in memory and sent in one request. */
export const MAX_BLOB_BYTES = 64 * 1024 * 1024;

/** The bytes are missing, are not what they were, or say what no snapshot may say. Trying again does not help. */
export class SnapshotDamaged extends Error {
  override readonly name = 'SnapshotDamaged';
  readonly code = 'snapshot_damaged';
}

/** The snapshot cannot be had now. */
export class SnapshotUnavailable extends Error {
  override readonly name = 'SnapshotUnavailable';
  readonly code = 'snapshot_unavailable';
}

/** The files are more than a snapshot may hold. */
export class SnapshotTooLarge extends Error {
  override readonly name = 'SnapshotTooLarge';
  readonly code = 'snapshot_too_large';
}
