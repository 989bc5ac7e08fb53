export { checkManifest, type Manifest, packsOf } from './manifest.ts';
export { restoreInPlace } from './place.ts';
export { type BlobStore, MAX_BLOB_BYTES, SnapshotDamaged, SnapshotTooLarge, SnapshotUnavailable } from './port.ts';
export { loadManifest, restoreSnapshot } from './restore.ts';
export { type Taken, takeSnapshot } from './take.ts';
