/** The audit log: what was changed by whom, added to and never changed. */
import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { AuditQuery } from '../model/access.ts';
import type { Tx } from './database.ts';
import { all } from './stats.ts';

export interface AuditRecord {
  n: number;
  tenant: string;
  at: Date;
  actor: string;
  keyId: string | null;
  address: string | null;
  requestId: string | null;
  action: string;
  target: string | null;
  before: unknown;
  after: unknown;
  position: number | null;
  hash: string | null;
}
export type NewAudit = Omit<AuditRecord, 'n' | 'at' | 'position' | 'hash'>;

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

export async function insertAudit(tx: Tx, { before, after, ...entry }: NewAudit): Promise<void> {
  await tx
    .insertInto('auditLog')
    .values({ ...entry, before: json(before), after: json(after) })
    .execute();
}

const COLUMNS = sql`n, tenant, at, actor, key_id, address, request_id, action, target, before, after, position, hash`;

/** The newest first. */
export async function listAudit(tx: Tx, tenant: string, query: AuditQuery): Promise<AuditRecord[]> {
  const { action, target, keyId, actor, from, to, before, limit } = query;
  const where: RawBuilder<unknown>[] = [
    sql`tenant = ${tenant}`,
    ...(action === undefined
      ? []
      : [action.endsWith('.*') ? sql`starts_with(action, ${action.slice(0, -1)})` : sql`action = ${action}`]),
    ...(target === undefined ? [] : [sql`target = ${target}`]),
    ...(keyId === undefined ? [] : [sql`key_id = ${keyId}`]),
    ...(actor === undefined ? [] : [sql`actor = ${actor}`]),
    ...(from === undefined ? [] : [sql`at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [sql`at < ${to}::timestamptz`]),
    ...(before === undefined ? [] : [sql`n < ${before}`]),
  ];
  const { rows } = await sql<AuditRecord>`
    SELECT ${COLUMNS} FROM audit_log WHERE ${all(where)} ORDER BY n DESC LIMIT ${limit}`.execute(tx);
  return rows;
}

type Hashed = Omit<AuditRecord, 'at' | 'before' | 'after'> & {
  at: string;
  before: string | null;
  after: string | null;
};
/** As text: what is hashed must be the same whoever reads it. */
const TEXTUAL = sql`n, tenant, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, actor, key_id, address,
  request_id, action, target, before::text AS before, after::text AS after, position, hash`;

const hashOf = (former: string, entry: Hashed): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        former,
        entry.n,
        entry.tenant,
        entry.at,
        entry.actor,
        entry.keyId,
        entry.address,
        entry.requestId,
        entry.action,
        entry.target,
        entry.before,
        entry.after,
      ]),
    )
    .digest('hex');

const lastLink = sql<{ position: number; hash: string }>`
  SELECT position, hash FROM audit_log WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1`;
/** Any number, as long as nobody else takes an advisory lock by it in this database. */
const CHAIN_LOCK = 7_236_414;

/** Chains entries that are not yet, in the order in which they are found; of two at once, one does nothing. @returns how many. */
export async function chainAudit(tx: Tx, limit: number): Promise<number> {
  const { rows: locked } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_xact_lock(${sql.lit(CHAIN_LOCK)}) AS mine`.execute(tx);
  if (!locked[0]!.mine) return 0;
  const { rows } = await sql<Hashed>`
    SELECT ${TEXTUAL} FROM audit_log WHERE position IS NULL ORDER BY n LIMIT ${limit}`.execute(tx);
  if (rows.length === 0) return 0;
  let { position, hash } = (await lastLink.execute(tx)).rows[0] ?? { position: 0, hash: '' };
  const links = rows.map((row) => {
    position += 1;
    hash = hashOf(hash, row);
    return { n: row.n, position, hash };
  });
  await sql`
    UPDATE audit_log AS entry SET position = link.position, hash = link.hash
    FROM unnest(${links.map((one) => one.n)}::bigint[], ${links.map((one) => one.position)}::bigint[],
      ${links.map((one) => one.hash)}::text[]) AS link (n, position, hash)
    WHERE entry.n = link.n`.execute(tx);
  return links.length;
}

export interface ChainState {
  /** How many entries were looked at. */
  entries: number;
  /** The newest hash: kept elsewhere, it proves later that nothing was cut off the end. */
  head: string | null;
  /** The first entry that is not what it was, or before which one is missing; null: all is well. */
  broken: { n: number; position: number } | null;
}

const PORTION = 5_000;

/** Goes through the whole chain. */
export async function verifyAudit(tx: Tx): Promise<ChainState> {
  let former = { position: 0, hash: '' };
  let entries = 0;
  for (;;) {
    const { rows } = await sql<Hashed & { position: number; hash: string }>`
      SELECT ${TEXTUAL} FROM audit_log WHERE position > ${former.position} ORDER BY position LIMIT ${PORTION}`.execute(
      tx,
    );
    for (const row of rows) {
      entries += 1;
      if (row.position !== former.position + 1 || row.hash !== hashOf(former.hash, row))
        return { entries, head: former.hash || null, broken: { n: row.n, position: row.position } };
      former = { position: row.position, hash: row.hash };
    }
    if (rows.length < PORTION) return { entries, head: former.hash || null, broken: null };
  }
}
