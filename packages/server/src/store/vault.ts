import type { Sealed } from '../model/seal.ts';
import type { Tx } from './database.ts';

export interface SecretRecord {
  name: string;
  hosts: string[];
  description: string | null;
  createdAt: Date;
  updatedAt: Date;
}
const VISIBLE = ['name', 'hosts', 'description', 'createdAt', 'updatedAt'] as const;

export async function putSecret(
  tx: Tx,
  tenant: string,
  secret: Pick<SecretRecord, 'name' | 'hosts' | 'description'> & Sealed,
): Promise<{ record: SecretRecord; before: SecretRecord | null }> {
  const { name, ...rest } = secret;
  const before = await tx
    .selectFrom('secrets')
    .select(VISIBLE)
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  const record = await tx
    .insertInto('secrets')
    .values({ ...secret, tenant })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'name']).doUpdateSet((is) => ({ ...rest, updatedAt: is.fn<Date>('now', []) })),
    )
    .returning(VISIBLE)
    .executeTakeFirstOrThrow();
  return { record, before: before ?? null };
}

export function listSecrets(tx: Tx, tenant: string, names?: string[]): Promise<SecretRecord[]> {
  const found = tx.selectFrom('secrets').select(VISIBLE).where('tenant', '=', tenant).orderBy('name');
  return (names === undefined ? found : found.where('name', 'in', names)).execute();
}

export async function findSealed(tx: Tx, tenant: string, name: string): Promise<Sealed | null> {
  const row = await tx
    .selectFrom('secrets')
    .select(['sealed', 'keyId'])
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

/** @returns the one there was; null where there was none. */
export async function dropSecret(tx: Tx, tenant: string, name: string): Promise<SecretRecord | null> {
  const dropped = await tx
    .deleteFrom('secrets')
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .returning(VISIBLE)
    .executeTakeFirst();
  return dropped ?? null;
}
