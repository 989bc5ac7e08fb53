/**
 * Putting a session's files back to how they were at a message. Its conversation stays: to have both as they were, a session is forked.
 *
 * Nothing is lost: the files as they are, are saved first, and that snapshot is what undoes it. See docs/decisions/0015-rewind.md.
 */
import { type Contents, type Difference, differences, readContents } from '@rigger/runner/protocol';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { SessionRecord } from '../model/record.ts';
import type { SessionRewind } from '../model/session.ts';
import { CHANGES_LISTED, type RewindView } from '../model/snapshots.ts';
import type { Tx } from '../store/database.ts';
import { findSession } from '../store/sessions.ts';
import {
  dropSnapshot,
  type SnapshotRecord,
  setSnapshotReason,
  snapshotBefore,
  snapshotUpTo,
} from '../store/snapshots.ts';
import { hasMessage } from '../store/transcripts.ts';
import { findTurn, lastTurn } from '../store/turns.ts';
import { type Change, changeSession } from './change.ts';
import { type Engine, untilSeen } from './engine.ts';
import { whenReleased } from './lifecycle.ts';
import { getSession } from './queries.ts';
import {
  dropOlder,
  knownSnapshot,
  type SnapshotNow,
  viewSnapshot,
  wantRestore,
  wantSnapshot,
  whenTaken,
} from './snapshots.ts';
import { isEnded } from './transition.ts';

/** @throws RiggerError `session_not_active`, `busy`. */
function refuseUnlessAtRest({ id, status, pendingTurns }: SessionRecord): void {
  const extra = { id, sessionStatus: status };
  if (isEnded({ status })) throw new RiggerError('session_not_active', { extra });
  if (pendingTurns > 0) throw new RiggerError('busy', { extra });
}

const unknown = (path: 'messageId' | 'turnId', what: string) =>
  new RiggerError('invalid_request', {
    detail: `The session has no such ${what}.`,
    extra: { issues: [{ path, message: `no ${what} of this session has this id` }] },
  });

