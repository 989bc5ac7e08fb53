/** The database of this machine's settings, for commands that need no server. */
import { readSettings, type Settings, visitDatabase } from '@rigger/server';

export const settingsOf = (dataDir: string | undefined): Settings =>
  readSettings({ ...process.env, ...(dataDir === undefined ? {} : { RIGGER_DATA_DIR: dataDir }) });

export type LocalConnection = Parameters<Parameters<typeof visitDatabase>[3]>[0] | { connectionString: string };

/** Lends a connection to the database that a server with these settings would use. @param alone whether none may run meanwhile. */
export const withDatabase = <T>(
  settings: Settings,
  alone: boolean,
  work: (connection: LocalConnection) => Promise<T>,
): Promise<T> =>
  settings.DATABASE_URL === undefined
    ? visitDatabase(settings.RIGGER_DATA_DIR, () => {}, alone, work)
    : work({ connectionString: settings.DATABASE_URL });
