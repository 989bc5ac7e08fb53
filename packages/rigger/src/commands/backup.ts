/** `rigger backup` and `rigger restore`: all that the database holds, in one file. They need no server, and work beside one. */
import { statSync } from 'node:fs';
import { restoreBackup, takeBackup } from '@rigger/server';
import type { Command } from 'commander';
import { VERSION } from '../version.ts';
import { settingsOf, withDatabase } from './local-database.ts';

/** What belongs to a data folder beside its database. */
const SNAPSHOTS = 'snapshots';
const VAULT_KEY = 'vault-key';

const progress = (done: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done}`);
};
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export function addBackup(program: Command): void {
  program
    .command('backup <file>')
    .description('Write all that the database holds into one file, while servers work')
    .option('-d, --data-dir <folder>', 'the data folder (RIGGER_DATA_DIR, ./.rigger); with DATABASE_URL, that database')
    .option('--no-snapshots', 'leave out the snapshots that lie in the data folder')
    .option('--with-vault-key', 'put the key of the vault into the file: keep the file as you would the key', false)
    .addHelpText(
      'after',
      '\nWithout the vault’s key, secrets are in the file sealed: keep RIGGER_VAULT_KEY, or the file vault-key of the data folder, apart from it.\nWorkspaces of sessions that were never saved are not in it: they are on their runners until a snapshot is taken.',
    )
    .action(async (file: string, options: { dataDir?: string; snapshots: boolean; withVaultKey: boolean }) => {
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
      console.log(
        `${file}: ${list.tables.length} tables and ${files} files as of ${list.at}, ${megabytes(statSync(file).size)}. Put it back with: rigger restore ${file}`,
      );
    });
}

export function addRestore(program: Command): void {
  program
    .command('restore <file>')
    .description('Put a backup back into a new data folder or database; no server may run on it meanwhile')
    .option('-d, --data-dir <folder>', 'the data folder (RIGGER_DATA_DIR, ./.rigger); with DATABASE_URL, that database')
    .option('--replace', 'what is there now may be lost', false)
    .action(async (file: string, { dataDir, replace }: { dataDir?: string; replace: boolean }) => {
      const settings = settingsOf(dataDir);
      const list = await withDatabase(settings, true, (connection) =>
        restoreBackup(connection, { file, folder: settings.RIGGER_DATA_DIR, replace, progress }),
      );
      progress('');
      console.log(`Restored what Rigger ${list.version} held at ${list.at}. Start the server with: rigger serve`);
    });
}
