/** A receiver of webhooks, as a user would run it: every delivery is verified by the library before it counts. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Json } from './harness.ts';

export interface Received {
  id: string;
  path: string;
  event: Json;
  /** How many signatures it had. */
  signatures: number;
  headers: Record<string, string>;
  body: string;
}

export interface Receiver {
  url: string;
  /** The deliveries that were taken, in the order in which they came. */
  received: Received[];
  /** Requests in all, refused ones too. */
  requests: number;
  /** Secrets by path: what they do not verify is not taken. */
  secrets: Map<string, string>;
  /** What the next requests are answered with; 200 after that. */
  answers: number[];
  /** What every request is answered with, when it is set. */
  always: number | null;
  /** Requests get no answer until this is resolved. */
  hold: Promise<void> | null;
  /** Resolves once a delivery that passes has come. */
  until(test: (one: Received) => boolean): Promise<Received>;
  close(): Promise<void>;
}

/** Settings with which a server may send to it. */
export const RECEIVER_SETTINGS = {
  RIGGER_WEBHOOK_HTTP: 'true',
  RIGGER_WEBHOOK_PRIVATE: '127.0.0.2/32',
  RIGGER_WEBHOOK_RETRY_FIRST_MS: '100',
  RIGGER_SWEEP_INTERVAL_MS: '1000',
  // Its secrets are sealed; servers on a database of others make no key by themselves.
  RIGGER_VAULT_KEY: randomBytes(32).toString('base64'),
};

export async function startReceiver(): Promise<Receiver> {
  const waiting = new Set<() => void>();
  const server = http.createServer(async (request, response) => {
    receiver.requests += 1;
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces).toString();
    const path = request.url ?? '/';
    const headers = request.headers as Record<string, string>;
    if (receiver.hold !== null) await receiver.hold;
    const status = receiver.always ?? receiver.answers.shift() ?? 200;
    const secret = receiver.secrets.get(path);
    let event: Json;
    try {
      event = secret === undefined ? JSON.parse(body) : new Webhook(secret).verify(body, headers);
    } catch {
      response.writeHead(401).end();
      return;
    }
    if (status < 300) {
      const signatures = headers['webhook-signature']!.split(' ').length;
      receiver.received.push({ id: headers['webhook-id']!, path, event, signatures, headers, body });
    }
    response.writeHead(status).end('what a receiver says');
    for (const look of [...waiting]) look();
  });
  server.listen(0, '127.0.0.2');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.2:${(server.address() as AddressInfo).port}`,
    received: [],
    requests: 0,
    secrets: new Map(),
    answers: [],
    always: null,
    hold: null,
    until: (test) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = receiver.received.find(test);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
