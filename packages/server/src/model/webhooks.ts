/** Webhooks as the HTTP contract shows them, and the records behind them. */
import { z } from 'zod';

/** What a webhook can tell of. New types may come: an endpoint without a list of types gets them too. */
export const WEBHOOK_EVENT_TYPES = [
  'session.created',
  'session.active',
  'session.idle',
  'session.parked',
  'session.paused',
  'session.completed',
  'session.error',
  'session.terminated',
  'turn.finished',
  'budget.warning',
  'budget.exceeded',
  'limit.exceeded',
  'permission.requested',
  'permission.answered',
  'schedule.disabled',
  'webhook.disabled',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];
/** Sent by the test call alone. */
export const TEST_EVENT = 'webhook.test';

const time = z.iso.datetime();

const url = z.url().max(2_048).describe('Where events are posted to: https, and no address of a private network.');
const events = z
  .array(z.enum(WEBHOOK_EVENT_TYPES))
  .max(100)
  .describe('The types of events that are wanted; empty: all of them.');
const description = z.string().max(1_000);

export const webhookCreateRequest = z
  .strictObject({
    url,
    events: events.default([]),
    description: description.optional(),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'WebhookCreateRequest' });
export type WebhookCreateRequest = z.input<typeof webhookCreateRequest>;
export type WebhookCreate = z.output<typeof webhookCreateRequest>;

export const webhookUpdateRequest = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    description: description.optional(),
    enabled: z.boolean().optional().describe('False: nothing is sent, and what waited to be sent is given up.'),
  })
  .meta({ id: 'WebhookUpdateRequest' });
export type WebhookUpdateRequest = z.infer<typeof webhookUpdateRequest>;

export const webhookRotateRequest = z
  .strictObject({
    overlapMs: z
      .int()
      .min(0)
      .max(30 * 86_400_000)
      .default(86_400_000)
      .describe('How long deliveries are signed with the former secret as well.'),
  })
  .meta({ id: 'WebhookRotateRequest' });
export type WebhookRotateRequest = z.input<typeof webhookRotateRequest>;

export const DISABLED_REASONS = ['user_requested', 'gone', 'failing'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export const webhookView = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    description: z.string().nullable(),
    enabled: z.boolean(),
    disabledReason: z
      .enum(DISABLED_REASONS)
      .nullable()
      .describe('`gone`: it answered 410. `failing`: nothing was delivered for as long as is tried.'),
    createdAt: time,
    updatedAt: time,
    lastDeliveredAt: time.nullable(),
    previousSecretUntil: time.nullable().describe('Until then, deliveries are signed with the former secret as well.'),
    secret: z.string().optional().describe('`whsec_…`: only in the answers that made it.'),
  })
  .meta({ id: 'Webhook' });
export type WebhookView = z.infer<typeof webhookView>;

/** Why an attempt failed. Words of a closed list: what an answer says is never shown. */
export const ATTEMPT_ERRORS = [
  'http_status',
  'redirect',
  'timeout',
  'address_not_allowed',
  'name_not_resolved',
  'connection_failed',
  'tls_failed',
  'secret_unavailable',
] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

const attempt = z.object({
  at: time,
  statusCode: z.int().nullable().describe('What the endpoint answered with; null: nothing.'),
  latencyMs: z.int(),
  error: z.enum(ATTEMPT_ERRORS).nullable().describe('Null: it was delivered.'),
});

export const webhookDeliveryView = z
  .object({
    id: z.string(),
    messageId: z.string().describe('The header `webhook-id`: the same whenever this event is sent.'),
    type: z.string(),
    sessionId: z.string().nullable(),
    status: z
      .enum(DELIVERY_STATUSES)
      .describe('`failed`: it was tried for as long as is tried. `cancelled`: the endpoint was disabled.'),
    createdAt: time,
    nextAttemptAt: time.nullable(),
    finishedAt: time.nullable(),
    attempts: z.array(attempt).describe('The oldest first.'),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDeliveryView = z.infer<typeof webhookDeliveryView>;

export const webhookDeliveryQuery = z.strictObject({
  status: z.enum(DELIVERY_STATUSES).optional(),
  cursor: z.string().max(100).optional().describe('From `nextCursor`.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type WebhookDeliveryQuery = z.output<typeof webhookDeliveryQuery>;

export const webhookTestView = z
  .object({
    delivered: z.boolean(),
    statusCode: z.int().nullable(),
    latencyMs: z.int(),
    error: z.enum(ATTEMPT_ERRORS).nullable(),
  })
  .meta({ id: 'WebhookTest' });
export type WebhookTestView = z.infer<typeof webhookTestView>;

export interface WebhookRecord {
  id: string;
  tenant: string;
  url: string;
  events: string[];
  description: string | null;
  enabled: boolean;
  disabledReason: DisabledReason | null;
  createdAt: Date;
  updatedAt: Date;
  lastDeliveredAt: Date | null;
  sealed: Buffer;
  keyId: string;
  previousSealed: Buffer | null;
  previousKeyId: string | null;
  previousUntil: Date | null;
}

/** An event as it goes out to whoever wants its type. */
export interface WebhookMessage {
  /** The header `webhook-id`. */
  id: string;
  type: string;
  sessionId: string | null;
  /** The body, as text: the very bytes that are signed and sent, however often. */
  payload: string;
}

export interface DeliveryRecord {
  id: string;
  /** Grows with each. */
  n: number;
  tenant: string;
  endpointId: string;
  messageId: string;
  type: string;
  sessionId: string | null;
  status: DeliveryStatus;
  createdAt: Date;
  nextAttemptAt: Date | null;
  finishedAt: Date | null;
}

/** What one attempt came to. */
export interface Attempt {
  at: Date;
  statusCode: number | null;
  latencyMs: number;
  error: AttemptError | null;
}
