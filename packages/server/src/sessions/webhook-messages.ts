/** What webhooks tell of a session's log: one pure function from an entry of the log to a message, or to none. */
import { toUsd } from '../model/money.ts';
import type { SessionRecord } from '../model/record.ts';
import type { WebhookEventType, WebhookMessage } from '../model/webhooks.ts';

interface Entry {
  type: string;
  at: Date;
  agent: string | null;
  turnId: string | null;
  data: Record<string, unknown>;
}

/** The type under which a webhook tells of an entry; null: it is not told of. */
export function webhookType({ type, data }: Pick<Entry, 'type' | 'data'>): WebhookEventType | null {
  switch (type) {
    case 'session.status_changed':
      return typeOfStatus(data);
    case 'session.created':
    case 'turn.finished':
    case 'budget.warning':
    case 'budget.exceeded':
    case 'limit.exceeded':
    case 'permission.requested':
    case 'permission.answered':
      return type;
    default:
      return null;
  }
}

function typeOfStatus({ status, parked, paused }: Record<string, unknown>): WebhookEventType | null {
  if (paused === true) return 'session.paused';
  if (parked === true) return 'session.parked';
  switch (status) {
    case 'active':
    case 'idle':
    case 'completed':
    case 'error':
    case 'terminated':
      return `session.${status}`;
    default:
      return null;
  }
}

/** Members of an entry that may hold what was said or what tools were given: those are read over the API, with its keys. */
const KEPT_BACK = new Set(['input', 'updatedInput', 'content', 'prompt', 'rules', 'message']);

const thin = (data: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !KEPT_BACK.has(name)));

/** The same for the same entry, however often and by whomever it is made. */
export const messageId = (sessionId: string, seq: number): string => `msg_${sessionId.replace(/^sess_/, '')}_${seq}`;

/**
 * The messages of entries that are numbered on from `after`.
 * @param session as it is once they are committed
 */
export function webhookMessages(session: SessionRecord, after: number, entries: Entry[]): WebhookMessage[] {
  return entries.flatMap((entry, index) => {
    const type = webhookType(entry);
    if (type === null) return [];
    const seq = after + index + 1;
    const data = {
      seq,
      agent: entry.agent,
      turnId: entry.turnId,
      ...thin(entry.data),
      session: {
        id: session.id,
        pattern: session.pattern,
        status: session.status,
        statusReason: session.statusReason,
        conversationId: session.conversationId,
        userId: session.userId,
        tags: session.tags,
        totalCost: toUsd(session.totalCost),
        totalTokens: session.totalTokens,
        numTurns: session.numTurns,
        lastEventSeq: after + entries.length,
      },
    };
    const payload = JSON.stringify({ type, timestamp: entry.at.toISOString(), data });
    return [{ id: messageId(session.id, seq), type, sessionId: session.id, payload }];
  });
}
