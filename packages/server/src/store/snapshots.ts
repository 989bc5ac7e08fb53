import { sql } from 'kysely';
import type { SnapshotReason } from '../model/snapshots.ts';
import type { Tx } from './database.ts';

export interface SnapshotRecord {
  id: string;
  sessionId: string;
  reason: SnapshotReason;
  createdAt: Date;
  epoch: number;
  manifest: string;
  files: number;
  bytes: number;
  storedBytes: number;
  /** agent → how far its conversation had come. */
  conversations: Record<string, { sdkSessionId: string; uuid: string | null }>;
  config: Record<string, unknown>;
  usage: { totalCost: number; totalTokens: number; numTurns: number };
  /** The turn before which it was taken. */
  turnId: string | null;
}

const COLUMNS = [
  'id', 'sessionId', 'reason', 'createdAt', 'epoch', 'manifest', 'files', 'bytes', 'storedBytes', 'conversations', 'config', 'usage', 'turnId',
] as const; // biome-ignore format: a list

/** Enters a snapshot with the blobs it needs; one that is there already stays as it is. @returns whether it is new. */
export async function insertSnapshot(
  tx: Tx,
  { conversations, config, usage, ...snapshot }: Omit<SnapshotRecord, 'createdAt'>,
  blobs: string[],
): Promise<boolean> {
  const json = (value: unknown) => sql`${JSON.stringify(value)}::jsonb` as never;
  const row = await tx
    .insertInto('snapshots')
    .values({ ...snapshot, conversations: json(conversations), config: json(config), usage: json(usage) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  await sql`
    INSERT INTO snapshot_blobs (snapshot_id, blob) SELECT DISTINCT ${snapshot.id}::text, blob FROM unnest(${blobs}::text[]) AS blob`.execute(
    tx,
  );
  return true;
}

/** The same files under another id, of the same session, or of another that has not run yet. */
export async function copySnapshot(
  tx: Tx,
  from: string,
  to: { id: string; reason: SnapshotReason; sessionId?: string },
): Promise<void> {
  const { id, reason, sessionId = null } = to;
  await sql`
    INSERT INTO snapshots (id, session_id, reason, epoch, manifest, files, bytes, stored_bytes, conversations, config, usage)
    SELECT ${id}, coalesce(${sessionId}::text, session_id), ${reason}, CASE WHEN ${sessionId}::text IS NULL THEN epoch ELSE 0 END, manifest,
      files, bytes, stored_bytes, conversations, config, usage
    FROM snapshots WHERE id = ${from}`.execute(tx);
  await sql`
    INSERT INTO snapshot_blobs (snapshot_id, blob) SELECT ${id}, blob FROM snapshot_blobs WHERE snapshot_id = ${from}`.execute(
    tx,
  );
}

export async function findSnapshot(tx: Tx, id: string): Promise<SnapshotRecord | null> {
  return (await tx.selectFrom('snapshots').select(COLUMNS).where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The newest first. */
/** Whether there is such a snapshot, of a session of this tenant. */
export async function snapshotIsOf(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('snapshots')
    .innerJoin('agentSessions', 'agentSessions.id', 'snapshots.sessionId')
    .select('snapshots.id')
    .where('snapshots.id', '=', id)
    .where('agentSessions.tenant', '=', tenant)
    .executeTakeFirst();
  return row !== undefined;
}

export function listSnapshots(tx: Tx, sessionId: string, limit?: number): Promise<SnapshotRecord[]> {
  const found = tx
    .selectFrom('snapshots')
    .select(COLUMNS)
    .where('sessionId', '=', sessionId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc');
  return (limit === undefined ? found : found.limit(limit)).execute();
}

/**
 * The newest one that was taken when no conversation of the session had come further than a message, and whether none had gone on from
 * there before that message: whether the files are just as they were then. Null also when there is no such message.
 */
export async function snapshotUpTo(
  tx: Tx,
  sessionId: string,
  messageId: string,
): Promise<{ snapshot: SnapshotRecord; exact: boolean } | null> {
  const { rows } = await sql<{ id: string; exact: boolean }>`
    WITH message AS (
      SELECT min(n) AS n FROM transcript_entries WHERE session_id = ${sessionId} AND uuid = ${messageId} AND subpath = ''
    ), taken AS (
      -- How far it had come: 0 before anything was said.
      SELECT s.id, s.created_at, coalesce(max(t.n), 0) AS n FROM snapshots s
      LEFT JOIN LATERAL jsonb_each(s.conversations) AS c ON true
      LEFT JOIN LATERAL (
        SELECT min(n) AS n FROM transcript_entries
        WHERE session_id = ${sessionId} AND subpath = '' AND uuid = c.value ->> 'uuid') AS t ON true
      WHERE s.session_id = ${sessionId} GROUP BY s.id
    )
    SELECT taken.id, NOT EXISTS (
      SELECT FROM transcript_entries t WHERE t.session_id = ${sessionId} AND t.subpath = '' AND t.n > taken.n AND t.n < message.n
        AND t.entry ->> 'type' IN ('user', 'assistant')) AS exact
    FROM taken, message WHERE taken.n <= message.n ORDER BY taken.created_at DESC, taken.id DESC LIMIT 1`.execute(tx);
  const [row] = rows;
  const snapshot = row === undefined ? null : await findSnapshot(tx, row.id);
  return row === undefined || snapshot === null ? null : { snapshot, exact: row.exact };
}

/** The one that was taken before a turn. */
export async function snapshotBefore(tx: Tx, sessionId: string, turnId: string): Promise<SnapshotRecord | null> {
  const found = tx
    .selectFrom('snapshots')
    .select(COLUMNS)
    .where('sessionId', '=', sessionId)
    .where('turnId', '=', turnId);
  return (await found.orderBy('createdAt').limit(1).executeTakeFirst()) ?? null;
}

/** @returns whether it was there. */
export async function dropSnapshot(tx: Tx, sessionId: string, id: string): Promise<boolean> {
  const gone = await tx
    .deleteFrom('snapshots')
    .where('id', '=', id)
    .where('sessionId', '=', sessionId)
    .returning('id')
    .execute();
  return gone.length > 0;
}

/** Notes what a snapshot turned out to be for. */
export async function setSnapshotReason(tx: Tx, id: string, reason: SnapshotReason): Promise<void> {
  await tx.updateTable('snapshots').set({ reason }).where('id', '=', id).execute();
}

/** Drops those of these reasons that are older than the newest few, but for one that is needed. */
export async function dropOlderSnapshots(
  tx: Tx,
  sessionId: string,
  reasons: SnapshotReason[],
  kept: number,
  needed: string | null,
): Promise<void> {
  await sql`
    DELETE FROM snapshots WHERE id IN (
      SELECT id FROM snapshots WHERE session_id = ${sessionId} AND reason = ANY(${reasons}::text[])
      ORDER BY created_at DESC, id DESC OFFSET ${kept}) AND id IS DISTINCT FROM ${needed}::text`.execute(tx);
}

/** How far each agent's conversation has come: its last message, by its id in the transcript. */
export async function conversationsOf(tx: Tx, sessionId: string): Promise<SnapshotRecord['conversations']> {
  const { rows } = await sql<{ name: string; sdkSessionId: string; uuid: string | null }>`
    SELECT a.name, a.sdk_session_id, (
      SELECT t.uuid FROM transcript_entries t
      WHERE t.session_id = a.session_id AND t.sdk_session_id = a.sdk_session_id AND t.subpath = '' AND t.uuid IS NOT NULL
        AND t.entry ->> 'type' IN ('user', 'assistant')
      ORDER BY t.n DESC LIMIT 1) AS uuid
    FROM session_agents a WHERE a.session_id = ${sessionId} AND a.sdk_session_id IS NOT NULL`.execute(tx);
  return Object.fromEntries(rows.map(({ name, sdkSessionId, uuid }) => [name, { sdkSessionId, uuid }]));
}

/** Of these blobs, those that the store has; they stay there for a while, for somebody relies on it now. */
export async function knownBlobs(tx: Tx, hashes: string[]): Promise<string[]> {
  const { rows } = await sql<{ hash: string }>`
    UPDATE blobs SET wanted_at = now() WHERE hash = ANY(${hashes}::text[]) AND stored RETURNING hash`.execute(tx);
  return rows.map((row) => row.hash);
}

/** The first of these blobs that the store does not have; null when it has them all. */
export async function missingBlob(tx: Tx, hashes: string[]): Promise<string | null> {
  const { rows } = await sql<{ hash: string }>`
    SELECT wanted.hash FROM unnest(${hashes}::text[]) AS wanted (hash)
    WHERE NOT EXISTS (SELECT FROM blobs b WHERE b.hash = wanted.hash AND b.stored) LIMIT 1`.execute(tx);
  return rows[0]?.hash ?? null;
}

/** Before it is put: should that be the last that is heard of it, it is found again and removed. It is not known by that yet. */
export async function noteBlob(tx: Tx, hash: string, bytes: number): Promise<void> {
  await sql`
    INSERT INTO blobs (hash, bytes, stored) VALUES (${hash}, ${bytes}, false)
    ON CONFLICT (hash) DO UPDATE SET wanted_at = now()`.execute(tx);
}

/** It was put, and would survive a crash. */
export async function blobStored(tx: Tx, hash: string): Promise<void> {
  await sql`UPDATE blobs SET stored = true, wanted_at = now() WHERE hash = ${hash}`.execute(tx);
}

const isUnneeded = (unwantedMs: number) => sql`
  b.wanted_at < now() - ${unwantedMs} * interval '1 millisecond' AND NOT EXISTS (SELECT FROM snapshot_blobs s WHERE s.blob = b.hash)`;

/** Has blobs not be known any more that no snapshot needs and nobody has asked for so long. To be committed before any is removed. */
export async function disownUnneeded(tx: Tx, unwantedMs: number, limit: number): Promise<void> {
  await sql`
    UPDATE blobs SET stored = false WHERE hash IN (
      SELECT hash FROM blobs b WHERE b.stored AND ${isUnneeded(unwantedMs)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(
    tx,
  );
}

/**
 * Takes blobs out of the list that are not known any more, or were never put: they are then to be removed, within the transaction. Whoever
 * stores one of them again meanwhile waits for that; where it is undone, they are unknown still.
 */
export async function takeUnneeded(tx: Tx, unwantedMs: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ hash: string }>`
    DELETE FROM blobs WHERE hash IN (
      SELECT hash FROM blobs b WHERE NOT b.stored AND ${isUnneeded(unwantedMs)} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING hash`.execute(tx);
  return rows.map((row) => row.hash);
}

/** How many snapshots of a session were asked for. */
export async function countOnDemand(tx: Tx, sessionId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM snapshots WHERE session_id = ${sessionId} AND reason = 'on_demand'`.execute(tx);
  return rows[0]!.n;
}
