/**
 * Carries deliveries of webhooks to their endpoints. What is due is asked of an index, as the sweeper does, when this server has
 * committed something that is owed, when the next attempt is due, and at the sweep interval for what other servers owe.
 * A delivery that a server has taken is its own for a while: of two that look at once one sends it, and one that dies in the middle
 * leaves it to be sent again, under the same id.
 */
import type { Logger } from 'pino';
import type { Committed } from '../sessions/committed.ts';
import type { Engine } from '../sessions/engine.ts';
import { transact } from '../store/database.ts';
import { type Claimed, claimDeliveries, untilNextDelivery } from '../store/deliveries.ts';
import { deliver } from '../webhooks/deliveries.ts';
import type { RetryRules } from '../webhooks/retry.ts';
import type { Sender } from '../webhooks/send.ts';
import { Alarm } from './alarm.ts';

const AT_ONCE = 32;
const PER_ENDPOINT = 4;
/** Longer than an attempt may take. */
const CLAIM_MS = 30_000;
const FAILURE_PAUSE_MS = 1_000;
const STOP_PATIENCE_MS = 2_000;

export interface CourierOptions {
  engine: Engine;
  sender: Sender;
  retry: RetryRules;
  intervalMs: number;
}

export class Courier {
  readonly #options: CourierOptions;
  readonly #log: Logger;
  /** Under way, by endpoint. */
  readonly #underWay = new Map<string, number>();
  readonly #sending = new Set<Promise<void>>();
  readonly #alarm: Alarm;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#log = options.engine.log.child({ part: 'webhooks' });
    this.#alarm = new Alarm(() => this.#look(), options.intervalMs);
  }

  start(): void {
    this.#options.engine.signals.on('committed', this.#onCommitted);
    this.#alarm.start();
  }

  /** Something may be due now. */
  wake(): void {
    this.#alarm.wake();
  }

  /** Takes nothing more, and ends once what is under way has been answered; what takes long is broken off and tried again. */
  async stop(): Promise<void> {
    this.#options.engine.signals.off('committed', this.#onCommitted);
    await this.#alarm.stop();
    const late = setTimeout(() => void this.#options.sender.close(), STOP_PATIENCE_MS);
    await Promise.allSettled(this.#sending);
    clearTimeout(late);
    await this.#options.sender.close();
  }

  readonly #onCommitted = ({ owed }: Committed): void => {
    if (owed > 0) this.wake();
  };

  /** Takes what is due, as far as there is room. @returns when to look next. */
  async #look(): Promise<number> {
    const { database } = this.#options.engine;
    const { intervalMs } = this.#options;
    try {
      const room = AT_ONCE - this.#sending.size;
      const claimed = room <= 0 ? [] : await transact(database.db, (tx) => claimDeliveries(tx, this.#claim(room)));
      for (const one of claimed) this.#send(one);
      // Who is waited for wakes this again.
      if (this.#sending.size > 0) return claimed.length === room ? intervalMs : FAILURE_PAUSE_MS;
      return (await untilNextDelivery(database.db)) ?? intervalMs;
    } catch (error) {
      this.#log.debug({ err: error }, 'Deliveries could not be looked for; it is tried again');
      return FAILURE_PAUSE_MS;
    }
  }

  #claim(room: number) {
    const busy = [...this.#underWay].filter(([, count]) => count >= PER_ENDPOINT).map(([endpoint]) => endpoint);
    return { limit: room, perEndpoint: PER_ENDPOINT, leaseMs: CLAIM_MS, busy };
  }

  #send(claimed: Claimed): void {
    const { engine, sender, retry } = this.#options;
    const { endpointId } = claimed;
    this.#underWay.set(endpointId, (this.#underWay.get(endpointId) ?? 0) + 1);
    const sending = deliver(engine, sender, retry, claimed)
      .catch((error: unknown) => {
        this.#log.warn(
          { err: error, delivery: claimed.id },
          'What came of a delivery could not be noted; it is sent again',
        );
      })
      .then(() => {
        const left = (this.#underWay.get(endpointId) ?? 1) - 1;
        if (left === 0) this.#underWay.delete(endpointId);
        else this.#underWay.set(endpointId, left);
        this.#sending.delete(sending);
        this.wake();
      });
    this.#sending.add(sending);
  }
}
