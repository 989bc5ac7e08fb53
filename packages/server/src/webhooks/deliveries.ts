/** Sending what is owed, and what of it can be seen and done by hand. */
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { Sealed } from '../model/seal.ts';
import {
  type Attempt,
  type DisabledReason,
  TEST_EVENT,
  type WebhookDeliveryQuery,
  type WebhookDeliveryView,
  type WebhookRecord,
  type WebhookTestView,
} from '../model/webhooks.ts';
import type { Engine } from '../sessions/engine.ts';
import { type Tx, transact } from '../store/database.ts';
import {
  attemptsOf,
  type Claimed,
  cancelDeliveries,
  insertDelivery,
  listDeliveries,
  noteDelivered,
  noteFailed,
  noteGivenUp,
  renewDelivery,
} from '../store/deliveries.ts';
import { owe } from '../store/outbox.ts';
import { disableWebhook } from '../store/webhooks.ts';
import { sealedFor, webhook } from './endpoints.ts';
import { pauseAfter, type RetryRules } from './retry.ts';
import type { Sender, Sent } from './send.ts';
import { signedHeaders } from './sign.ts';
import { viewDelivery } from './views.ts';

const GONE = 410;
const attemptOf = ({ statusCode, latencyMs, error }: Sent, at: Date): Attempt => ({ at, statusCode, latencyMs, error });

interface Signing {
  endpointId: string;
  messageId: string;
  payload: string;
  url: string;
  secrets: Sealed[];
  now: Date;
}

async function sendSigned(engine: Engine, sender: Sender, signing: Signing): Promise<Sent> {
  const { endpointId, messageId, payload, url, now } = signing;
  let headers: Record<string, string>;
  try {
    if (engine.sealer === null) throw new Error('The vault has no key.');
    const { sealer } = engine;
    const secrets = signing.secrets.map((sealed) => sealer.open(sealed, sealedFor(endpointId)));
    headers = signedHeaders({ id: messageId, payload }, secrets, now);
  } catch (error) {
    engine.log.error({ err: error, webhook: endpointId }, 'The secret of a webhook cannot be opened; nothing is sent');
    return { statusCode: null, latencyMs: 0, error: 'secret_unavailable', retryAfterMs: null };
  }
  return sender.send(url, headers, payload);
}

/** Sends a delivery that this server has taken, and notes what came of it. @returns whether it was delivered. */
export async function deliver(engine: Engine, sender: Sender, retry: RetryRules, claimed: Claimed): Promise<boolean> {
  const secrets = [claimed, ...(claimed.previous === null ? [] : [claimed.previous])];
  const sent = await sendSigned(engine, sender, { ...claimed, secrets });
  const attempt = attemptOf(sent, claimed.now);
  const now = new Date(claimed.now.getTime() + sent.latencyMs);
  const pause =
    sent.statusCode === GONE
      ? null
      : pauseAfter(
          claimed.tries + 1,
          { since: claimed.triedSince, now, retryAfterMs: sent.retryAfterMs, random: Math.random() },
          retry,
        );
  await transact(engine.database.db, async (tx) => {
    if (sent.error === null) return noteDelivered(tx, claimed, attempt);
    if (pause !== null) return noteFailed(tx, claimed, attempt, pause);
    const reason = sent.statusCode === GONE ? 'gone' : 'failing';
    // One that had something delivered since then is not lost: it is this delivery that is.
    const alive = claimed.lastDeliveredAt !== null && claimed.lastDeliveredAt >= claimed.triedSince;
    // The endpoint first, as everywhere.
    if (reason === 'gone' || !alive) await disable(engine, tx, claimed, reason);
    await noteGivenUp(tx, claimed, attempt);
  });
  return sent.error === null;
}

