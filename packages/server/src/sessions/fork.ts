/** New sessions that go on from where another one is, or was. */
import type { SessionConfig } from '../model/config.ts';
import { RiggerError } from '../model/errors.ts';
import { toUsd } from '../model/money.ts';
import type { SessionRecord } from '../model/record.ts';
import type { SessionCreate, SessionForkRequest } from '../model/session.ts';
import { findSession } from '../store/sessions.ts';
import { dropSnapshot, type SnapshotRecord, snapshotUpTo } from '../store/snapshots.ts';
import { hasMessage } from '../store/transcripts.ts';
import { createSession } from './create.ts';
import type { Engine } from './engine.ts';
import { knownSnapshot, type SnapshotNow, snapshotNow } from './snapshots.ts';

/** What is asked for to continue a session by another: the same pattern, limits and labels; how it began itself is not inherited. */
export function heirOf(session: SessionRecord, config: SessionConfig): SessionCreate {
  const {
    source: _source,
    resumeSessionId: _resume,
    resumeAtMessageId: _at,
    forkSession: _fork,
    continueSession: _continue,
    ...earlier
  } = session.config;
  const given = <T>(value: T | null): T | undefined => value ?? undefined;
  return {
    pattern: session.pattern,
    config: { ...earlier, ...config },
    conversationId: given(session.conversationId),
    maxIdleTimeMs: given(session.maxIdleTimeMs),
    maxLifetimeMs: given(session.maxLifetimeMs),
    maxBudgetUsd: session.maxBudgetUsd === null ? undefined : toUsd(session.maxBudgetUsd),
    onBudget: session.onBudget,
    maxTurns: given(session.maxTurns),
    tags: session.tags,
    description: given(session.description),
    userId: given(session.userId),
  };
}

/**
 * Makes a session that has another's conversation and files as of now, of a snapshot, or of an earlier message; from then on neither
 * touches the other. With an earlier message, the files are those of the newest snapshot that was taken before the next one, or of
 * now where there is none.
 * @throws RiggerError `session_not_found`, `snapshot_not_found`, `invalid_request`, `snapshot_unavailable`.
 */
export async function forkSession(
  engine: Engine,
  id: string,
  {
    snapshot,
    atMessageId,
    config = {},
    description,
    tags,
  }: SessionForkRequest & { config?: SessionConfig | undefined },
  signal: AbortSignal,
): Promise<SessionRecord> {
  const { db } = engine.database;
  const session = await findSession(db, id);
  if (session === null) throw new RiggerError('session_not_found', { extra: { id } });
  let files: SnapshotRecord | null = null;
  let now: SnapshotNow | null = null;
  let at = atMessageId;
  if (snapshot !== undefined) {
    files = await knownSnapshot(db, id, snapshot);
    at ??= Object.values(files.conversations)[0]?.uuid ?? undefined;
  }
  if (atMessageId !== undefined) {
    if (!(await hasMessage(db, id, atMessageId)))
      throw new RiggerError('invalid_request', {
        detail: 'The conversation has no such message.',
        extra: { issues: [{ path: 'atMessageId', message: 'no message of this session has this id' }] },
      });
    files ??= (await snapshotUpTo(db, id, atMessageId))?.snapshot ?? null;
  }
  if (files === null) {
    now = await asOfNow(engine, session, signal);
    files = now?.snapshot ?? null;
  }
  const heir = heirOf(session, {
    ...config,
    ...(session.sdkSessionId === null ? {} : { resumeSessionId: id, forkSession: true }),
    ...(session.sdkSessionId === null || at === undefined ? {} : { resumeAtMessageId: at }),
    ...(files === null ? {} : { source: { snapshot: files.id } }),
  });
  const { session: made } = await createSession(engine, session.tenant, {
    ...heir,
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
  });
  // The new session has one of its own by now.
  if (now?.isNew === true) await dropSnapshot(db, id, now.snapshot.id);
  return made;
}

/** The files of a session as they are; null where its runner is to copy them, for nothing saved them. */
async function asOfNow(engine: Engine, session: SessionRecord, signal: AbortSignal): Promise<SnapshotNow | null> {
  if (!engine.keepsSnapshots) return null;
  try {
    return await snapshotNow(engine, session.id, signal);
  } catch (error) {
    if (error instanceof RiggerError && error.code === 'snapshot_unavailable') return null;
    throw error;
  }
}
