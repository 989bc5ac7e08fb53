/** LISTEN and NOTIFY: one connection of this server's own that hears, and the pool to speak. */
import pg from 'pg';
import type { Database } from './database.ts';

const CHANNEL = 'rigger';
/** PostgreSQL takes payloads below 8,000 bytes. */
export const MAX_PAYLOAD_BYTES = 7_900;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** A connection that has gone silently, as through a firewall, is found by asking. */
const CHECK_MS = 10_000;
const CHECK_PATIENCE_MS = 5_000;

export interface ChannelOptions {
  onPayload(payload: string): void;
  /** It listens, again after a loss: what was said meanwhile was not heard. */
  onListening(): void;
  onLost(error: Error): void;
}

export class Channel {
  readonly #database: Database;
  readonly #options: ChannelOptions;
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #check: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;
  #closed = false;

  constructor(database: Database, options: ChannelOptions) {
    this.#database = database;
    this.#options = options;
  }

  get listening(): boolean {
    return this.#client !== null;
  }

  /** Begins to listen, and goes on trying to for as long as it is not closed. */
  async open(): Promise<void> {
    const client = new pg.Client(this.#database.clientConfig);
    let gone = false;
    const lost = (error: Error) => {
      if (gone) return;
      gone = true;
      void client.end().catch(() => {});
      if (this.#closed) return;
      if (this.#client === client) this.#options.onLost(error);
      this.#client = null;
      if (this.#check !== null) clearInterval(this.#check);
      this.#retry = setTimeout(() => void this.open(), this.#retryMs);
      this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
    };
    client.on('error', lost);
    client.on('end', () => lost(new Error('The connection ended.')));
    client.on('notification', ({ payload }) => {
      if (payload !== undefined) this.#options.onPayload(payload);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      return lost(error as Error);
    }
    if (this.#closed || gone) return void client.end().catch(() => {});
    this.#client = client;
    this.#retryMs = FIRST_RETRY_MS;
    this.#check = setInterval(() => {
      const late = setTimeout(() => lost(new Error('The connection does not answer.')), CHECK_PATIENCE_MS);
      client
        .query('SELECT 1')
        .catch(lost)
        .finally(() => clearTimeout(late));
    }, CHECK_MS);
    this.#check.unref();
    this.#options.onListening();
  }

  /** Says all of these at once, in a transaction of its own. */
  async notify(payloads: string[]): Promise<void> {
    await this.#database.pool.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [
      CHANNEL,
      payloads,
    ]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#check !== null) clearInterval(this.#check);
    await this.#client?.end().catch(() => {});
  }
}
