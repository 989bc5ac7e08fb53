/** From settings to a store of snapshots. */
import { join } from 'node:path';
import { folderStore } from './folder.ts';
import type { SnapshotStore } from './port.ts';
import { s3Store } from './s3.ts';
import { sealedStore } from './sealed.ts';

export type { SnapshotStore } from './port.ts';

export interface SnapshotSettings {
  /** `none`, `folder:/path`, `s3://bucket/prefix`, or empty for a folder below the data folder. */
  RIGGER_SNAPSHOT_STORE?: string | undefined;
  RIGGER_SNAPSHOT_ENCRYPTION: boolean;
  RIGGER_S3_ENDPOINT?: string | undefined;
  AWS_REGION?: string | undefined;
  AWS_ACCESS_KEY_ID?: string | undefined;
  AWS_SECRET_ACCESS_KEY?: string | undefined;
  RIGGER_DATA_DIR: string;
}

/**
 * @param key what encrypted snapshots are sealed with; null for none.
 * @returns null where no snapshots are to be kept.
 * @throws Error for settings that do not go together.
 */
export function openSnapshotStore(settings: SnapshotSettings, key: Buffer | null): SnapshotStore | null {
  const where = settings.RIGGER_SNAPSHOT_STORE ?? `folder:${join(settings.RIGGER_DATA_DIR, 'snapshots')}`;
  if (where === 'none') return null;
  const store = where.startsWith('s3://') ? bucket(where, settings) : folder(where);
  if (!settings.RIGGER_SNAPSHOT_ENCRYPTION) return store;
  if (key === null) throw new Error('RIGGER_SNAPSHOT_ENCRYPTION needs a key: set RIGGER_VAULT_KEY.');
  return sealedStore(store, key);
}

function folder(where: string): SnapshotStore {
  const path = where.replace(/^folder:/, '');
  if (!path.startsWith('/'))
    throw new Error(`RIGGER_SNAPSHOT_STORE is none, folder:/path or s3://bucket/prefix, not ${where}.`);
  return folderStore(path);
}

function bucket(where: string, settings: SnapshotSettings): SnapshotStore {
  const [, name = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(where) ?? [];
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region = 'us-east-1',
  } = settings;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new Error('RIGGER_SNAPSHOT_STORE is a bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  const host = settings.RIGGER_S3_ENDPOINT ?? `https://s3.${region}.amazonaws.com`;
  return s3Store({ endpoint: `${host.replace(/\/+$/, '')}/${name}`, prefix, region, accessKeyId, secretAccessKey });
}
