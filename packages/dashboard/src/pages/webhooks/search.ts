/** What of the page is in its address: whose deliveries are shown, and which of them. Pure. */
import type { WebhookDelivery } from '../../api/types.ts';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;

export interface WebhooksSearch {
  /** The webhook whose deliveries are shown. */
  webhook?: string;
  status?: WebhookDelivery['status'];
  /** The delivery that is open. */
  delivery?: string;
}

export function readSearch({ webhook, status, delivery }: Record<string, unknown>): WebhooksSearch {
  const known = DELIVERY_STATUSES.find((one) => one === status);
  return {
    ...(typeof webhook === 'string' && webhook !== '' ? { webhook } : {}),
    ...(known === undefined ? {} : { status: known }),
    ...(typeof delivery === 'string' && delivery !== '' ? { delivery } : {}),
  };
}
