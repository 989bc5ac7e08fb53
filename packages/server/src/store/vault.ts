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
  secret: Pick<SecretRecord, 'name' | 'hosts' | 'description'> & Sealed,
): Promise<{ record: SecretRecord; isNew: boolean }> {
  const { name, ...rest } = secret;
  const before = await tx.selectFrom('secrets').select('name').where('name', '=', name).forUpdate().executeTakeFirst();
  const record = await tx
    .insertInto('secrets')
    .values(secret)
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((is) => ({ ...rest, updatedAt: is.fn<Date>('now', []) })),
    )
    .returning(VISIBLE)
    .executeTakeFirstOrThrow();
  return { record, isNew: before === undefined };
}

export function listSecrets(tx: Tx, names?: string[]): Promise<SecretRecord[]> {
  const found = tx.selectFrom('secrets').select(VISIBLE).orderBy('name');
  return (names === undefined ? found : found.where('name', 'in', names)).execute();
}

export async function findSealed(tx: Tx, name: string): Promise<Sealed | null> {
  const row = await tx.selectFrom('secrets').select(['sealed', 'keyId']).where('name', '=', name).executeTakeFirst();
  return row ?? null;
}

/** @returns whether there was one. */
export async function dropSecret(tx: Tx, name: string): Promise<boolean> {
  const [{ numDeletedRows } = { numDeletedRows: 0n }] = await tx
    .deleteFrom('secrets')
    .where('name', '=', name)
    .execute();
  return numDeletedRows > 0n;
}
