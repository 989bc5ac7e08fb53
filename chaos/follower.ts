/** A reader of a session's live log that comes back with its cursor, to any server, whatever happens to its stream. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionEvent } from '@rigger/server/types';
import type { Api } from './api.ts';
import { type Ledger, outcomeOf, type Session } from './ledger.ts';

/** Longer than the server's heartbeat, which comes every 15 s. */
const SILENCE_MS = 20_000;

export class Follower {
  readonly #api: Api;
  readonly #ledger: Ledger;
  readonly #session: Session;
  readonly #stop = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(api: Api, ledger: Ledger, session: Session) {
    this.#api = api;
    this.#ledger = ledger;
    this.#session = session;
    ledger.tally.streams += 1;
    void this.#follow();
  }

  get lastSeq(): number {
    return this.#session.events.at(-1)?.seq ?? 0;
  }

  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  /** Resolves once `test` holds; it is asked again after every event. Rejects when it does not within `patienceMs`. */
  async until(test: () => boolean, patienceMs: number): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!test()) {
      const left = deadline - Date.now();
      if (left <= 0 || this.#stop.signal.aborted) throw new Error('it did not come to that');
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#read().catch(() => {}); // its stream broke: it comes back
      await pause(100, undefined, { signal }).catch(() => {});
    }
  }

  async #read(): Promise<void> {
    const cursor = this.lastSeq;
    // Both ways of giving a cursor are in the contract.
    const byHeader = cursor > 0 && cursor % 2 === 0;
    const path = `/api/sessions/${this.#session.id}/events${byHeader ? '' : `?after=${cursor}`}`;
    const answer = await this.#api.open(this.#api.anyServer(), 'GET', path, {
      headers: { accept: 'text/event-stream', ...(byHeader ? { 'last-event-id': String(cursor) } : {}) },
      timeoutMs: SILENCE_MS,
      signal: this.#stop.signal,
    });
    this.#ledger.tally.connects += 1;
    if (answer.statusCode === 404 && this.#session.state !== 'deleted')
      this.#ledger.violate('lost session', `${this.#session.id} was acknowledged, and its stream answers 404`);
    if (answer.statusCode !== 200) {
      answer.destroy();
      return;
    }
    let rest = '';
    for await (const piece of answer.setEncoding('utf8')) {
      const frames = (rest + piece).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) this.#take(frame);
    }
  }

  #take(frame: string): void {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (data === undefined) return; // a heartbeat
    const event = JSON.parse(data) as SessionEvent;
    if (event.seq === undefined) return; // live only
    const id = Number(/^id: (.*)$/m.exec(frame)?.[1]);
    const where = `${this.#session.id} after ${this.lastSeq}`;
    if (id !== event.seq) this.#ledger.violate('stream', `${where}: the frame's id ${id} is not its seq ${event.seq}`);
    if (event.seq <= this.lastSeq) {
      this.#ledger.violate('stream', `${where}: ${event.seq} came again`);
      return;
    }
    if (event.seq > this.lastSeq + 1) this.#ledger.violate('stream', `${where}: a gap, ${event.seq} came next`);
    this.#session.events.push(event);
    this.#ledger.tally.events += 1;
    if (event.type === 'turn.finished' && event.turnId !== null) this.#ledger.turnEnded(event.turnId, outcomeOf(event));
    this.#wake();
  }
}
