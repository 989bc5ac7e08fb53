/** Our own look into the database, past the proxies. It comes back by itself after whatever was done to the database. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const PATIENCE_MS = 60_000;

export type Sql = <T extends object>(text: string, values?: unknown[]) => Promise<T[]>;

/** `where` is asked each time: an embedded database may come back elsewhere. */
export function openSql(where: () => pg.ClientConfig): { sql: Sql; close(): Promise<void> } {
  let pool: pg.Pool | null = null;
  const sql = async <T extends object>(text: string, values: unknown[] = []): Promise<T[]> => {
    for (const deadline = Date.now() + PATIENCE_MS; ; await pause(200)) {
      try {
        pool ??= new pg.Pool({ ...where(), max: 3, connectionTimeoutMillis: 5_000, application_name: 'chaos' });
        if (pool.listenerCount('error') === 0) pool.on('error', () => {});
        return (await pool.query<T>(text, values)).rows;
      } catch (error) {
        // A mistake of ours is not mended by trying again.
        if (/^(42|22|23)/.test((error as { code?: string }).code ?? '') || Date.now() > deadline) throw error;
        const old = pool;
        pool = null;
        void old?.end().catch(() => {});
      }
    }
  };
  return {
    sql,
    close: async () => {
      await pool?.end().catch(() => {});
    },
  };
}
