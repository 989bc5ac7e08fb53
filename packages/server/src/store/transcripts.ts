/**
 * The SDK's session store over PostgreSQL, as its documentation contracts it: entries in the order of their appending,
 * once each by `uuid`, null for what was never written, each key apart from every other.
 */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

export interface TranscriptKey {
  sessionId: string;
  sdkSessionId: string;
  /** Empty for the main transcript, else a subagent's. */
  subpath: string;
}

export async function appendTranscript(tx: Tx, key: TranscriptKey, entries: Record<string, unknown>[]): Promise<void> {
  if (entries.length === 0) return;
  const uuids = entries.map((entry) => (typeof entry.uuid === 'string' ? entry.uuid : null));
  await sql`
    INSERT INTO transcript_entries (session_id, sdk_session_id, subpath, uuid, entry)
    SELECT ${key.sessionId}, ${key.sdkSessionId}, ${key.subpath}, uuid, entry
    FROM unnest(${uuids}::text[], ${entries.map((entry) => JSON.stringify(entry))}::json[]) WITH ORDINALITY AS e (uuid, entry, n)
    ORDER BY n
    ON CONFLICT (session_id, sdk_session_id, subpath, uuid) WHERE uuid IS NOT NULL DO NOTHING`.execute(tx);
}

/** Null when nothing was ever written under this key. */
export async function loadTranscript(tx: Tx, key: TranscriptKey): Promise<Record<string, unknown>[] | null> {
  const rows = await tx
    .selectFrom('transcriptEntries')
    .select('entry')
    .where('sessionId', '=', key.sessionId)
    .where('sdkSessionId', '=', key.sdkSessionId)
    .where('subpath', '=', key.subpath)
    .orderBy('n')
    .execute();
  return rows.length === 0 ? null : rows.map((row) => row.entry);
}

/** The subagents' transcripts under one SDK session. */
export async function transcriptSubpaths(tx: Tx, sessionId: string, sdkSessionId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('transcriptEntries')
    .select('subpath')
    .distinct()
    .where('sessionId', '=', sessionId)
    .where('sdkSessionId', '=', sdkSessionId)
    .where('subpath', '!=', '')
    .orderBy('subpath')
    .execute();
  return rows.map((row) => row.subpath);
}

/** Gives a new session a copy of an earlier one's transcripts: from then on neither touches the other. */
export async function copyTranscripts(tx: Tx, from: string, to: string): Promise<void> {
  await sql`
    INSERT INTO transcript_entries (session_id, sdk_session_id, subpath, uuid, entry)
    SELECT ${to}, sdk_session_id, subpath, uuid, entry FROM transcript_entries WHERE session_id = ${from} ORDER BY n`.execute(
    tx,
  );
}

/** Whether a session's conversations have a message of this id. */
export async function hasMessage(tx: Tx, sessionId: string, uuid: string): Promise<boolean> {
  const found = tx
    .selectFrom('transcriptEntries')
    .select('uuid')
    .where('sessionId', '=', sessionId)
    .where('uuid', '=', uuid);
  return (await found.where('subpath', '=', '').limit(1).executeTakeFirst()) !== undefined;
}

/** The first of these messages that a session's main conversations do not have; null when they have them all. */
export async function missingMessage(
  tx: Tx,
  sessionId: string,
  messages: { sdkSessionId: string; uuid: string }[],
): Promise<string | null> {
  for (const { sdkSessionId, uuid } of messages) {
    const found = tx
      .selectFrom('transcriptEntries')
      .select('uuid')
      .where('sessionId', '=', sessionId)
      .where('sdkSessionId', '=', sdkSessionId)
      .where('subpath', '=', '')
      .where('uuid', '=', uuid);
    if ((await found.executeTakeFirst()) === undefined) return uuid;
  }
  return null;
}
