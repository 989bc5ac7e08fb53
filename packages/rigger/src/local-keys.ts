/** Keys made without a server. Apart from the commands, as the server comes with it. */
import type { KeyRequest, NewApiKey } from '@rigger/client';
import { makeKey, makeLocalKey } from '@rigger/server';
import { settingsOf, withDatabase } from './local-database.ts';

/** Makes a key in the database of this machine's settings itself. */
export const makeKeyHere = (
  dataDir: string | undefined,
  request: KeyRequest & { scopes: NonNullable<KeyRequest['scopes']> },
): Promise<NewApiKey> => withDatabase(settingsOf(dataDir), false, (connection) => makeLocalKey(connection, request));

/** A key that is kept nowhere. */
export const makeUpKey = (): string => makeKey().key;
