/**
 * The warm pool: hosts with a sandbox and a running agent that belong to no session yet. A session that would have started its
 * agent the same way takes one over, and begins in the time of a turn. What is kept follows what was lately asked for.
 */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { SessionSpec } from '../protocol/index.ts';
import { type Demand, demandAt, profileOf, shareOut, withOneMore } from './profiles.ts';

/** What the pool keeps: made for a kind, good for one session. */
export interface Spare {
  /** Whether it can still be taken over. */
  readonly ready: boolean;
}

export interface WarmPoolParts<S extends Spare> {
  /** Spares of all kinds at most; 0 for no pool. */
  most: number;
  /** Holds a folder for each spare; emptied at the start. */
  folder: string;
  /** Makes one. Rejects when it cannot; resolves when it is ready. */
  make(spec: SessionSpec): Promise<S>;
  /** Ends one that is not needed, with all that it has. */
  discard(spare: S): Promise<void>;
  /** Whether there is no memory for what nobody uses yet. */
  isMemoryTight(): boolean;
  log: Logger;
}

export interface WarmState {
  spares: number;
  hits: number;
  misses: number;
}

/** Sessions that start have the processors to themselves: spares are made when none has for so long. */
const CALM_MS = 1_000;
const LOOK_MS = 10_000;
/** What an agent knows of the day and the machine grows old. */
const OLDEST_MS = 1_800_000;
const MOST_KINDS = 64;
/** As demand that takes hours to be forgotten. */
const EXPECTED = 1e6;

export class WarmPool<S extends Spare> {
  readonly #parts: WarmPoolParts<S>;
  readonly #kinds = new Map<string, { demand: Demand; spec: SessionSpec }>();
  #spares: { kind: string; spare: S; since: number }[] = [];
  #filling: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #hits = 0;
  #misses = 0;

  constructor(parts: WarmPoolParts<S>) {
    this.#parts = parts;
    rmSync(parts.folder, { recursive: true, force: true });
    if (parts.most > 0) this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  get state(): WarmState {
    return { spares: this.#spares.length, hits: this.#hits, misses: this.#misses };
  }

  /** A spare for a session that is about to start, or null; either way its kind is remembered. */
  claim(spec: SessionSpec): S | null {
    const kind = this.#parts.most > 0 && !this.#closed ? profileOf(spec) : null;
    if (kind === null) return null;
    const known = this.#kinds.get(kind);
    this.#kinds.delete(kind);
    this.#kinds.set(kind, { demand: withOneMore(known?.demand, Date.now()), spec: known?.spec ?? spec });
    if (this.#kinds.size > MOST_KINDS) this.#kinds.delete(this.#kinds.keys().next().value as string);
    const at = this.#spares.findIndex((one) => one.kind === kind && one.spare.ready);
    const [found] = at < 0 ? [] : this.#spares.splice(at, 1);
    if (found === undefined) this.#misses += 1;
    else this.#hits += 1;
    this.#fillSoon();
    return found?.spare ?? null;
  }

  /** Keeps one for sessions such as `spec` in the place of any other: its runner was told what will be asked for. */
  expect(spec: SessionSpec): void {
    const kind = this.#parts.most > 0 && !this.#closed ? profileOf(spec) : null;
    if (kind === null || (this.#kinds.has(kind) && this.#kinds.size === 1)) return;
    this.#kinds.clear();
    this.#kinds.set(kind, { demand: { weight: EXPECTED, at: Date.now() }, spec });
    this.#look();
  }

  /** Memory is tight: what nobody uses yet goes first. */
  giveUp(): void {
    if (this.#spares.length > 0) this.#look();
  }

  /** A spare has died. */
  lost(spare: S): void {
    this.#spares = this.#spares.filter((one) => one.spare !== spare);
    this.#fillSoon();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#filling;
    await Promise.allSettled(this.#spares.splice(0).map(({ spare }) => this.#parts.discard(spare)));
  }

  #soon: NodeJS.Timeout | null = null;
  #fillSoon(): void {
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#look(), CALM_MS).unref();
  }

  #look(): void {
    if (this.#closed || this.#filling !== null) return;
    this.#filling = this.#fill()
      .catch((error: unknown) => this.#parts.log.warn({ err: error }, 'A spare agent could not be made'))
      .finally(() => {
        this.#filling = null;
      });
  }

  /** One at a time on small machines: what starts for a session goes before what starts for none. */
  async #fill(): Promise<void> {
    const wanted = this.#wanted();
    await this.#shrink(wanted);
    const missing: string[] = [];
    for (const [kind, places] of wanted) {
      const there = this.#spares.filter((one) => one.kind === kind).length;
      for (let n = there; n < places; n += 1) missing.push(kind);
    }
    const atOnce = Math.max(1, Math.floor(availableParallelism() / 4));
    await Promise.all(
      Array.from({ length: Math.min(atOnce, missing.length) }, async () => {
        for (let kind = missing.shift(); kind !== undefined && !this.#closed; kind = missing.shift())
          await this.#makeOne(kind);
      }),
    );
  }

  async #makeOne(kind: string): Promise<void> {
    const known = this.#kinds.get(kind);
    if (known === undefined || this.#parts.isMemoryTight()) return;
    try {
      const spare = await this.#parts.make(known.spec);
      if (this.#closed) await this.#parts.discard(spare);
      else this.#spares.push({ kind, spare, since: Date.now() });
    } catch (error) {
      // Its sessions fail to start too, and say why.
      this.#kinds.delete(kind);
      throw error;
    }
  }

  #wanted(): Map<string, number> {
    if (this.#parts.isMemoryTight()) return new Map();
    const now = Date.now();
    const demands = new Map([...this.#kinds].map(([kind, { demand }]) => [kind, demandAt(demand, now)]));
    return shareOut(demands, this.#parts.most);
  }

  async #shrink(wanted: Map<string, number>): Promise<void> {
    const kept = new Map<string, number>();
    const over = this.#spares.filter(({ kind, spare, since }) => {
      const count = (kept.get(kind) ?? 0) + 1;
      const keep = spare.ready && Date.now() - since < OLDEST_MS && count <= (wanted.get(kind) ?? 0);
      if (keep) kept.set(kind, count);
      return !keep;
    });
    this.#spares = this.#spares.filter((one) => !over.includes(one));
    await Promise.allSettled(over.map(({ spare }) => this.#parts.discard(spare)));
  }
}
