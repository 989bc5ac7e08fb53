/** `rigger backup` and `rigger restore`: all that the database holds, in one file. They need no server, and work beside one. */
import type { Command } from 'commander';
import type { BackupOptions } from '../backup.ts';

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
    .action(async (file: string, options: BackupOptions) => {
      const { backup } = await import('../backup.ts');
      console.log(await backup(file, options));
    });
}

export function addRestore(program: Command): void {
  program
    .command('restore <file>')
    .description('Put a backup back into a new data folder or database; no server may run on it meanwhile')
    .option('-d, --data-dir <folder>', 'the data folder (RIGGER_DATA_DIR, ./.rigger); with DATABASE_URL, that database')
    .option('--replace', 'what is there now may be lost', false)
    .action(async (file: string, options: { dataDir?: string; replace: boolean }) => {
      const { restore } = await import('../backup.ts');
      console.log(await restore(file, options));
    });
}
