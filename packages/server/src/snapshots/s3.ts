/** Blobs in a bucket of anything that speaks S3. */
import { S3mini } from 's3mini';
import type { SnapshotStore } from './port.ts';

export interface S3Settings {
  /** `https://host[:port]/bucket`: the bucket is named in the path. */
  endpoint: string;
  /** Before each key, without slashes at its ends; may be empty. */
  prefix: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const REQUEST_MS = 120_000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

export function s3Store({ endpoint, prefix, region, accessKeyId, secretAccessKey }: S3Settings): SnapshotStore {
  const bucket = new S3mini({ endpoint, region, accessKeyId, secretAccessKey, requestAbortTimeout: REQUEST_MS });
  const keyOf = (hash: string) => `${prefix === '' ? '' : `${prefix}/`}${hash.slice(0, 2)}/${hash}`;
  return {
    description: `the bucket ${endpoint}${prefix === '' ? '' : `, below ${prefix}`}`,
    put: (hash, bytes) =>
      again(async () => {
        await bucket.putObject(keyOf(hash), bytes, 'application/octet-stream');
      }),
    get: (hash) =>
      again(async () => {
        const found = await bucket.getObjectArrayBuffer(keyOf(hash));
        return found === null ? null : Buffer.from(found);
      }),
    remove: (hash) => again(async () => void (await bucket.deleteObject(keyOf(hash)))),
  };
}

/** A store over a network refuses now and then. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
    }
  }
}
