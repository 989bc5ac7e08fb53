/** Snapshots: when they are taken, what is kept of them, and which one a session begins with. */
import type { ItemOf, RestoreOrder, SnapshotOrder } from '@rigger/runner/protocol';
import { currentActor, record } from '../access/actor.ts';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import { toUsd } from '../model/money.ts';
import type { SessionRecord } from '../model/record.ts';
import type { SnapshotReason, SnapshotView } from '../model/snapshots.ts';
import { type Tx, transact } from '../store/database.ts';
import { findSession } from '../store/sessions.ts';
import {
  conversationsOf,
  copySnapshot,
  countOnDemand,
  dropOlderSnapshots,
  dropSnapshot,
  findSnapshot,
  insertSnapshot,
  listSnapshots,
  missingBlob,
  type SnapshotRecord,
} from '../store/snapshots.ts';
import { missingMessage } from '../store/transcripts.ts';
import { agentNames } from './agents.ts';
import { type Change, changeSession } from './change.ts';
import { type Engine, untilSeen } from './engine.ts';
import { checkSnapshotQuota } from './quotas.ts';
import { isEnded } from './transition.ts';

export const viewSnapshot = ({
  createdAt,
  conversations,
  usage,
  id,
  sessionId,
  reason,
  files,
  bytes,
  storedBytes,
  turnId,
}: SnapshotRecord): SnapshotView => ({
  id,
  sessionId,
  reason,
  createdAt: createdAt.toISOString(),
  files,
  bytes,
  storedBytes,
  ...usage,
  lastMessageId: Object.values(conversations)[0]?.uuid ?? null,
  turnId,
});

/** @throws RiggerError `session_not_found`. */
export async function snapshots(engine: Engine, sessionId: string): Promise<SnapshotView[]> {
  const { db } = engine.database;
  if ((await findSession(db, sessionId)) === null)
    throw new RiggerError('session_not_found', { extra: { id: sessionId } });
  return (await listSnapshots(db, sessionId)).map(viewSnapshot);
}

/** @throws RiggerError `snapshot_not_found`, also for one of another session. */
export async function knownSnapshot(tx: Tx, sessionId: string, id: string): Promise<SnapshotRecord> {
  const found = await findSnapshot(tx, id);
  if (found === null || found.sessionId !== sessionId) throw new RiggerError('snapshot_not_found', { extra: { id } });
  return found;
}

/** @throws RiggerError `snapshot_not_found`. */
export async function snapshot(engine: Engine, sessionId: string, id: string): Promise<SnapshotView> {
  return viewSnapshot(await knownSnapshot(engine.database.db, sessionId, id));
}

/** @throws RiggerError `snapshot_not_found`; `busy` while the session is being put back to it. */
export async function removeSnapshot(engine: Engine, sessionId: string, id: string): Promise<void> {
  const session = await findSession(engine.database.db, sessionId);
  if (session?.restoreWanted === id)
    throw new RiggerError('busy', {
      detail: 'The session is being put back to this snapshot.',
      extra: { id: sessionId, sessionStatus: session.status },
    });
  await transact(engine.database.db, async (tx) => {
    if (!(await dropSnapshot(tx, sessionId, id))) throw new RiggerError('snapshot_not_found', { extra: { id } });
    await record(tx, { target: id, before: { sessionId } });
  });
}

/**
 * Takes a snapshot now. A runner that holds the session takes it of the files as they are, also while a turn runs; otherwise it is
 * what the session was parked with.
 * @returns its id, and whether nobody had asked for it before; it is there once `snapshot.taken` is in the log, which `whenTaken` waits for.
 * @throws RiggerError `snapshots_disabled`, `nothing_to_save`, `too_many_snapshots`, `session_not_found`.
 */
export async function requestSnapshot(engine: Engine, sessionId: string): Promise<{ id: string; isNew: boolean }> {
  if (!engine.keepsSnapshots) throw new RiggerError('snapshots_disabled');
  const { result } = await changeSession(engine, sessionId, async (change) => {
    const actor = currentActor();
    if (actor !== null) await checkSnapshotQuota(change.tx, change.session, actor.limits);
    if ((await countOnDemand(change.tx, sessionId)) >= engine.snapshotsMax)
      throw new RiggerError('too_many_snapshots', { extra: { id: sessionId, most: engine.snapshotsMax } });
    const wanted = await wantSnapshot(change);
    if (wanted !== null) return wanted;
    throw new RiggerError('nothing_to_save', {
      detail: 'No runner holds the session, and not all that it has was saved when the last one let go of it.',
      extra: { id: sessionId },
    });
  });
  return result;
}

/**
 * Has the runner that holds the session take a snapshot, or makes one of what it was parked with.
 * @returns its id, and whether nobody had asked for it before; null where it cannot be had.
 */
