export { BackupUnusable } from './archive.ts';
export { restoreBackup, takeBackup } from './backup.ts';
