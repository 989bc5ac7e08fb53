/**
 * What time brings: limits of idle time and lifetime, parking, retention, and leases that have run out.
 *
 * A sweep asks an index for what is due and so costs what is due. It runs when the next deadline comes, and at the
 * sweep interval all the same, for deadlines that another server set.
 */
import type { Logger } from 'pino';
import { RiggerError } from '../model/errors.ts';
import type { Committed } from '../sessions/committed.ts';
import type { Engine } from '../sessions/engine.ts';
import { ageSession, removeSession } from '../sessions/lifecycle.ts';
import { Fenced, loseRunner } from '../sessions/reports.ts';
import { learnRetention } from '../sessions/retention.ts';
import { settleLostCalls } from '../sessions/spending.ts';
import { chainAudit } from '../store/audit.ts';
import { transact } from '../store/database.ts';
import { abandonedSessions } from '../store/runners.ts';
import { dueSessions, untilNextDeadline } from '../store/sessions.ts';
import { foldSessionSums } from '../store/stats.ts';

const BATCH = 100;
const FAILURE_PAUSE_MS = 1_000;
const FOLD_EVERY_MS = 10_000;
const CHAINED_AT_ONCE = 1_000;

export interface SweeperOptions {
  engine: Engine;
  intervalMs: number;
  /** Places sessions that wait for a runner, and tells runners what they were not told. */
  reconcile(): Promise<void>;
  /** Told how long a sweep took. */
  onSwept?: (ms: number) => void;
}

export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #engine: Engine;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  #wakesAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | null = null;
  #stopped = true;
  #folding: Promise<void> | null = null;
  #foldedAt = Date.now();

  constructor(options: SweeperOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#log = options.engine.log.child({ part: 'sweeper' });
  }

  start(): void {
    this.#stopped = false;
    this.#engine.signals.on('committed', this.#onCommitted);
    this.#log.info(
      { intervalMs: this.#options.intervalMs },
      'Started monitoring limits: idle time, lifetime, budget and turns',
    );
    this.#wakeIn(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#engine.signals.off('committed', this.#onCommitted);
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
    await this.#folding;
  }

  readonly #onCommitted = ({ session, at }: Committed): void => {
    if (session.nextDeadlineAt === null) return;
    // Measured by this machine's clock against the database's time of the change: a wrong clock wakes it early or at the interval.
    const inMs = session.nextDeadlineAt.getTime() - at.getTime();
    if (Date.now() + inMs < this.#wakesAt) this.#wakeIn(Math.max(0, inMs));
  };

  #wakeIn(ms: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const delay = Math.max(0, Math.min(ms, this.#options.intervalMs));
    this.#wakesAt = Date.now() + delay;
    this.#timer = setTimeout(() => {
      if (this.#running !== null) return;
      this.#running = this.#sweep().finally(() => {
        this.#running = null;
      });
    }, delay);
  }

  async #sweep(): Promise<void> {
    let nextMs = this.#options.intervalMs;
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const began = performance.now();
    try {
      const failed = await this.#age();
      await this.#reclaim();
      await settleLostCalls(this.#engine);
      await this.#chain();
      await learnRetention(this.#engine);
      await this.#options.reconcile();
      if (Date.now() - this.#foldedAt > FOLD_EVERY_MS) this.#folding ??= this.#fold();
      // What could not be done stays due: it is tried again, but not without pause.
      const least = failed ? FAILURE_PAUSE_MS : 1;
      nextMs = Math.max(least, (await untilNextDeadline(this.#engine.database.db)) ?? nextMs);
    } catch (error) {
      this.#log.error({ err: error }, 'A sweep failed; the next one does its work');
    }
    this.#options.onSwept?.(performance.now() - began);
    // A change meanwhile may have asked for an earlier one.
    this.#wakeIn(Math.min(nextMs, this.#wakesAt - Date.now()));
  }

  /** Beside the sweep: what is due does not wait for sums. */
  async #fold(): Promise<void> {
    try {
      while (!this.#stopped && (await foldSessionSums(this.#engine.database.db)));
    } catch (error) {
      this.#log.error({ err: error }, 'Sums could not be folded; the statistics are right and slower');
    }
    this.#foldedAt = Date.now();
    this.#folding = null;
  }

  /** Chains what is new in the audit log. */
  async #chain(): Promise<void> {
    while ((await transact(this.#engine.database.db, (tx) => chainAudit(tx, CHAINED_AT_ONCE))) === CHAINED_AT_ONCE);
  }

  /** @returns whether something that is due could not be done. */
  async #age(): Promise<boolean> {
    for (;;) {
      const due = await dueSessions(this.#engine.database.db, BATCH);
      const results = await Promise.allSettled(due.map((id) => this.#ageOne(id)));
      const failed = results.filter((result) => result.status === 'rejected');
      for (const failure of failed)
        this.#log.error({ err: failure.reason }, 'What was due for a session failed; it stays due');
      if (due.length < BATCH || failed.length > 0 || this.#stopped) return failed.length > 0;
    }
  }

  async #ageOne(id: string): Promise<void> {
    try {
      const { remove } = await ageSession(this.#engine, id);
      if (!remove) return;
      await removeSession(this.#engine, id);
      this.#log.info({ session: id }, 'Session deleted: its retention is over');
    } catch (error) {
      if (error instanceof RiggerError && error.code === 'session_not_found') return;
      throw error;
    }
  }

  async #reclaim(): Promise<void> {
    for (const { id, runnerId, epoch } of await abandonedSessions(this.#engine.database.db, BATCH)) {
      this.#log.warn({ session: id, runner: runnerId }, 'A runner let its lease pass; the session goes on elsewhere');
      await loseRunner(this.#engine, runnerId, id, epoch).catch((error: unknown) => {
        if (!(error instanceof Fenced)) throw error;
      });
    }
  }
}
