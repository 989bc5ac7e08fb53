import { randomBytes } from 'node:crypto';
import type { Tx } from './database.ts';

/** A random secret that every replica shares, made by whichever asks first. */
export async function sharedSecret(tx: Tx, name: string): Promise<string> {
  await tx
    .insertInto('serverSecrets')
    .values({ name, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const row = await tx.selectFrom('serverSecrets').select('value').where('name', '=', name).executeTakeFirstOrThrow();
  return row.value;
}
