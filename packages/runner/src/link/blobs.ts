import { BLOBS_PATH } from '../protocol/index.ts';
import { type BlobStore, SnapshotDamaged, SnapshotUnavailable } from '../snapshots/index.ts';
import { askLeased, type LeaseAccess } from './leased.ts';

/** The server's store of blobs, for a session whose lease is held. */
export function serverBlobs(access: LeaseAccess): BlobStore {
  async function ask(path: string, request: Parameters<typeof askLeased>[3] = {}): Promise<Response> {
    const answer = await askLeased(access, path, {}, request).catch((cause: unknown) => {
      throw new SnapshotUnavailable('The server does not answer.', { cause });
    });
    if (answer.ok || answer.status === 404) return answer;
    throw new SnapshotUnavailable(`The store of snapshots refused: ${answer.status} ${await answer.text()}`);
  }
  return {
    async has(hashes) {
      const body = JSON.stringify({ hashes });
      const answer = await ask(BLOBS_PATH, { method: 'POST', body, type: 'application/json' });
      return new Set(((await answer.json()) as { known: string[] }).known);
    },
    async put(hash, bytes) {
      const answer = await ask(`${BLOBS_PATH}/${hash}`, {
        method: 'PUT',
        body: bytes,
        type: 'application/octet-stream',
      });
      if (!answer.ok) throw new SnapshotUnavailable(`A blob could not be stored: ${answer.status}`);
    },
    async get(hash) {
      const answer = await ask(`${BLOBS_PATH}/${hash}`);
      if (!answer.ok) throw new SnapshotDamaged(`The blob ${hash} is gone.`);
      return Buffer.from(await answer.arrayBuffer());
    },
  };
}
