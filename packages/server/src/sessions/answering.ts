/** Requests for permission as people see and answer them. */
import { RiggerError } from '../model/errors.ts';
import type { PermissionAnswer, PermissionListQuery } from '../model/permissions.ts';
import type { PermissionRecord } from '../model/record.ts';
import { isOver } from '../model/turn.ts';
import { findPermission, listPermissions } from '../store/permissions.ts';
import { findTurn } from '../store/turns.ts';
import { type Change, changeSession } from './change.ts';
import type { Engine } from './engine.ts';
import { settle } from './permissions.ts';
import { getSession } from './queries.ts';
import { viewPermission } from './views.ts';

const notFound = (sessionId: string, id: string) =>
  new RiggerError('permission_not_found', { extra: { id, sessionId } });

/** Of one session or of all of a tenant's, the oldest first. @throws RiggerError `session_not_found`. */
export async function permissions(
  engine: Engine,
  of: { session: string } | { tenant: string },
  query: PermissionListQuery,
): Promise<PermissionRecord[]> {
  if ('session' in of) await getSession(engine, of.session);
  return listPermissions(engine.database.db, of, query);
}

/** @throws RiggerError `session_not_found`, `permission_not_found`. */
export async function permission(engine: Engine, sessionId: string, id: string): Promise<PermissionRecord> {
  await getSession(engine, sessionId);
  const found = await findPermission(engine.database.db, sessionId, id);
  if (found === null) throw notFound(sessionId, id);
  return found;
}

/** Has the turn stopped that asked: by its process, or at once where that is gone. */
async function stop(change: Change, turnId: string): Promise<void> {
  const { session } = change;
  const turn = await findTurn(change.tx, session.id, turnId);
  if (turn === null || isOver(turn.status) || turn.stopRequested) return;
  const runs = turn.epoch === session.epoch && session.runnerId !== null;
  await (runs ? change.stopTurn(turn) : change.interruptTurn(turn));
}

/**
 * Answers a request; the first answer counts.
 * @param by who answers, as the log is to say it
 * @throws RiggerError `session_not_found`, `permission_not_found`, `permission_already_answered`, `invalid_request`.
 */
export async function answerPermission(
  engine: Engine,
  sessionId: string,
  id: string,
  answer: PermissionAnswer,
  by: string,
): Promise<PermissionRecord> {
  const { result } = await changeSession(engine, sessionId, async (change) => {
    const asked = await findPermission(change.tx, sessionId, id);
    if (asked === null) throw notFound(sessionId, id);
    if (asked.status !== 'pending')
      throw new RiggerError('permission_already_answered', {
        detail: `It is ${asked.status}, by ${asked.answeredBy}.`,
        extra: { id, answeredBy: asked.answeredBy, permission: viewPermission(asked) },
      });
    await change.requests.settle(asked, settle(asked, answer), by);
    if (answer.behavior === 'deny' && answer.interrupt) await stop(change, asked.turnId);
    return asked;
  });
  return result;
}