export async function wantSnapshot(change: Change): Promise<{ id: string; isNew: boolean } | null> {
  const { session, tx } = change;
  if (session.snapshotWanted !== null) return { id: session.snapshotWanted, isNew: false };
  const id = newId('snap');
  if (session.runnerId !== null && session.wantsRunner && !session.releasing) {
    session.snapshotWanted = id;
    return { id, isNew: true };
  }
  const [newest] = await listSnapshots(tx, session.id, 1);
  // Written to since over the API, or by a process whose runner was lost: then it is older than the files.
  if (newest === undefined || newest.epoch !== session.epoch || !session.filesKept) return null;
  await copySnapshot(tx, newest.id, { id, reason: 'on_demand' });
  const { files, bytes } = newest;
  change.log('snapshot.taken', { id, reason: 'on_demand', files, bytes, addedBytes: 0, ms: 0 });
  return { id, isNew: true };
}

/** Waits for a snapshot that was asked for. @throws RiggerError `snapshot_unavailable`; the signal's reason. */
export async function whenTaken(
  engine: Engine,
  sessionId: string,
  id: string,
  signal: AbortSignal,
): Promise<SnapshotView> {
  const { db } = engine.database;
  const outcome = await untilSeen<'taken' | { message: string }>(
    engine,
    sessionId,
    {
      seen: (change) => {
        const event = change.events.find(({ type, data }) => /^snapshot\.(taken|failed)$/.test(type) && data.id === id);
        if (event === undefined) return undefined;
        return event.type === 'snapshot.taken' ? 'taken' : { message: String(event.data.message) };
      },
      async look() {
        if ((await findSnapshot(db, id)) !== null) return 'taken';
        const session = await findSession(db, sessionId);
        return session?.snapshotWanted === id ? undefined : { message: 'It was not taken; the log says why.' };
      },
    },
    signal,
  );
  if (outcome !== 'taken')
    throw new RiggerError('snapshot_unavailable', { detail: outcome.message, extra: { id: sessionId } });
  return snapshot(engine, sessionId, id);
}

export interface SnapshotNow {
  snapshot: SnapshotRecord;
  /** Whether it was taken for this and for nobody else. */
  isNew: boolean;
}

/** Takes a snapshot and waits for it. @throws RiggerError as `requestSnapshot` and `whenTaken`. */
export async function snapshotNow(engine: Engine, sessionId: string, signal: AbortSignal): Promise<SnapshotNow> {
  const { id, isNew } = await requestSnapshot(engine, sessionId);
  await whenTaken(engine, sessionId, id, signal);
  return { snapshot: await knownSnapshot(engine.database.db, sessionId, id), isNew };
}

/** What a runner is told to save as it lets go of a session that lives on; null for nothing. */
export function lastOrder(engine: Engine, session: SessionRecord): SnapshotOrder | null {
  if (!engine.keepsSnapshots || isEnded(session)) return null;
  return { id: newId('snap'), reason: session.wantsRunner ? 'moved' : 'parked' };
}

/** A runner has taken a snapshot, under a lease that it still holds: with this it exists. */
export async function takeSnapshotItem(
  engine: Engine,
  change: Change,
  item: ItemOf<'snapshot_taken'>,
  at: Date,
): Promise<void> {
  const { session, tx } = change;
  const { id, reason, manifest, files, bytes, storedBytes, addedBytes, skipped, ms, turn = null } = item;
  const missing = await missingBlob(tx, item.blobs);
  if (missing !== null) {
    // Nothing is said to be saved that is not.
    const failure = { code: 'snapshot_unavailable', message: `The store does not have the blob ${missing}.` };
    return failSnapshotItem(change, { kind: 'snapshot_failed', id, reason, at: item.at, ...failure }, at);
  }
  const conversations = await conversationsOf(tx, session.id);
  const [first] = agentNames(session.config, change.policy);
  const main = first === undefined ? undefined : conversations[first];
  const isNew = await insertSnapshot(
    tx,
    {
      id,
      sessionId: session.id,
      reason,
      epoch: session.epoch,
      manifest,
      files,
      bytes,
      storedBytes,
      // The main one first.
      conversations: main === undefined ? conversations : { [first!]: main, ...conversations },
      config: session.config,
      usage: { totalCost: toUsd(session.totalCost), totalTokens: session.totalTokens, numTurns: session.numTurns },
      turnId: turn,
    },
    item.blobs,
  );
  if (session.snapshotWanted === id) session.snapshotWanted = null;
  if (!isNew) return;
  // Taken after its agents ended, it has all there is.
  if (reason === 'parked' || reason === 'moved') session.filesKept = true;
  await dropOlder(change, engine, reason);
  change.log('snapshot.taken', { id, reason, files, bytes, addedBytes, skipped, ms }, { at, turnId: turn });
}

export function failSnapshotItem(
  change: Change,
  { id, reason, code, message }: ItemOf<'snapshot_failed'>,
  at: Date,
): void {
  if (change.session.snapshotWanted === id) change.session.snapshotWanted = null;
  change.log('snapshot.failed', { id, reason, code, message }, { at });
}

