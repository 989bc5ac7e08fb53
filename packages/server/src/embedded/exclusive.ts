/**
 * One server at a time on one data folder. Two things say so, both given back by the kernel whatever happens: a name that
 * only one process of this machine can listen on, and a lock in the database, for folders that several machines see.
 */
import { realpathSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import pg from 'pg';

/** Any number, as long as nobody else takes an advisory lock by it in this database. */
const LOCK = 7_236_412;
const RETRY_MS = 500;

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  constructor(folder: string) {
    super(
      `Another Rigger server is using the data folder ${folder}. Stop it, give this one another RIGGER_DATA_DIR, or share one PostgreSQL by DATABASE_URL.`,
    );
  }
}

/** Takes the folder for this process. @throws FolderInUse. @returns how to give it back. */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  const { dev, ino } = statSync(realpathSync(folder));
  const server: Server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new FolderInUse(folder) : error),
    );
    // In Linux's abstract namespace: no file is left behind by a process that is killed.
    server.listen(`\0rigger-server-${dev}-${ino}`, resolve);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

/**
 * Takes the database for this process, and takes it again when its connection was lost, as by a restart of PostgreSQL.
 * @param onTaken another server has it meanwhile: this one must not go on.
 * @throws FolderInUse. @returns how to give it back.
 */
export async function takeDatabase(
  connection: pg.ClientConfig,
  folder: string,
  onTaken: (error: FolderInUse) => void,
): Promise<() => Promise<void>> {
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let released = false;
  const take = async (): Promise<void> => {
    const taking = new pg.Client(connection);
    taking.on('error', () => {});
    try {
      await taking.connect();
      const { rows } = await taking.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCK]);
      if (rows[0]?.held !== true) throw new FolderInUse(folder);
    } catch (error) {
      await taking.end().catch(() => {});
      throw error;
    }
    client = taking;
    taking.once('end', () => {
      if (!released) again();
    });
  };
  const again = (): void => {
    retry = setTimeout(() => {
      take().catch((error: unknown) => {
        if (released) return;
        if (error instanceof FolderInUse) onTaken(error);
        else again();
      });
    }, RETRY_MS);
    retry.unref();
  };
  await take();
  return async () => {
    released = true;
    if (retry !== null) clearTimeout(retry);
    await client?.end().catch(() => {});
  };
}
