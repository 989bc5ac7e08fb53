import type { FromRunner, Item } from '../protocol/index.ts';

type Batch = Extract<FromRunner, { type: 'batch' }>;

/**
 * What nobody waits for may wait this long for company: a turn then costs three commits rather than six, and none is under
 * way when its end comes. Live deltas do not pass through here.
 */
const LINGER_MS = 20;

/** A call of a tool is told at once: should this process die, the log must know what may have happened. */
function mayLinger(item: Item): boolean {
  if (item.kind === 'transcript' || item.kind === 'turn_started') return true;
  if (item.kind !== 'event' || item.type !== 'sdk.message') return false;
  const content =
    item.data.type === 'assistant' ? (item.data.message as { content?: unknown } | undefined)?.content : null;
  return !Array.isArray(content) || !content.some((block: { type?: string }) => block.type === 'tool_use');
}

/** A batch holds at most so many items, so that no message grows without bound. */
const MAX_ITEMS = 500;

/**
 * What one session has to report, in order, kept until the server has it. One batch is under way at a time: while it
 * waits for its `ack`, what happens meanwhile gathers into the next, so a busy session makes larger batches by itself.
 */
export class Outbox {
  readonly #session: string;
  readonly #epoch: number;
  readonly #send: (batch: Batch) => void;
  #waiting: Item[] = [];
  #underWay: Batch | null = null;
  #number = 0;
  #scheduled = false;
  #linger: NodeJS.Timeout | null = null;
  /** Whether what waits is to go out as soon as it can. */
  #due = false;
  #onEmpty: (() => void)[] = [];
  readonly #onCommitted = new Map<Item, () => void>();

  constructor(session: string, epoch: number, send: (batch: Batch) => void) {
    this.#session = session;
    this.#epoch = epoch;
    this.#send = send;
  }

  push(item: Item): void {
    this.#waiting.push(item);
    if (mayLinger(item) && this.#waiting.length < MAX_ITEMS) {
      this.#linger ??= setTimeout(() => this.#flush(), LINGER_MS);
      return;
    }
    this.#due = true;
    if (this.#scheduled) return;
    this.#scheduled = true;
    // What one tick brings goes out together.
    setImmediate(() => {
      this.#scheduled = false;
      this.#sendNext();
    });
  }

  /** Resolves once the server has committed the item. */
  settle(item: Item): Promise<void> {
    return new Promise((resolve) => {
      this.#onCommitted.set(item, resolve);
      this.push(item);
    });
  }

  /** The server has committed the batch of this number. */
  acknowledge(batch: number): void {
    if (this.#underWay?.batch !== batch) return;
    if (this.#onCommitted.size > 0)
      for (const item of this.#underWay.items) {
        this.#onCommitted.get(item)?.();
        this.#onCommitted.delete(item);
      }
    this.#underWay = null;
    if (this.#due) this.#sendNext();
    if (this.#isEmpty()) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** After a reconnect: what was not acknowledged goes out again, under the same number. */
  resend(): void {
    if (this.#underWay !== null) this.#send(this.#underWay);
    else this.#flush();
  }

  /** Resolves once the server has everything. */
  whenEmpty(): Promise<void> {
    this.#flush();
    return this.#isEmpty() ? Promise.resolve() : new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  #flush(): void {
    this.#due = true;
    this.#sendNext();
  }

  #isEmpty(): boolean {
    return this.#underWay === null && this.#waiting.length === 0;
  }

  #sendNext(): void {
    if (this.#underWay !== null || this.#waiting.length === 0) return;
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
    const items = this.#waiting.splice(0, MAX_ITEMS);
    this.#due = this.#waiting.length > 0;
    this.#number += 1;
    this.#underWay = { type: 'batch', session: this.#session, epoch: this.#epoch, batch: this.#number, items };
    this.#send(this.#underWay);
  }
}