export function restoredItem(change: Change, { id, request, files, ms }: ItemOf<'snapshot_restored'>, at: Date): void {
  const { session } = change;
  if (session.restoreWanted === id && (request === null || request === session.restoreRequest)) {
    session.restoreWanted = null;
    session.restoreRequest = null;
  }
  change.log('snapshot.restored', { id, files, ms }, { at });
}

const orderFor = ({ id, manifest, epoch }: SnapshotRecord, over: Partial<RestoreOrder>): RestoreOrder => ({
  snapshot: id,
  manifest,
  epoch,
  force: false,
  from: null,
  request: null,
  ...over,
});

/**
 * Files and memory must go together: the last message that there was when a session's own snapshot was taken is in its conversation. It is
 * not where the database was set back to an earlier day.
 * @throws RiggerError `snapshot_damaged`.
 */
async function checkPlace({ database }: Engine, { id }: SessionRecord, snapshot: SnapshotRecord): Promise<void> {
  if (snapshot.reason === 'forked') return;
  const said = Object.values(snapshot.conversations).flatMap(({ sdkSessionId, uuid }) =>
    uuid === null ? [] : [{ sdkSessionId, uuid }],
  );
  const missing = await missingMessage(database.db, id, said);
  if (missing === null) return;
  throw new RiggerError('snapshot_damaged', {
    detail: `The snapshot ${snapshot.id} was taken after the message ${missing}, which the conversation does not have.`,
    extra: { id },
  });
}

/** The snapshot whose files a session is to have where its runner has no newer ones. */
export async function restoreFor(engine: Engine, session: SessionRecord): Promise<RestoreOrder | null> {
  const { db } = engine.database;
  if (session.restoreWanted !== null) {
    const wanted = await findSnapshot(db, session.restoreWanted);
    if (wanted !== null) return orderFor(wanted, { force: true, request: session.restoreRequest });
  }
  const [own] = await listSnapshots(db, session.id, 1);
  if (own !== undefined) {
    await checkPlace(engine, session, own);
    return orderFor(own, {});
  }
  const { source } = session.config;
  if (source !== undefined && 'snapshot' in source) {
    // Of a session that a server of a former version made: since then each has one of its own from the start.
    const named = await findSnapshot(db, source.snapshot);
    if (named === null) throw new RiggerError('snapshot_not_found', { extra: { id: source.snapshot } });
    return orderFor(named, { epoch: 0 });
  }
  if (session.resumedFrom === null) return null;
  const [earlier] = await listSnapshots(db, session.resumedFrom, 1);
  return earlier === undefined
    ? null
    : orderFor(earlier, { epoch: 0, from: { session: session.resumedFrom, epoch: earlier.epoch } });
}

/**
 * Has a session's files be those of a snapshot again, from its next message on; its conversation stays as it is. What they are now is
 * lost unless it was saved.
 * @throws RiggerError `snapshot_not_found`, `busy`, `session_not_active`.
 */
export async function restoreSnapshot(engine: Engine, sessionId: string, id: string): Promise<SnapshotView> {
  const { result } = await changeSession(engine, sessionId, async (change) => {
    const { session } = change;
    const found = await knownSnapshot(change.tx, sessionId, id);
    const extra = { id: sessionId, sessionStatus: session.status };
    if (isEnded(session)) throw new RiggerError('session_not_active', { extra });
    if (session.pendingTurns > 0) throw new RiggerError('busy', { extra });
    change.log('snapshot.restore_requested', { id });
    wantRestore(change, id);
    return found;
  });
  return viewSnapshot(result);
}

/** Has the files of a session on which no turn runs be those of a snapshot when it is opened next. @returns what names this request. */
export function wantRestore(change: Change, id: string): string {
  const { session } = change;
  session.restoreWanted = id;
  session.restoreRequest = newId('rst');
  // Its processes work with the files there are: others begin with the ones it is to have.
  change.moveAway();
  return session.restoreRequest;
}

/** What is kept of snapshots that are taken by themselves: the newest few of each kind. */
const groups = ({ snapshotsKept, checkpointsKept }: Engine): { reasons: SnapshotReason[]; kept: number }[] => [
  { reasons: ['parked', 'moved'], kept: snapshotsKept },
  { reasons: ['turn'], kept: checkpointsKept },
  { reasons: ['rewound'], kept: snapshotsKept },
];

/** Drops what there is beyond that. A snapshot that the session is being put back to stays until it is. */
export async function dropOlder({ tx, session }: Change, engine: Engine, reason: SnapshotReason): Promise<void> {
  const group = groups(engine).find(({ reasons }) => reasons.includes(reason));
  if (group !== undefined) await dropOlderSnapshots(tx, session.id, group.reasons, group.kept, session.restoreWanted);
}
