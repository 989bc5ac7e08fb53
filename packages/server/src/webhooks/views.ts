/** What the contract shows of webhooks. */
import type { Attempt, DeliveryRecord, WebhookDeliveryView, WebhookRecord, WebhookView } from '../model/webhooks.ts';

const time = (date: Date): string => date.toISOString();
const timeOrNull = (date: Date | null): string | null => (date === null ? null : time(date));

/** @param secret where it is made now: it is not shown again. */
export const viewWebhook = (webhook: WebhookRecord, secret?: string): WebhookView => ({
  id: webhook.id,
  url: webhook.url,
  events: webhook.events,
  description: webhook.description,
  enabled: webhook.enabled,
  disabledReason: webhook.disabledReason,
  createdAt: time(webhook.createdAt),
  updatedAt: time(webhook.updatedAt),
  lastDeliveredAt: timeOrNull(webhook.lastDeliveredAt),
  previousSecretUntil: timeOrNull(webhook.previousUntil),
  ...(secret === undefined ? {} : { secret }),
});

export const viewDelivery = (delivery: DeliveryRecord, attempts: Attempt[]): WebhookDeliveryView => ({
  id: delivery.id,
  messageId: delivery.messageId,
  type: delivery.type,
  sessionId: delivery.sessionId,
  status: delivery.status,
  createdAt: time(delivery.createdAt),
  nextAttemptAt: timeOrNull(delivery.nextAttemptAt),
  finishedAt: timeOrNull(delivery.finishedAt),
  attempts: attempts.map(({ at, ...rest }) => ({ at: time(at), ...rest })),
});
