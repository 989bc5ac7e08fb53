/** What a webhook can be told of, in groups. The server's types of a newer one come with “every event” alone. */
import type { WebhookCreate } from '../../api/types.ts';

export type EventType = NonNullable<WebhookCreate['events']>[number];

export const EVENT_TYPES = {
  'A person is needed': ['permission.requested', 'permission.answered'],
  'Work is done': ['turn.finished', 'session.completed', 'session.error', 'session.terminated'],
  Money: ['budget.warning', 'budget.exceeded', 'limit.exceeded'],
  'Where a session stands': ['session.created', 'session.active', 'session.idle', 'session.parked', 'session.paused'],
  'Rigger itself': ['schedule.disabled', 'webhook.disabled'],
} as const satisfies Record<string, readonly EventType[]>;