/** Disables an endpoint, gives up what waits for it, and tells the tenant's others. */
async function disable(
  engine: Engine,
  tx: Tx,
  { endpointId, id, now }: Claimed,
  reason: DisabledReason,
): Promise<void> {
  const disabled = await disableWebhook(tx, endpointId, reason);
  if (disabled === null) return;
  await cancelDeliveries(tx, endpointId, id);
  const { tenant, url, description } = disabled;
  const type = 'webhook.disabled';
  const payload = JSON.stringify({
    type,
    timestamp: now.toISOString(),
    data: { webhook: { id: endpointId, url, description }, reason },
  });
  await owe(tx, { tenant, messages: [{ id: newId('msg'), type, sessionId: null, payload }] });
  engine.log.warn({ webhook: endpointId, reason }, 'A webhook was disabled');
}

/** Deliveries of an endpoint, the newest first. @throws RiggerError `webhook_not_found`, `invalid_request`. */
export async function deliveries(
  engine: Engine,
  tenant: string,
  id: string,
  { cursor, ...query }: WebhookDeliveryQuery,
): Promise<{ deliveries: WebhookDeliveryView[]; nextCursor: string | null }> {
  await webhook(engine, tenant, id);
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
    throw new RiggerError('invalid_request', { extra: { issues: [{ path: 'cursor', message: 'is not one' }] } });
  const { db } = engine.database;
  const found = await listDeliveries(
    db,
    id,
    { ...query, limit: query.limit + 1 },
    cursor === undefined ? null : Number(cursor),
  );
  const page = found.slice(0, query.limit);
  const attempts = await attemptsOf(
    db,
    page.map((one) => one.id),
  );
  return {
    deliveries: page.map((one) => viewDelivery(one, attempts.get(one.id) ?? [])),
    nextCursor: found.length > query.limit ? String(page.at(-1)!.n) : null,
  };
}

function mustBeEnabled({ id, enabled, disabledReason }: WebhookRecord): void {
  if (!enabled) throw new RiggerError('webhook_disabled', { extra: { id, disabledReason } });
}

/**
 * Sends a delivery once more, with the id and the body it had, and tries as long as for a new one.
 * @throws RiggerError `webhook_not_found`, `webhook_disabled`, `delivery_not_found`.
 */
export async function redeliver(
  engine: Engine,
  tenant: string,
  id: string,
  deliveryId: string,
): Promise<WebhookDeliveryView> {
  mustBeEnabled(await webhook(engine, tenant, id));
  const { db } = engine.database;
  const renewed = await renewDelivery(db, id, deliveryId);
  if (renewed === null) throw new RiggerError('delivery_not_found', { extra: { id: deliveryId, webhookId: id } });
  return viewDelivery(renewed, (await attemptsOf(db, [deliveryId])).get(deliveryId) ?? []);
}

/**
 * Sends `webhook.test` at once and once, also to an endpoint that is disabled.
 * @returns the status and the time of its answer, and nothing of what it said.
 * @throws RiggerError `webhook_not_found`.
 */
export async function testWebhook(
  engine: Engine,
  sender: Sender,
  tenant: string,
  id: string,
): Promise<WebhookTestView> {
  const endpoint = await webhook(engine, tenant, id);
  const now = await engine.database.now();
  const messageId = newId('msg');
  const payload = JSON.stringify({ type: TEST_EVENT, timestamp: now.toISOString(), data: { webhook: { id } } });
  const { previousSealed: sealed, previousKeyId: keyId, previousUntil: until } = endpoint;
  const former = sealed !== null && keyId !== null && until !== null && until > now ? [{ sealed, keyId }] : [];
  const sent = await sendSigned(engine, sender, {
    endpointId: id,
    messageId,
    payload,
    url: endpoint.url,
    secrets: [endpoint, ...former],
    now,
  });
  const delivered = sent.error === null;
  const status = delivered ? 'delivered' : 'failed';
  const delivery = { id: newId('dlv'), tenant, endpointId: id, messageId, type: TEST_EVENT, status, payload } as const;
  await transact(engine.database.db, (tx) => insertDelivery(tx, delivery, attemptOf(sent, now)));
  return { delivered, statusCode: sent.statusCode, latencyMs: sent.latencyMs, error: sent.error };
}
