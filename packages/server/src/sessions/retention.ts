/** How long tenants keep what has ended, where it is not as the settings say. */
import { listTenants } from '../store/keys.ts';
import { wakeEnded } from '../store/sessions.ts';
import type { Engine } from './engine.ts';

/** Learns what was set, here or at another server; what has ended of a tenant whose retention is another now is looked at again. */
export async function learnRetention(engine: Engine): Promise<void> {
  for (const { id, retention } of await listTenants(engine.database.db)) {
    const before = JSON.stringify(engine.retention.get(id) ?? {});
    if (before === JSON.stringify(retention)) continue;
    engine.retention.set(id, retention);
    await wakeEnded(engine.database.db, id);
  }
}
