/** Where a session's files are, and who may change them when. */
import type { Readable } from 'node:stream';
import type { WorkspaceOrigin } from '@rigger/runner/protocol';
import { RiggerError } from '../model/errors.ts';
import { runnerFor, whereIs } from '../store/runners.ts';
import { findSession } from '../store/sessions.ts';
import { changeSession } from './change.ts';
import type { Engine } from './engine.ts';
import { isEnded } from './transition.ts';

export interface FilesPlace {
  runner: string;
  /** The server that the runner is connected to. */
  serverId: string;
  serverUrl: string | null;
  /** What the workspace is to begin as, when it is not there yet. */
  origin: WorkspaceOrigin;
}

/** A request to the runner that has a session's files. */
export interface FilesRequest {
  session: string;
  runner: string;
  origin: WorkspaceOrigin;
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Of the routes that the protocol lists. */
  action: 'list' | 'file' | 'archive' | 'move';
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Readable | null;
}

export interface FilesAnswer {
  status: number;
  headers: Record<string, string>;
  body: Readable;
}

const unavailable = (id: string, detail: string) => new RiggerError('files_unavailable', { detail, extra: { id } });

/**
 * Where a session's files are to be read, or changed. One that has been on no runner yet has none to read, null; where it is to be
 * given some, the runner that it would be placed on is chosen now, and it is placed there.
 * @throws RiggerError `session_not_found`, `session_not_active`, `files_unavailable`.
 */
export async function placeOfFiles(engine: Engine, id: string, changes: boolean): Promise<FilesPlace | null> {
  const { db } = engine.database;
  const session = await findSession(db, id);
  if (session === null) throw new RiggerError('session_not_found', { extra: { id } });
  if (changes && isEnded(session))
    throw new RiggerError('session_not_active', { extra: { id, sessionStatus: session.status } });
  const { source } = session.config;
  const unfilled = session.epoch === 0 && source !== undefined && !('path' in source);
  if (changes && unfilled)
    throw unavailable(
      id,
      'Its workspace is filled from its source when it first runs: send it a message before you add to it.',
    );
  let runner = session.runnerId ?? session.filesRunner;
  if (runner === null && !changes) return null;
  runner ??= await choose(engine, id);
  const place = await whereIs(db, runner);
  if (place === null) throw unavailable(id, `The runner that has them, ${runner}, is not connected.`);
  const begins = session.epoch === 0;
  return {
    runner,
    ...place,
    origin: {
      workspaceFrom: begins ? session.resumedFrom : null,
      sourcePath: begins && source !== undefined && 'path' in source ? source.path : null,
    },
  };
}

async function choose(engine: Engine, id: string): Promise<string> {
  const { result } = await changeSession(engine, id, async ({ tx, session }) => {
    session.filesRunner ??= await runnerFor(tx, session.runnerLabels);
    return session.runnerId ?? session.filesRunner;
  });
  if (result === null) throw unavailable(id, 'No runner is connected that could keep them.');
  return result;
}

/** Notes in a session's log that its files were changed from outside. */
export async function noteFiles(
  engine: Engine,
  id: string,
  type: 'files.written' | 'files.deleted' | 'files.moved',
  data: Record<string, unknown>,
): Promise<void> {
  await changeSession(engine, id, async (change) => {
    // What was saved is not all there is any more.
    change.session.filesKept = false;
    change.log(type, data);
  });
}
