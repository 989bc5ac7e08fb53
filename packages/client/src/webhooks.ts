import { segment } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';
import type {
  Webhook,
  WebhookCreate,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookDeliveryQuery,
  WebhookTest,
  WebhookUpdate,
} from './types.ts';

/** Addresses that events are posted to, by the convention of standardwebhooks.com. */
export class Webhooks {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  #of(id: string, rest = ''): string {
    return `/api/webhooks/${segment(id)}${rest}`;
  }

  /** The oldest first. */
  async list(options: CallOptions = {}): Promise<Webhook[]> {
    return (await this.#http.json<{ webhooks: Webhook[] }>('GET', '/api/webhooks', options)).webhooks;
  }

  get(id: string, options: CallOptions = {}): Promise<Webhook> {
    return this.#http.json('GET', this.#of(id), options);
  }

  /** Its `secret` is in this answer and in no other. */
  create(request: WebhookCreate, options: CallOptions = {}): Promise<Webhook> {
    return this.#http.json('POST', '/api/webhooks', { ...options, json: request });
  }

  update(id: string, request: WebhookUpdate, options: CallOptions = {}): Promise<Webhook> {
    return this.#http.json('PATCH', this.#of(id), { ...options, json: request });
  }

  delete(id: string, options: CallOptions = {}): Promise<{ success: true; id: string }> {
    return this.#http.json('DELETE', this.#of(id), options);
  }

  /** Gives it a new secret, which is in this answer and in no other. @param overlapMs how long the former one signs as well; a day */
  rotate(id: string, overlapMs?: number, options: CallOptions = {}): Promise<Webhook> {
    return this.#http.json('POST', this.#of(id, '/rotate'), {
      ...options,
      ...(overlapMs === undefined ? {} : { json: { overlapMs } }),
    });
  }

  /** Has `webhook.test` sent at once, and once. */
  test(id: string, options: CallOptions = {}): Promise<WebhookTest> {
    return this.#http.json('POST', this.#of(id, '/test'), options);
  }

  /** The newest first. */
  deliveries(id: string, query: WebhookDeliveryQuery = {}, options: CallOptions = {}): Promise<WebhookDeliveryPage> {
    return this.#http.json('GET', this.#of(id, '/deliveries'), { ...options, query });
  }

  /** Has a delivery sent once more, under the same id. */
  redeliver(id: string, deliveryId: string, options: CallOptions = {}): Promise<WebhookDelivery> {
    return this.#http.json('POST', this.#of(id, `/deliveries/${segment(deliveryId)}/redeliver`), {
      ...options,
      resend: 'always',
    });
  }
}
