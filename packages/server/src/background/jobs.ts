/**
 * Work that is nobody's request, on pg-boss: one server at a time does a job, whichever is free, and one that dies
 * leaves it to another. See docs/decisions/0007-jobs.md; limits and leases are the sweeper's, which wakes on time.
 */
import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';

/** Work that comes round again. */
export interface Chore {
  name: string;
  /** Cron, UTC. */
  cron: string;
  run(): Promise<void>;
}

const SCHEMA = 'rigger_jobs';
const POLL_SECONDS = 5;
const EXPIRES_SECONDS = 600;
const START_RETRY_MS = 5_000;

export class Jobs {
  readonly #boss: PgBoss;
  readonly #chores: Chore[];
  readonly #log: Logger;
  #retry: NodeJS.Timeout | null = null;
  #starting: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(database: Database, chores: Chore[], log: Logger) {
    this.#chores = chores;
    this.#log = log.child({ part: 'jobs' });
    this.#boss = new PgBoss({
      schema: SCHEMA,
      db: { executeSql: (text, values) => database.pool.query(text, values) },
    });
    // Said for every poll while the database is away; the next one tries again.
    this.#boss.on('error', (error) => this.#log.debug({ err: error }, 'A job could not be looked for'));
  }

  /** Begins in the background, and tries again while the database is away. */
  start(): void {
    this.#starting = this.#start().catch((error: unknown) => {
      if (this.#stopped) return;
      this.#log.warn({ err: error }, 'Background jobs could not be started; it is tried again');
      this.#retry = setTimeout(() => this.start(), START_RETRY_MS);
    });
  }

  async #start(): Promise<void> {
    await this.#boss.start();
    for (const { name, cron, run } of this.#chores) {
      if (this.#stopped) return;
      await this.#boss.createQueue(name, {
        // What is waiting to be done need not be asked for again.
        policy: 'stately',
        retryLimit: 3,
        retryBackoff: true,
        expireInSeconds: EXPIRES_SECONDS,
        retentionSeconds: 86_400,
        deleteAfterSeconds: 86_400,
      });
      await this.#boss.schedule(name, cron);
      await this.#boss.work(name, { pollingIntervalSeconds: POLL_SECONDS }, async () => {
        await run();
      });
    }
  }

  /** Ends once what is being done is done, for a bounded time. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#starting;
    await this.#boss.stop({ graceful: true, timeout: 2_000 }).catch(() => {});
  }
}
