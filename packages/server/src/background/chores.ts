/** What has to be cleared away now and then. Each is safe to be done twice, or by two servers at once. */
import type { Engine } from '../sessions/engine.ts';
import { KEY_KEPT_MS } from '../sessions/idempotency.ts';
import { forgetKeys } from '../store/idempotency.ts';
import { deletedSessions, purgePortion } from '../store/purge.ts';
import { forgetRunners } from '../store/runners.ts';
import type { Chore } from './jobs.ts';

const RUNNER_FORGOTTEN_MS = 86_400_000;
const SESSIONS_AT_ONCE = 100;

/** Removes the logs and transcripts of deleted sessions, in portions. */
export async function purgeDeleted(engine: Engine): Promise<void> {
  for (;;) {
    const sessions = await deletedSessions(engine.database.db, SESSIONS_AT_ONCE);
    for (const session of sessions) while (!(await purgePortion(engine.database.db, session)));
    if (sessions.length < SESSIONS_AT_ONCE) return;
  }
}

export function chores(engine: Engine): Chore[] {
  const { db } = engine.database;
  return [
    { name: 'purge-deleted-sessions', cron: '* * * * *', run: () => purgeDeleted(engine) },
    { name: 'forget-idempotency-keys', cron: '7 * * * *', run: async () => void (await forgetKeys(db, KEY_KEPT_MS)) },
    {
      name: 'forget-runners',
      cron: '17 * * * *',
      run: async () => void (await forgetRunners(db, RUNNER_FORGOTTEN_MS)),
    },
  ];
}
