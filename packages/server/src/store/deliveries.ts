/** Deliveries of webhooks: which are due, who sends them, and what came of each attempt. */
import { sql } from 'kysely';
import type { Attempt, DeliveryRecord, WebhookDeliveryQuery, WebhookRecord } from '../model/webhooks.ts';
import type { Tx } from './database.ts';
import { DELIVERY_COLUMNS } from './tables.ts';

/** A delivery that this server is to send now. */
export interface Claimed {
  id: string;
  tenant: string;
  endpointId: string;
  messageId: string;
  type: string;
  payload: string;
  triedSince: Date;
  /** Attempts before this one, since then. */
  tries: number;
  url: string;
  lastDeliveredAt: Date | null;
  sealed: Buffer;
  keyId: string;
  /** The former secret, while it signs as well. */
  previous: Pick<WebhookRecord, 'sealed' | 'keyId'> | null;
  /** The database's time. */
  now: Date;
}

type ClaimedRow = Omit<Claimed, 'previous'> & { previousSealed: Buffer | null; previousKeyId: string | null };

/**
 * Takes deliveries that are due, the longest due first, at most so many of one endpoint: one that answers slowly does not hold
 * up others. Whoever takes them has them for `leaseMs`; after that they are due again.
 * @param busy endpoints of which none is to be taken
 */
export async function claimDeliveries(
  tx: Tx,
  { limit, perEndpoint, leaseMs, busy }: { limit: number; perEndpoint: number; leaseMs: number; busy: string[] },
): Promise<Claimed[]> {
  const { rows } = await sql<ClaimedRow>`
    WITH due AS (
      SELECT delivery.id FROM webhook_endpoints AS endpoint
      CROSS JOIN LATERAL (
        SELECT id, next_attempt_at FROM webhook_deliveries
        WHERE endpoint_id = endpoint.id AND status = 'pending' AND next_attempt_at <= (SELECT clock_timestamp())
        ORDER BY next_attempt_at LIMIT ${perEndpoint} FOR UPDATE SKIP LOCKED
      ) AS delivery
      WHERE endpoint.enabled AND NOT endpoint.id = ANY (${busy}::text[])
      ORDER BY delivery.next_attempt_at LIMIT ${limit}
    )
    UPDATE webhook_deliveries AS delivery
    SET next_attempt_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond', tries = tries + 1
    FROM due, webhook_endpoints AS endpoint
    WHERE delivery.id = due.id AND endpoint.id = delivery.endpoint_id
    RETURNING delivery.id, delivery.tenant, delivery.endpoint_id, delivery.message_id, delivery.type, delivery.payload,
      delivery.tried_since, delivery.tries - 1 AS tries, endpoint.url, endpoint.last_delivered_at,
      endpoint.sealed, endpoint.key_id, endpoint.previous_key_id,
      CASE WHEN endpoint.previous_until > clock_timestamp() THEN endpoint.previous_sealed END AS previous_sealed,
      clock_timestamp() AS now`.execute(tx);
  return rows.map(({ previousSealed, previousKeyId, ...row }) => ({
    ...row,
    previous:
      previousSealed === null || previousKeyId === null ? null : { sealed: previousSealed, keyId: previousKeyId },
  }));
}

