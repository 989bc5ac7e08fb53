/** What has to be cleared away now and then. Each is safe to be done twice, or by two servers at once. */
import type { Engine } from '../sessions/engine.ts';
import { KEY_KEPT_MS } from '../sessions/idempotency.ts';
import { transact } from '../store/database.ts';
import { forgetDeliveries } from '../store/deliveries.ts';
import { forgetKeys } from '../store/idempotency.ts';
import { forgetCalls } from '../store/ledger.ts';
import { deletedSessions, purgePortion } from '../store/purge.ts';
import { forgetRunners } from '../store/runners.ts';
import { forgetRuns } from '../store/schedule-runs.ts';
import { disownUnneeded, takeUnneeded } from '../store/snapshots.ts';
import type { Chore } from './jobs.ts';

const RUNNER_FORGOTTEN_MS = 86_400_000;
const SESSIONS_AT_ONCE = 100;
const CALLS_AT_ONCE = 5_000;
/** Longer than a delivery is tried, whatever the settings. */
const DELIVERY_KEPT_MS = 31 * 86_400_000;
const DELIVERIES_AT_ONCE = 1_000;
const RUN_KEPT_MS = 90 * 86_400_000;
const RUNS_AT_ONCE = 1_000;
const BLOBS_AT_ONCE = 100;
const BLOB_UNWANTED_MS = 86_400_000;

/** Removes the logs and transcripts of deleted sessions, in portions. */
export async function purgeDeleted(engine: Pick<Engine, 'database'>): Promise<void> {
  for (;;) {
    const sessions = await deletedSessions(engine.database.db, SESSIONS_AT_ONCE);
    for (const session of sessions) while (!(await purgePortion(engine.database.db, session)));
    if (sessions.length < SESSIONS_AT_ONCE) return;
  }
}

/** Removes old deliveries of webhooks, in portions. */
export async function forgetOldDeliveries(engine: Engine): Promise<void> {
  while ((await forgetDeliveries(engine.database.db, DELIVERY_KEPT_MS, DELIVERIES_AT_ONCE)) === DELIVERIES_AT_ONCE);
}

/** Removes old runs of schedules, in portions. */
export async function forgetOldRuns(engine: Engine): Promise<void> {
  while ((await forgetRuns(engine.database.db, RUN_KEPT_MS, RUNS_AT_ONCE)) === RUNS_AT_ONCE);
}

/** Removes old rows of the ledger, in portions. */
export async function forgetOldCalls(engine: Engine, keptMs: number): Promise<void> {
  while ((await forgetCalls(engine.database.db, keptMs, CALLS_AT_ONCE)) === CALLS_AT_ONCE);
}

export interface ChoreSettings {
  /** How long a settled call stays in the ledger; undefined: for ever. */
  ledgerKeptMs: number | undefined;
  /** The store of snapshots; null where there is none. */
  blobs: {
    remove(hash: string): Promise<void>;
    /** Removes what is left of puts that were cut off so long ago. */
    tidy?(olderThanMs: number): Promise<number>;
  } | null;
}

/** Removes blobs that no snapshot needs. What is being taken relies on those it was told of: they are left alone for a day. */
export async function removeUnneededBlobs(
  engine: Pick<Engine, 'database'>,
  remove: (hash: string) => Promise<void>,
  unwantedMs = BLOB_UNWANTED_MS,
): Promise<void> {
  for (;;) {
    // Committed first: a server that dies in between leaves none that is said to be there and is not.
    await disownUnneeded(engine.database.db, unwantedMs, BLOBS_AT_ONCE);
    // Within the transaction: whoever stores such a blob again meanwhile waits for it, and stores it after it was removed.
    const removed = await transact(engine.database.db, async (tx) => {
      const hashes = await takeUnneeded(tx, unwantedMs, BLOBS_AT_ONCE);
      for (const hash of hashes) await remove(hash);
      return hashes.length;
    });
    if (removed < BLOBS_AT_ONCE) return;
  }
}

export function chores(engine: Engine, { ledgerKeptMs, blobs }: ChoreSettings): Chore[] {
  const { db } = engine.database;
  return [
    { name: 'purge-deleted-sessions', cron: '* * * * *', run: () => purgeDeleted(engine) },
    { name: 'forget-idempotency-keys', cron: '7 * * * *', run: async () => void (await forgetKeys(db, KEY_KEPT_MS)) },
    { name: 'forget-deliveries', cron: '47 * * * *', run: () => forgetOldDeliveries(engine) },
    { name: 'forget-schedule-runs', cron: '57 * * * *', run: () => forgetOldRuns(engine) },
    {
      name: 'forget-runners',
      cron: '17 * * * *',
      run: async () => void (await forgetRunners(db, RUNNER_FORGOTTEN_MS)),
    },
    ...(blobs === null
      ? []
      : [
          {
            name: 'remove-unneeded-blobs',
            cron: '37 * * * *',
            run: async () => {
              await removeUnneededBlobs(engine, blobs.remove);
              await blobs.tidy?.(BLOB_UNWANTED_MS);
            },
          },
        ]),
    ...(ledgerKeptMs === undefined
      ? []
      : [{ name: 'forget-model-calls', cron: '27 * * * *', run: () => forgetOldCalls(engine, ledgerKeptMs) }]),
  ];
}
