import type { DisabledReason, WebhookRecord } from '../model/webhooks.ts';
import type { Tx } from './database.ts';
import { WEBHOOK_COLUMNS } from './tables.ts';

type New = Pick<
  WebhookRecord,
  'id' | 'tenant' | 'url' | 'events' | 'description' | 'enabled' | 'disabledReason' | 'sealed' | 'keyId'
>;
type Patch = Partial<Omit<WebhookRecord, 'id' | 'tenant' | 'createdAt' | 'updatedAt'>>;

export function insertWebhook(tx: Tx, webhook: New): Promise<WebhookRecord> {
  return tx.insertInto('webhookEndpoints').values(webhook).returning(WEBHOOK_COLUMNS).executeTakeFirstOrThrow();
}

/** The oldest first. */
export function listWebhooks(tx: Tx, tenant: string): Promise<WebhookRecord[]> {
  return tx
    .selectFrom('webhookEndpoints')
    .select(WEBHOOK_COLUMNS)
    .where('tenant', '=', tenant)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** @param lock holds its row until the transaction ends. */
export async function findWebhook(
  tx: Tx,
  tenant: string,
  id: string,
  { lock = false } = {},
): Promise<WebhookRecord | null> {
  const found = tx
    .selectFrom('webhookEndpoints')
    .select(WEBHOOK_COLUMNS)
    .where('tenant', '=', tenant)
    .where('id', '=', id);
  const row = await (lock ? found.forUpdate() : found).executeTakeFirst();
  return row ?? null;
}

export async function countWebhooks(tx: Tx, tenant: string): Promise<number> {
  const row = await tx
    .selectFrom('webhookEndpoints')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function updateWebhook(tx: Tx, tenant: string, id: string, patch: Patch): Promise<WebhookRecord | null> {
  const row = await tx
    .updateTable('webhookEndpoints')
    .set((is) => ({ ...patch, updatedAt: is.fn<Date>('now', []) }))
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .returning(WEBHOOK_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Disables an endpoint that is enabled. @returns null where it was disabled already, or is gone. */
export async function disableWebhook(tx: Tx, id: string, reason: DisabledReason): Promise<WebhookRecord | null> {
  const row = await tx
    .updateTable('webhookEndpoints')
    .set((is) => ({ enabled: false, disabledReason: reason, updatedAt: is.fn<Date>('now', []) }))
    .where('id', '=', id)
    .where('enabled', '=', true)
    .returning(WEBHOOK_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Removes an endpoint with its deliveries. @returns whether there was one. */
export async function dropWebhook(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const gone = await tx
    .deleteFrom('webhookEndpoints')
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  if (gone === undefined) return false;
  await tx.deleteFrom('webhookDeliveries').where('endpointId', '=', id).execute();
  return true;
}
