import type { Pool } from 'pg';

/** Ask the catalogue for what the migrations made, in words that do not depend on PostgreSQL's version. */
const STATEMENTS = [
  `SELECT format('column %s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
          CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
          CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END,
          coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) AS line
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
   ORDER BY c.relname, a.attname`,
  `SELECT format('constraint %s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) AS line
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = 'public' AND k.contype IN ('p', 'u', 'f', 'c', 'x') ORDER BY c.relname, k.conname`,
  `SELECT format('index %s', indexdef) AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname`,
  `SELECT format('trigger %s', pg_get_triggerdef(t.oid)) AS line FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
   JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND NOT t.tgisinternal ORDER BY t.tgname`,
  `SELECT format('function %s', p.proname) AS line FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE n.nspname = 'public' ORDER BY p.proname`,
];

/** The schema as text: the same on every PostgreSQL that the migrations ran on, so drift shows as a difference. */
export async function describeSchema(pool: Pool): Promise<string> {
  const lines: string[] = [];
  for (const statement of STATEMENTS)
    lines.push(...(await pool.query<{ line: string }>(statement)).rows.map((row) => row.line));
  return `${lines.join('\n')}\n`;
}
