/** Keys and the tenants they belong to. */
import { sql } from 'kysely';
import type { CallerLimits, Scope, TenantRetention } from '../model/access.ts';
import type { Tx } from './database.ts';

export interface KeyRecord {
  id: string;
  tenant: string;
  name: string;
  scopes: Scope[];
  limits: CallerLimits;
  hash: Buffer;
  previousHash: Buffer | null;
  previousUntil: Date | null;
  createdAt: Date;
  createdBy: string | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}
const COLUMNS = [
  'id',
  'tenant',
  'name',
  'scopes',
  'limits',
  'hash',
  'previousHash',
  'previousUntil',
  'createdAt',
  'createdBy',
  'expiresAt',
  'revokedAt',
  'lastUsedAt',
] as const;

export async function insertKey(
  tx: Tx,
  {
    limits,
    ...key
  }: Pick<KeyRecord, 'id' | 'tenant' | 'name' | 'scopes' | 'limits' | 'hash' | 'createdBy' | 'expiresAt'>,
): Promise<KeyRecord> {
  return tx
    .insertInto('apiKeys')
    .values({ ...key, limits: JSON.stringify(limits) })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
}

export async function findKey(tx: Tx, id: string, options: { lock?: boolean } = {}): Promise<KeyRecord | null> {
  let found = tx.selectFrom('apiKeys').select(COLUMNS).where('id', '=', id);
  if (options.lock) found = found.forUpdate();
  return (await found.executeTakeFirst()) ?? null;
}

/** Of one tenant, or of all; the oldest first. */
export function listKeys(tx: Tx, tenant: string | null): Promise<KeyRecord[]> {
  const found = tx.selectFrom('apiKeys').select(COLUMNS).orderBy('createdAt').orderBy('id');
  return (tenant === null ? found : found.where('tenant', '=', tenant)).execute();
}

export function updateKey(
  tx: Tx,
  id: string,
  patch: Partial<Pick<KeyRecord, 'hash' | 'previousHash' | 'previousUntil' | 'revokedAt'>>,
): Promise<KeyRecord> {
  return tx.updateTable('apiKeys').set(patch).where('id', '=', id).returning(COLUMNS).executeTakeFirstOrThrow();
}

/** Whether anybody could show a key here. */
export async function hasKeys(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    SELECT EXISTS (SELECT 1 FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS any`.execute(
    tx,
  );
  return rows[0]!.any;
}

/** Notes that these were used now. */
export async function touchKeys(tx: Tx, ids: string[]): Promise<void> {
  await sql`UPDATE api_keys SET last_used_at = now() WHERE id = ANY(${ids}::text[])`.execute(tx);
}

/** Which of these are good no longer. */
export async function badKeys(tx: Tx, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT asked.id FROM unnest(${ids}::text[]) AS asked (id) LEFT JOIN api_keys AS k ON k.id = asked.id
    WHERE k.id IS NULL OR k.revoked_at IS NOT NULL OR k.expires_at <= now()`.execute(tx);
  return rows.map(({ id }) => id);
}

export interface TenantRecord {
  id: string;
  limits: CallerLimits;
  retention: TenantRetention;
  createdAt: Date;
}
const TENANT_COLUMNS = ['id', 'limits', 'retention', 'createdAt'] as const;

/** Makes a tenant where there is none of this name. */
export async function ensureTenant(tx: Tx, id: string): Promise<void> {
  await tx
    .insertInto('tenants')
    .values({ id, limits: '{}', retention: '{}' })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export async function findTenant(tx: Tx, id: string): Promise<TenantRecord | null> {
  return (await tx.selectFrom('tenants').select(TENANT_COLUMNS).where('id', '=', id).executeTakeFirst()) ?? null;
}

export function listTenants(tx: Tx): Promise<TenantRecord[]> {
  return tx.selectFrom('tenants').select(TENANT_COLUMNS).orderBy('id').execute();
}

export function putTenant(
  tx: Tx,
  { id, limits, retention }: Pick<TenantRecord, 'id' | 'limits' | 'retention'>,
): Promise<TenantRecord> {
  const values = { limits: JSON.stringify(limits), retention: JSON.stringify(retention) };
  return tx
    .insertInto('tenants')
    .values({ id, ...values })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((is) => ({ ...values, updatedAt: is.fn<Date>('now', []) })),
    )
    .returning(TENANT_COLUMNS)
    .executeTakeFirstOrThrow();
}
