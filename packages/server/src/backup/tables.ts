/** Which tables there are, in an order in which they can be filled, and how to copy one out and in. */

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from, to } from 'pg-copy-streams';

export interface Table {
  name: string;
  /** Those that can be written: what is computed from others is not. */
  columns: string[];
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const listed = (columns: string[]): string => columns.map(quoted).join(', ');

/** Every table of ours; one that refers to another comes after it. The job library's are made anew by it. */
export async function tablesOf(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table & { needs: string[] }>(`
    SELECT c.relname AS name,
      (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
      coalesce((SELECT json_agg(f.relname) FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND f.oid <> c.oid), '[]') AS needs
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> 'rigger_migrations' ORDER BY 1`);
  const ordered: Table[] = [];
  const left = new Map(rows.map((row) => [row.name, row]));
  while (left.size > 0) {
    const free = [...left.values()].filter(({ needs }) => !needs.some((name) => left.has(name)));
    if (free.length === 0) throw new Error(`Tables refer to each other in a circle: ${[...left.keys()].join(', ')}`);
    for (const { name, columns } of free) {
      ordered.push({ name, columns });
      left.delete(name);
    }
  }
  return ordered;
}

export const copyOut = (client: pg.ClientBase, { name, columns }: Table): Readable =>
  client.query(to(`COPY ${quoted(name)} (${listed(columns)}) TO STDOUT`));

export async function copyIn(client: pg.ClientBase, { name, columns }: Table, source: Readable): Promise<void> {
  await pipeline(source, client.query(from(`COPY ${quoted(name)} (${listed(columns)}) FROM STDIN`)));
}

/** Runs `fill` with every table empty and no trigger of ours firing, and lets counters go on after what is there then. */
export async function refill(client: pg.ClientBase, tables: Table[], fill: () => Promise<void>): Promise<void> {
  const names = tables.map(({ name }) => quoted(name));
  // First: there are tables whose triggers let nothing be taken out.
  for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  await client.query(`TRUNCATE ${names.join(', ')} CASCADE`);
  await fill();
  for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  await client.query(`
    DO $$ DECLARE counter record; BEGIN
      FOR counter IN
        SELECT c.oid::regclass::text AS owner, a.attname AS column, pg_get_serial_sequence(c.oid::regclass::text, a.attname) AS sequence
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
          AND pg_get_serial_sequence(c.oid::regclass::text, a.attname) IS NOT NULL
      LOOP
        EXECUTE format('SELECT setval(%L, coalesce((SELECT max(%I) FROM %s), 0) + 1, false)', counter.sequence, counter.column, counter.owner);
      END LOOP;
    END $$`);
}

/**
 * No runner holds anything of what was put back. A session without turns is nobody's at once; one with turns is taken over when
 * the first sweep finds its runner gone, which says of its running turn that it is taken up again.
 */
export async function forgetRunners(client: pg.ClientBase): Promise<void> {
  await client.query('DELETE FROM runners');
  await client.query(
    'UPDATE agent_sessions SET runner_id = NULL, releasing = false WHERE runner_id IS NOT NULL AND pending_turns = 0',
  );
}
