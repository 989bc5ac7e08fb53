/** Taking a backup of all that the database holds, while servers work, and putting one back. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import { migrate, migrations } from '../store/migrate.ts';
import { BackupUnusable, type Contents, check, readEntries, Writer } from './archive.ts';
import { copyIn, copyOut, forgetRunners, refill, type Table, tablesOf } from './tables.ts';

export interface BackupOptions {
  file: string;
  version: string;
  /** Files to be kept beside the tables: the folder, and which below it. */
  folder: string;
  files: string[];
  progress(done: string): void;
}

/** Every file below `path`, a file or a folder that may not be there. */
function filesBelow(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The tables as they are at one moment, whatever is written meanwhile. @throws Error when the file is there already. */
export async function takeBackup(connection: pg.ClientConfig, options: BackupOptions): Promise<Contents> {
  const unfinished = `${options.file}.unfinished`;
  rmSync(unfinished, { force: true });
  if (statSync(options.file, { throwIfNoEntry: false }) !== undefined)
    throw new Error(`${options.file} is there already. Name another file, or remove it.`);
  const client = new pg.Client(connection);
  await client.connect();
  const writer = new Writer(unfinished);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const at = await client.query<{ at: Date }>('SELECT now() AS at');
    const done = await client.query<{ name: string }>('SELECT name FROM rigger_migrations ORDER BY name');
    const tables: Contents['tables'] = [];
    for (const table of await tablesOf(client)) {
      options.progress(table.name);
      tables.push({ ...table, pieces: await writer.addPieces(`tables/${table.name}`, copyOut(client, table)) });
    }
    await client.query('COMMIT');
    // After the tables: what they name of these was there before.
    for (const path of options.files.flatMap((name) => filesBelow(join(options.folder, name)))) {
      options.progress(relative(options.folder, path));
      await writer.add(`files/${relative(options.folder, path)}`, readFileSync(path));
    }
    const list = await writer.finish({
      version: options.version,
      at: at.rows[0]!.at.toISOString(),
      migrations: done.rows.map((row) => row.name),
      tables,
    });
    renameSync(unfinished, options.file);
    return list;
  } catch (error) {
    writer.abort();
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

export interface RestoreOptions {
  file: string;
  folder: string;
  /** Whether what is there now may be lost. */
  replace: boolean;
  progress(done: string): void;
}

/**
 * Puts a backup back: all of it or nothing of its tables. Read to its end and compared with its hashes before anything is changed.
 * @throws BackupUnusable, and Error where there are sessions that would be lost.
 */
export async function restoreBackup(connection: pg.ClientConfig, options: RestoreOptions): Promise<Contents> {
  options.progress('checking');
  const list = await check(options.file);
  const known = await migrations();
  if (list.migrations.some((name) => !known.includes(name)))
    throw new BackupUnusable(
      `${options.file} was made by Rigger ${list.version}, which is newer than this. Install that version.`,
    );
  // As far as the backup's tables go; what this version has beyond them is done with them in place.
  await migrate(connection, list.migrations);
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<{ sessions: number; ahead: number }>(
      `SELECT (SELECT count(*) FROM agent_sessions)::int AS sessions,
              (SELECT count(*) FROM rigger_migrations WHERE name <> ALL ($1))::int AS ahead`,
      [list.migrations],
    );
    const { sessions = 0, ahead = 0 } = rows[0] ?? {};
    if (ahead > 0)
      throw new Error(
        'This database is of a newer version than the backup. Restore into a new data folder or database.',
      );
    if (sessions > 0 && !options.replace)
      throw new Error(`There are ${sessions} sessions here, which would be lost. Say --replace if they may be.`);
    await client.query('BEGIN');
    await fill(client, list, options);
    await forgetRunners(client);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
  await migrate(connection);
  return list;
}

async function fill(client: pg.Client, list: Contents, { file, folder, progress }: RestoreOptions): Promise<void> {
  const tables = new Map(list.tables.map((table) => [table.name, table]));
  const ours = await tablesOf(client);
  await refill(client, ours, async () => {
    // In the backup's own order, which is that in which they can be filled.
    for await (const { name, body } of readEntries(file)) {
      const [kind, ...rest] = name.split('/');
      const table: Table | undefined = kind === 'tables' ? tables.get(rest[0] ?? '') : undefined;
      if (table !== undefined) {
        progress(table.name);
        await copyIn(client, table, Readable.from(body, { objectMode: false }));
      } else if (kind === 'files') putFile(folder, rest, await Readable.from(body).toArray());
      else for await (const _ of body);
    }
  });
}

function putFile(folder: string, path: string[], pieces: Buffer[]): void {
  if (path.some((part) => part === '' || part === '.' || part === '..'))
    throw new BackupUnusable(`A file of it would go to ${path.join('/')}.`);
  const target = join(folder, ...path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, Buffer.concat(pieces), { mode: 0o600 });
}
