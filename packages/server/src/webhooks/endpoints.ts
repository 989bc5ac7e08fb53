/** Endpoints of webhooks: made, changed, given new secrets, removed. */
import { record } from '../access/actor.ts';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { Sealed } from '../model/seal.ts';
import type { WebhookCreate, WebhookRecord, WebhookUpdateRequest } from '../model/webhooks.ts';
import type { Engine } from '../sessions/engine.ts';
import { databaseTime, transact } from '../store/database.ts';
import { cancelDeliveries } from '../store/deliveries.ts';
import {
  countWebhooks,
  dropWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  updateWebhook,
} from '../store/webhooks.ts';
import { newSecret } from './sign.ts';
import { refusalOf, type TargetRules } from './target.ts';

/** Every event of a tenant looks through its endpoints. */
const MOST_PER_TENANT = 50;

const notFound = (id: string) => new RiggerError('webhook_not_found', { extra: { id } });
/** What a secret is sealed for: it opens for no other endpoint. */
export const sealedFor = (id: string): string => `webhook ${id}`;

/** What of an endpoint the audit log has. */
const shown = ({ url, events, description, enabled, disabledReason }: WebhookRecord) => ({
  url,
  events,
  description,
  enabled,
  disabledReason,
});

function sealNew(engine: Engine, id: string): { secret: string; sealed: Sealed } {
  if (engine.sealer === null) throw new RiggerError('vault_not_configured');
  const secret = newSecret();
  return { secret, sealed: engine.sealer.seal(secret, sealedFor(id)) };
}

function checkTarget(url: string, rules: TargetRules): void {
  const message = refusalOf(url, rules);
  if (message === null) return;
  throw new RiggerError('webhook_target_refused', {
    detail: `url: ${message}.`,
    extra: { issues: [{ path: 'url', message }] },
  });
}

export function webhooks(engine: Engine, tenant: string): Promise<WebhookRecord[]> {
  return listWebhooks(engine.database.db, tenant);
}

/** @throws RiggerError `webhook_not_found`. */
export async function webhook(engine: Engine, tenant: string, id: string): Promise<WebhookRecord> {
  const found = await findWebhook(engine.database.db, tenant, id);
  if (found === null) throw notFound(id);
  return found;
}

/**
 * Makes an endpoint: events that are committed from then on are owed to it.
 * @throws RiggerError `webhook_target_refused`, `vault_not_configured`, `too_many_webhooks`.
 */
export async function createWebhook(
  engine: Engine,
  rules: TargetRules,
  tenant: string,
  { url, events, description, enabled }: WebhookCreate,
): Promise<{ webhook: WebhookRecord; secret: string }> {
  checkTarget(url, rules);
  const id = newId('hook');
  const { secret, sealed } = sealNew(engine, id);
  const made = await transact(engine.database.db, async (tx) => {
    if ((await countWebhooks(tx, tenant)) >= MOST_PER_TENANT)
      throw new RiggerError('too_many_webhooks', { detail: `There are ${MOST_PER_TENANT} already.` });
    const inserted = await insertWebhook(tx, {
      id,
      tenant,
      url,
      events: [...new Set(events)],
      description: description ?? null,
      enabled,
      disabledReason: enabled ? null : 'user_requested',
      ...sealed,
    });
    await record(tx, { target: id, after: shown(inserted) });
    return inserted;
  });
  return { webhook: made, secret };
}

/** @throws RiggerError `webhook_not_found`, `webhook_target_refused`. */
export async function changeWebhook(
  engine: Engine,
  rules: TargetRules,
  tenant: string,
  id: string,
  { enabled, ...rest }: WebhookUpdateRequest,
): Promise<WebhookRecord> {
  if (rest.url !== undefined) checkTarget(rest.url, rules);
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return transact(engine.database.db, async (tx) => {
    const before = await findWebhook(tx, tenant, id, { lock: true });
    const changed = await updateWebhook(tx, tenant, id, {
      ...given,
      ...(enabled === undefined ? {} : { enabled, disabledReason: enabled ? null : ('user_requested' as const) }),
    });
    if (changed === null || before === null) throw notFound(id);
    await record(tx, { target: id, before: shown(before), after: shown(changed) });
    if (enabled === false) await cancelDeliveries(tx, id);
    return changed;
  });
}

/** Gives an endpoint a new secret; until `overlapMs` from now, the former one signs too. @throws RiggerError `webhook_not_found`. */
export async function rotateSecret(
  engine: Engine,
  tenant: string,
  id: string,
  overlapMs: number,
): Promise<{ webhook: WebhookRecord; secret: string }> {
  const { secret, sealed } = sealNew(engine, id);
  const changed = await transact(engine.database.db, async (tx) => {
    const now = await databaseTime(tx);
    const before = await findWebhook(tx, tenant, id, { lock: true });
    if (before === null) throw notFound(id);
    const former = overlapMs > 0;
    await record(tx, { target: id, after: { overlapMs } });
    return updateWebhook(tx, tenant, id, {
      ...sealed,
      previousSealed: former ? before.sealed : null,
      previousKeyId: former ? before.keyId : null,
      previousUntil: former ? new Date(now.getTime() + overlapMs) : null,
    });
  });
  if (changed === null) throw notFound(id);
  return { webhook: changed, secret };
}

/** @throws RiggerError `webhook_not_found`. */
export async function removeWebhook(engine: Engine, tenant: string, id: string): Promise<void> {
  await transact(engine.database.db, async (tx) => {
    const before = await findWebhook(tx, tenant, id, { lock: true });
    if (before === null || !(await dropWebhook(tx, tenant, id))) throw notFound(id);
    await record(tx, { target: id, before: shown(before) });
  });
}