/** Milliseconds until the next delivery to an enabled endpoint is due, or null when none waits. */
export async function untilNextDelivery(tx: Tx): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    SELECT (extract(epoch FROM min(next.at) - clock_timestamp()) * 1000)::float8 AS ms
    FROM webhook_endpoints AS endpoint
    CROSS JOIN LATERAL (
      SELECT next_attempt_at AS at FROM webhook_deliveries
      WHERE endpoint_id = endpoint.id AND status = 'pending' ORDER BY next_attempt_at LIMIT 1
    ) AS next
    WHERE endpoint.enabled`.execute(tx);
  return rows[0]?.ms ?? null;
}

async function insertAttempt(tx: Tx, deliveryId: string, attempt: Attempt): Promise<void> {
  await tx
    .insertInto('webhookAttempts')
    .values({ deliveryId, ...attempt })
    .execute();
}

/** Notes that it was delivered. */
export async function noteDelivered(tx: Tx, { id, endpointId }: Claimed, attempt: Attempt): Promise<void> {
  // The endpoint first, as whoever disables it does. Noted to the second, so that many deliveries do not wait for each other.
  await sql`
    UPDATE webhook_endpoints SET last_delivered_at = clock_timestamp()
    WHERE id = ${endpointId}
      AND (last_delivered_at IS NULL OR last_delivered_at < clock_timestamp() - interval '1 second')`.execute(tx);
  await finish(tx, id, 'delivered', attempt);
}

/** Notes that it was given up. */
export function noteGivenUp(tx: Tx, { id }: Claimed, attempt: Attempt): Promise<void> {
  return finish(tx, id, 'failed', attempt);
}

async function finish(tx: Tx, id: string, status: 'delivered' | 'failed', attempt: Attempt): Promise<void> {
  const done = await tx
    .updateTable('webhookDeliveries')
    .set((is) => ({ status, finishedAt: is.fn<Date>('clock_timestamp', []), nextAttemptAt: null }))
    .where('id', '=', id)
    .where('status', '=', sql.lit('pending'))
    .returning('id')
    .executeTakeFirst();
  // Given up meanwhile, or removed: then nobody asks how it went.
  if (done !== undefined || (await exists(tx, id))) await insertAttempt(tx, id, attempt);
}

/** Notes an attempt that failed, and when the next one is due. */
export async function noteFailed(tx: Tx, { id }: Claimed, attempt: Attempt, inMs: number): Promise<void> {
  await sql`
    UPDATE webhook_deliveries SET next_attempt_at = clock_timestamp() + ${inMs} * interval '1 millisecond'
    WHERE id = ${id} AND status = 'pending'`.execute(tx);
  if (await exists(tx, id)) await insertAttempt(tx, id, attempt);
}

/** Whether it is there; it stays until the transaction ends. */
async function exists(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('webhookDeliveries')
    .select('id')
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives up what waits to be sent to an endpoint, but for one delivery. */
export async function cancelDeliveries(tx: Tx, endpointId: string, except = ''): Promise<void> {
  await tx
    .updateTable('webhookDeliveries')
    .set((is) => ({ status: 'cancelled', finishedAt: is.fn<Date>('clock_timestamp', []), nextAttemptAt: null }))
    .where('endpointId', '=', endpointId)
    .where('id', '<>', except)
    .where('status', '=', sql.lit('pending'))
    .execute();
}

/** Makes a delivery due again, as if it had not been tried. @returns null where there is none. */
export async function renewDelivery(tx: Tx, endpointId: string, id: string): Promise<DeliveryRecord | null> {
  const row = await tx
    .updateTable('webhookDeliveries')
    .set((is) => ({
      status: 'pending',
      finishedAt: null,
      nextAttemptAt: is.fn<Date>('clock_timestamp', []),
      triedSince: is.fn<Date>('clock_timestamp', []),
      tries: 0,
    }))
    .where('id', '=', id)
    .where('endpointId', '=', endpointId)
    .returning(DELIVERY_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Enters a delivery that has been sent already: a test. */
export async function insertDelivery(
  tx: Tx,
  delivery: Pick<DeliveryRecord, 'id' | 'tenant' | 'endpointId' | 'messageId' | 'type' | 'status'> & {
    payload: string;
  },
  attempt: Attempt,
): Promise<void> {
  await tx
    .insertInto('webhookDeliveries')
    .values((is) => ({
      ...delivery,
      sessionId: null,
      nextAttemptAt: null,
      tries: 1,
      finishedAt: is.fn<Date>('clock_timestamp', []),
    }))
    .execute();
  await insertAttempt(tx, delivery.id, attempt);
}

/** The newest first; `before` is the `n` of the last one that was seen. */
export function listDeliveries(
  tx: Tx,
  endpointId: string,
  { status, limit }: Pick<WebhookDeliveryQuery, 'status' | 'limit'>,
  before: number | null,
): Promise<DeliveryRecord[]> {
  let found = tx.selectFrom('webhookDeliveries').select(DELIVERY_COLUMNS).where('endpointId', '=', endpointId);
  if (status !== undefined) found = found.where('status', '=', status);
  if (before !== null) found = found.where('n', '<', before);
  return found.orderBy('n', 'desc').limit(limit).execute();
}

/** The attempts of each of these deliveries, the oldest first. */
export async function attemptsOf(tx: Tx, ids: string[]): Promise<Map<string, Attempt[]>> {
  const rows =
    ids.length === 0
      ? []
      : await tx
          .selectFrom('webhookAttempts')
          .select(['deliveryId', 'at', 'statusCode', 'latencyMs', 'error'])
          .where('deliveryId', 'in', ids)
          .orderBy('at')
          .execute();
  const found = new Map<string, Attempt[]>();
  for (const { deliveryId, ...attempt } of rows) found.set(deliveryId, [...(found.get(deliveryId) ?? []), attempt]);
  return found;
}

/** Removes old deliveries with their attempts. @returns how many. */
export async function forgetDeliveries(tx: Tx, keptMs: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM webhook_deliveries WHERE id IN (
      SELECT id FROM webhook_deliveries
      WHERE created_at < clock_timestamp() - ${keptMs} * interval '1 millisecond' LIMIT ${limit}
    )`.execute(tx);
  return Number(numAffectedRows ?? 0);
}
