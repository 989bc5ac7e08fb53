import pg from 'pg';
import { adminRole } from './cluster.ts';

/** The role and the database the server uses. */
export const serverRole = 'rigger';

export type Answer =
  | { state: 'ready'; version: string; cluster: string }
  | { state: 'starting' | 'stopping' } // it said so itself
  | { state: 'absent' } // no socket, or nobody listening at it
  | { state: 'mute'; reason: string }; // somebody is there, but no answer came

interface Socket {
  host: string;
  port: number;
}

/** Asks whoever listens at a socket how it is. Never throws; takes at most about two seconds. */
export async function ask(socket: Socket): Promise<Answer> {
  try {
    return await asAdmin(socket, async (client) => {
      const { rows } = await client.query<{ version: string; cluster: string }>(
        `select split_part(current_setting('server_version'), ' ', 1) version, current_setting('data_directory') cluster`,
      );
      return { state: 'ready', ...rows[0]! };
    });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === '57P03') return { state: message.includes('shutting down') ? 'stopping' : 'starting' };
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return { state: 'absent' };
    return { state: 'mute', reason: message };
  }
}

/**
 * Makes role and database where they are missing; safe against two starters. The role owns its database and nothing else:
 * a superuser could run programs (COPY … PROGRAM) and would pass by row security.
 */
export async function ensureDatabase(socket: Socket): Promise<void> {
  const made = ['42710', '42P04', '23505']; // it exists, or another starter's committed while ours was under way
  await asAdmin(socket, async (client) => {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) role,
              exists (select from pg_database where datname = $1) database`,
      [serverRole],
    );
    const wanted = [
      rows[0]?.role ? '' : `create role ${serverRole} login`,
      rows[0]?.database ? '' : `create database ${serverRole} owner ${serverRole}`,
    ];
    for (const statement of wanted.filter(Boolean)) {
      await client.query(statement).catch((error: Error & { code?: string }) => {
        if (!made.includes(error.code ?? '')) throw error;
      });
    }
  });
}

async function asAdmin<T>({ host, port }: Socket, use: (client: pg.Client) => Promise<T>): Promise<T> {
  // Every setting is named: pg would take what is not from PGSSLMODE, PGPASSWORD and the like.
  const client = new pg.Client({
    host,
    port,
    user: adminRole,
    database: 'postgres',
    password: '',
    ssl: false,
    connectionTimeoutMillis: 2000,
    query_timeout: 30_000,
  });
  client.on('error', () => undefined); // a connection cut later: the query in flight reports it
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
