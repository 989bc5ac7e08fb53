/** What `rigger backup` and `rigger restore` do. Apart from the commands, as the server comes with it. */
import { statSync } from 'node:fs';
import { restoreBackup, takeBackup } from '@rigger/server';
import { settingsOf, withDatabase } from './local-database.ts';
import { VERSION } from './version.ts';

/** What belongs to a data folder beside its database. */
const SNAPSHOTS = 'snapshots';
const VAULT_KEY = 'vault-key';

const progress = (done: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done}`);
};
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export interface BackupOptions {
  dataDir?: string;
  snapshots: boolean;
  withVaultKey: boolean;
}

/** @returns what there is to say of it. */
export async function backup(file: string, options: BackupOptions): Promise<string> {
  const settings = settingsOf(options.dataDir);
  const list = await withDatabase(settings, false, (connection) =>
    takeBackup(connection, {
      file,
      version: VERSION,
      folder: settings.RIGGER_DATA_DIR,
      files: [...(options.snapshots ? [SNAPSHOTS] : []), ...(options.withVaultKey ? [VAULT_KEY] : [])],
      progress,
    }),
  );
  progress('');
  const files = Object.keys(list.entries).filter((name) => name.startsWith('files/')).length;
  return `${file}: ${list.tables.length} tables and ${files} files as of ${list.at}, ${megabytes(statSync(file).size)}. Put it back with: rigger restore ${file}`;
}

/** @returns what there is to say of it. */
export async function restore(
  file: string,
  { dataDir, replace }: { dataDir?: string; replace: boolean },
): Promise<string> {
  const settings = settingsOf(dataDir);
  const list = await withDatabase(settings, true, (connection) =>
    restoreBackup(connection, { file, folder: settings.RIGGER_DATA_DIR, replace, progress }),
  );
  progress('');
  return `Restored what Rigger ${list.version} held at ${list.at}. Start the server with: rigger serve`;
}
