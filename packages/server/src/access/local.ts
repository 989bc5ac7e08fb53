/** The first key, made in the database itself by whoever can reach it: no server need run. */
import { hostname, userInfo } from 'node:os';
import type pg from 'pg';
import { type KeyRequest, type KeyView, LOCAL_CALLER } from '../model/access.ts';
import { type Connection, openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { actAs } from './actor.ts';
import { createKey } from './operations.ts';
import { viewKey } from './views.ts';

/** Makes a key, of any tenant. @returns it, which is kept nowhere. @throws RiggerError `invalid_request`. */
export async function makeLocalKey(
  connection: Exclude<Connection, string> | pg.ClientConfig,
  request: KeyRequest,
): Promise<KeyView & { key: string }> {
  const { connectionString } = connection as pg.ClientConfig;
  const database = openDatabase(connectionString ?? (connection as Connection), { max: 2 });
  try {
    await migrate(database.clientConfig);
    const name = `${userInfo().username}@${hostname()}`;
    const actor = {
      tenant: LOCAL_CALLER.tenant,
      name,
      keyId: null,
      userId: null,
      limits: {},
      address: null,
      requestId: 'command line',
      action: 'key.create',
      about: null,
      recordedIn: null,
    };
    const { record, key } = await actAs(actor, () => createKey(database.db, { ...LOCAL_CALLER, name }, request));
    return { ...viewKey(record), key };
  } finally {
    await database.close();
  }
}
