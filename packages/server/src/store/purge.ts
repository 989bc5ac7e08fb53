/** What deleted sessions leave behind in the large tables, removed in portions so that no statement runs long. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';

const PORTION = 5_000;

/** Deleted sessions whose log or transcripts are still there, the longest deleted first. */
export async function deletedSessions(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.selectFrom('deletedSessions').select('sessionId').orderBy('deletedAt').limit(limit).execute();
  return rows.map((row) => row.sessionId);
}

/** Removes one portion. @returns whether nothing of the session is left. Two servers at once do each other no harm. */
export async function purgePortion(tx: Tx, sessionId: string): Promise<boolean> {
  const { rows } = await sql<{ removed: number }>`
    WITH events AS (
      DELETE FROM session_events WHERE session_id = ${sessionId} AND seq IN (
        SELECT seq FROM session_events WHERE session_id = ${sessionId} ORDER BY seq LIMIT ${PORTION}) RETURNING 1
    ), entries AS (
      DELETE FROM transcript_entries WHERE session_id = ${sessionId} AND (sdk_session_id, subpath, n) IN (
        SELECT sdk_session_id, subpath, n FROM transcript_entries WHERE session_id = ${sessionId} LIMIT ${PORTION}) RETURNING 1
    ) SELECT ((SELECT count(*) FROM events) + (SELECT count(*) FROM entries))::int AS removed`.execute(tx);
  if ((rows[0]?.removed ?? 0) > 0) return false;
  await tx.deleteFrom('snapshots').where('sessionId', '=', sessionId).execute();
  await tx.deleteFrom('deletedSessions').where('sessionId', '=', sessionId).execute();
  return true;
}
