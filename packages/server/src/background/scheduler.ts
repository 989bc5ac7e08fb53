/**
 * Runs schedules when their times come, by the database's clock. Taking a time on is one transaction under the schedule's lock, with
 * a row that a time has once; starting its run is idempotent. So of many servers one does it, and one that dies leaves it to another.
 */
import type { Logger } from 'pino';
import { startRun, takeOnDueTimes } from '../schedules/running.ts';
import type { Committed } from '../sessions/committed.ts';
import type { Engine } from '../sessions/engine.ts';
import { transact } from '../store/database.ts';
import { anyRunWaits, claimRuns } from '../store/schedule-runs.ts';
import { untilNextSchedule } from '../store/schedules.ts';
import { Alarm } from './alarm.ts';

const AT_ONCE = 20;
const CLAIM_MS = 30_000;
const FAILURE_PAUSE_MS = 1_000;

export class Scheduler {
  readonly #engine: Engine;
  readonly #intervalMs: number;
  readonly #log: Logger;
  readonly #alarm: Alarm;
  /** Whether runs wait for others, as far as the last look saw. */
  #waits = false;

  constructor({ engine, intervalMs }: { engine: Engine; intervalMs: number }) {
    this.#engine = engine;
    this.#intervalMs = intervalMs;
    this.#log = engine.log.child({ part: 'scheduler' });
    this.#alarm = new Alarm(() => this.#look(), intervalMs);
  }

  start(): void {
    this.#engine.signals.on('committed', this.#onCommitted);
    this.#alarm.start();
  }

  /** A schedule was made, changed or is to be run. */
  wake(): void {
    this.#alarm.wake();
  }

  async stop(): Promise<void> {
    this.#engine.signals.off('committed', this.#onCommitted);
    await this.#alarm.stop();
  }

  readonly #onCommitted = ({ ended }: Committed): void => {
    if (this.#waits && ended.length > 0) this.#alarm.wake();
  };

  /** @returns in how many milliseconds to look again. */
  async #look(): Promise<number> {
    const { db } = this.#engine.database;
    try {
      const due = await takeOnDueTimes(this.#engine, AT_ONCE);
      const runs = await transact(db, (tx) => claimRuns(tx, AT_ONCE, CLAIM_MS));
      const started = await Promise.allSettled(runs.map((run) => startRun(this.#engine, run)));
      for (const result of started)
        if (result.status === 'rejected')
          this.#log.warn({ err: result.reason }, 'A run of a schedule could not be started; it is tried again');
      if (due === AT_ONCE || runs.length > 0) return 0;
      this.#waits = await anyRunWaits(db);
      return (await untilNextSchedule(db)) ?? this.#intervalMs;
    } catch (error) {
      this.#log.debug({ err: error }, 'Schedules could not be looked at; it is tried again');
      return FAILURE_PAUSE_MS;
    }
  }
}