/** Turns are known by their ids, and a prompt by the same id in another spelling. */
const turnOf = (messageId: string): string => `turn_${messageId.replaceAll('-', '')}`;
const promptOf = (turnId: string): string => turnId.replace(/^turn_(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * The snapshot that has the files as they were.
 * @throws RiggerError `snapshot_not_found`; `invalid_request` for what is not there; `rewind_inexact` where they were not kept just then.
 */
async function targetOf(tx: Tx, id: string, { snapshot, messageId, turnId }: SessionRewind): Promise<SnapshotRecord> {
  if (snapshot !== undefined) return knownSnapshot(tx, id, snapshot);
  if (turnId !== undefined && (await findTurn(tx, id, turnId)) === null) throw unknown('turnId', 'turn');
  const message = messageId ?? promptOf(turnId!);
  const before = await snapshotBefore(tx, id, turnId ?? turnOf(message));
  if (before !== null) return before;
  if (turnId === undefined && !(await hasMessage(tx, id, message))) throw unknown('messageId', 'message');
  const found = await snapshotUpTo(tx, id, message);
  if (found?.exact === true) return found.snapshot;
  throw new RiggerError('rewind_inexact', { extra: { id, nearest: found?.snapshot.id ?? null } });
}

/** Saves the files as they are; a parked session that has more than was saved is brought back for it. */
async function saveNow(engine: Engine, id: string, signal: AbortSignal): Promise<SnapshotNow> {
  await whenReleasedIfLeaving(engine, id);
  const { result } = await changeSession(engine, id, async (change) => {
    refuseUnlessAtRest(change.session);
    const wanted = await wantSnapshot(change);
    if (wanted !== null) return wanted;
    await bringBack(change);
    change.session.snapshotWanted = newId('snap');
    return { id: change.session.snapshotWanted, isNew: true };
  });
  await whenTaken(engine, id, result.id, signal);
  return { snapshot: await knownSnapshot(engine.database.db, id, result.id), isNew: result.isNew };
}

async function whenReleasedIfLeaving(engine: Engine, id: string): Promise<void> {
  const session = await getSession(engine, id);
  if (session.runnerId !== null && (session.releasing || !session.wantsRunner)) await whenReleased(engine, id);
}

async function bringBack(change: Change): Promise<void> {
  await change.apply({ type: 'resume_requested' });
  change.session.lastActivityAt = change.now;
}

async function contentsOf(engine: Engine, snapshot: SnapshotRecord): Promise<Contents> {
  const manifest = await engine.readBlob(snapshot.manifest);
  const damaged = (cause?: unknown) =>
    new RiggerError('snapshot_damaged', { detail: `The list of files of ${snapshot.id} cannot be read.`, cause });
  if (manifest === null) throw damaged();
  return readContents(manifest).catch((error: unknown) => {
    throw damaged(error);
  });
}

/**
 * Puts the files back, and resolves once they are. With `dryRun` it says what that would change.
 * @throws RiggerError `session_not_found`, `session_not_active`, `busy` while a turn runs or waits; what `targetOf` throws;
 *   `snapshots_disabled`, `snapshot_unavailable`, `snapshot_damaged`.
 */
export async function rewindSession(
  engine: Engine,
  id: string,
  request: SessionRewind,
  signal: AbortSignal,
): Promise<RewindView> {
  const { db } = engine.database;
  if (!engine.keepsSnapshots) throw new RiggerError('snapshots_disabled');
  refuseUnlessAtRest(await getSession(engine, id));
  const target = await targetOf(db, id, request);
  const turnBefore = await lastTurn(db, id);
  const now = await saveNow(engine, id, signal);
  const found = differences(await contentsOf(engine, now.snapshot), await contentsOf(engine, target));
  const done = request.dryRun || found.length === 0;
  if (done) {
    if (now.isNew) await dropSnapshot(db, id, now.snapshot.id);
  } else {
    const restore = await beginRestore(engine, id, { target, now, found, turnBefore, request });
    await whenRestored(engine, id, restore, signal);
  }
  return { ...shown(target, found), dryRun: request.dryRun, undo: done ? null : now.snapshot.id };
}

interface Beginning {
  target: SnapshotRecord;
  now: SnapshotNow;
  found: Difference[];
  turnBefore: number;
  request: SessionRewind;
}

async function beginRestore(engine: Engine, id: string, beginning: Beginning): Promise<string> {
  const { target, now, found, turnBefore, request } = beginning;
  const { result } = await changeSession(engine, id, async (change) => {
    refuseUnlessAtRest(change.session);
    // A turn that came and went meanwhile has changed what was saved.
    if ((await lastTurn(change.tx, id)) !== turnBefore)
      throw new RiggerError('busy', { extra: { id, sessionStatus: change.session.status } });
    const { messageId = null, turnId = null } = request;
    change.log('session.rewound', { to: target.id, messageId, turnId, undo: now.snapshot.id, ...counts(found) });
    const restore = wantRestore(change, target.id);
    if (now.isNew) await setSnapshotReason(change.tx, now.snapshot.id, 'rewound');
    await dropOlder(change, engine, 'rewound');
    // The files are put in place as it is opened: then they are there when this is answered.
    await bringBack(change);
    return restore;
  });
  return result;
}

/** Waits until the runner has the files in place. @throws RiggerError with the code of what went wrong. */
async function whenRestored(engine: Engine, id: string, restore: string, signal: AbortSignal): Promise<void> {
  const failure = await untilSeen<'done' | RiggerError>(
    engine,
    id,
    {
      seen({ events, session }) {
        const failed = events.find(({ type }) => type === 'agent.start_failed');
        if (failed !== undefined)
          return new RiggerError('snapshot_unavailable', { detail: String(failed.data.message), extra: { id } });
        return outcomeOf(session, restore);
      },
      look: async () => outcomeOf(await findSession(engine.database.db, id), restore),
    },
    signal,
  );
  if (failure !== 'done') throw failure;
}

function outcomeOf(session: SessionRecord | null, restore: string): 'done' | RiggerError | undefined {
  if (session === null) return new RiggerError('session_not_found');
  if (session.restoreRequest !== restore) return 'done';
  if (!isEnded(session)) return undefined;
  return new RiggerError('session_not_active', { extra: { id: session.id, sessionStatus: session.status } });
}

const counts = (found: Difference[]) => {
  const of = (change: Difference['change']) => found.filter((one) => one.change === change).length;
  return { added: of('added'), changed: of('changed'), removed: of('removed') };
};

const shown = (target: SnapshotRecord, found: Difference[]) => ({
  snapshot: viewSnapshot(target),
  ...counts(found),
  changes: found.slice(0, CHANGES_LISTED),
});
