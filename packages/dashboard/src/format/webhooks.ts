/** Webhooks and what was sent to them, as they are told to people. */
import { CircleAlert, CircleCheck, CircleSlash, Clock, Power, PowerOff, RotateCw } from 'lucide-react';
import type { Webhook, WebhookDelivery, WebhookTest } from '../api/types.ts';
import type { Shown } from './status.ts';

export function webhookStatus({ enabled, disabledReason }: Pick<Webhook, 'enabled' | 'disabledReason'>): Shown {
  if (enabled) return { icon: Power, word: 'On', tone: 'good' };
  return { icon: PowerOff, word: 'Off', tone: disabledReason === 'user_requested' ? 'quiet' : 'bad' };
}

/** Why it was turned off, where nobody asked for it. */
export const disabledWords = ({ disabledReason }: Pick<Webhook, 'disabledReason'>): string | null =>
  disabledReason === 'gone'
    ? 'It answered 410: it wants nothing more. Turn it on again once it does.'
    : disabledReason === 'failing'
      ? 'Nothing arrived for a day. Mend the receiver, try it with a test, and turn it on again.'
      : null;

const DELIVERIES: Record<WebhookDelivery['status'], Shown> = {
  pending: { icon: Clock, word: 'Waiting', tone: 'accent' },
  delivered: { icon: CircleCheck, word: 'Delivered', tone: 'good' },
  failed: { icon: CircleAlert, word: 'Failed', tone: 'bad' },
  cancelled: { icon: CircleSlash, word: 'Cancelled', tone: 'quiet' },
};
/** One that was tried in vain and is to be tried again is told apart from one that is just on its way. */
export const deliveryStatus = ({ status, attempts }: Pick<WebhookDelivery, 'status' | 'attempts'>): Shown =>
  status === 'pending' && attempts.length > 0 ? { icon: RotateCw, word: 'Trying', tone: 'warn' } : DELIVERIES[status];

const ERRORS: Record<string, string> = {
  http_status: 'not an answer of 2xx',
  redirect: 'a redirect, which is not followed',
  timeout: 'no answer within 10 s',
  address_not_allowed: 'its name leads to an address that is not allowed',
  name_not_resolved: 'its name leads nowhere',
  connection_failed: 'no connection',
  tls_failed: 'its certificate does not hold',
  secret_unavailable: 'its secret cannot be opened: is RIGGER_VAULT_KEY the same?',
};

type Attempt = Pick<WebhookTest, 'statusCode' | 'error'>;
/** How an attempt went: `200`, `500: not an answer of 2xx`, `no connection`. */
export function attemptWords({ statusCode, error }: Attempt): string {
  if (error === null) return String(statusCode);
  const words = ERRORS[error] ?? error;
  return statusCode === null ? words : `${statusCode}: ${words}`;
}
