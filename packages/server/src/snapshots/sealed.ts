/** Encryption at rest over any store: AES-256-GCM under a key of its own, the blob's name authenticated with it. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { SnapshotStore } from './port.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param key the vault's; blobs are sealed with one that is derived from it. */
export function sealedStore(store: SnapshotStore, key: Buffer): SnapshotStore {
  const own = Buffer.from(hkdfSync('sha256', key, '', 'rigger snapshots', 32));
  return {
    description: `${store.description}, encrypted`,
    put(hash, bytes) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', own, nonce).setAAD(Buffer.from(hash));
      return store.put(hash, Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]));
    },
    async get(hash) {
      const sealed = await store.get(hash);
      if (sealed === null) return null;
      const decipher = createDecipheriv('aes-256-gcm', own, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(hash)).setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        // Changed, or sealed with another key: whoever asked finds by its hash that it is not what it was.
        return Buffer.alloc(0);
      }
    },
    remove: (hash) => store.remove(hash),
    tidy: async (olderThanMs) => (await store.tidy?.(olderThanMs)) ?? 0,
  };
}
