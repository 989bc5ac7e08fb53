import { sql, type Updateable } from 'kysely';
import type { PermissionListQuery } from '../model/permissions.ts';
import type { PermissionRecord } from '../model/record.ts';
import type { Tx } from './database.ts';
import { PERMISSION_COLUMNS, type Tables } from './tables.ts';

export type NewPermission = Omit<
  PermissionRecord,
  'status' | 'answeredAt' | 'answeredBy' | 'decision' | 'scope' | 'taken'
>;
export type PermissionPatch = Partial<
  Pick<
    PermissionRecord,
    | 'status'
    | 'answeredAt'
    | 'answeredBy'
    | 'decision'
    | 'scope'
    | 'taken'
    | 'toolUseId'
    | 'parentToolUseId'
    | 'resumable'
    | 'epoch'
  >
>;

/** Enters a request. Null when one of this id is there already: the same report, sent twice. */
export async function insertPermission(tx: Tx, permission: NewPermission): Promise<PermissionRecord | null> {
  const row = await tx
    .insertInto('sessionPermissions')
    .values({ ...permission, input: JSON.stringify(permission.input) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(PERMISSION_COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

export async function updatePermission(tx: Tx, id: string, patch: PermissionPatch): Promise<void> {
  const { decision, ...rest } = patch;
  const columns: Updateable<Tables['sessionPermissions']> = { ...rest };
  if (decision !== undefined) columns.decision = decision === null ? null : JSON.stringify(decision);
  await tx.updateTable('sessionPermissions').set(columns).where('id', '=', id).execute();
}

export async function findPermission(tx: Tx, sessionId: string, id: string): Promise<PermissionRecord | null> {
  const row = await tx
    .selectFrom('sessionPermissions')
    .select(PERMISSION_COLUMNS)
    .where('id', '=', id)
    .where('sessionId', '=', sessionId)
    .executeTakeFirst();
  return row ?? null;
}

/** The oldest first, of one session or of all of a tenant's. */
export async function listPermissions(
  tx: Tx,
  of: { session: string } | { tenant: string },
  { status, scope, limit }: PermissionListQuery,
): Promise<PermissionRecord[]> {
  let found = tx.selectFrom('sessionPermissions').select(PERMISSION_COLUMNS);
  if ('session' in of) found = found.where('sessionId', '=', of.session);
  else
    found = found.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('agentSessions')
          .select('id')
          .whereRef('agentSessions.id', '=', 'sessionPermissions.sessionId')
          .where('agentSessions.tenant', '=', of.tenant),
      ),
    );
  if (status !== 'all') found = found.where('status', status === 'pending' ? '=' : '<>', sql.lit('pending'));
  if (scope !== undefined) found = found.where('scope', '=', scope);
  return found.orderBy('requestedAt').orderBy('id').limit(limit).execute();
}

/** Every request of a session that waits for a person, the oldest first. */
export async function pendingPermissions(tx: Tx, sessionId: string): Promise<PermissionRecord[]> {
  return tx
    .selectFrom('sessionPermissions')
    .select(PERMISSION_COLUMNS)
    .where('sessionId', '=', sessionId)
    .where('status', '=', sql.lit('pending'))
    .orderBy('requestedAt')
    .orderBy('id')
    .execute();
}

/** What turns that are not over still wait for or have not used yet: pending requests, and answers that nobody has taken. */
export async function openPermissions(tx: Tx, sessionId: string): Promise<PermissionRecord[]> {
  return tx
    .selectFrom('sessionPermissions as asked')
    .innerJoin('sessionTurns as turn', 'turn.id', 'asked.turnId')
    .select(PERMISSION_COLUMNS.map((name) => `asked.${name}` as const))
    .where('asked.sessionId', '=', sessionId)
    .where('asked.taken', '=', sql.lit(false))
    .where('asked.status', '<>', sql.lit('withdrawn'))
    .where('turn.status', 'in', ['queued', 'running'])
    .orderBy('asked.requestedAt')
    .orderBy('asked.id')
    .execute();
}

/** Pending requests of turns that are over: subagents ask that work on in the background. */
export async function leftOverPermissions(tx: Tx, sessionId: string): Promise<PermissionRecord[]> {
  return tx
    .selectFrom('sessionPermissions as asked')
    .innerJoin('sessionTurns as turn', 'turn.id', 'asked.turnId')
    .select(PERMISSION_COLUMNS.map((name) => `asked.${name}` as const))
    .where('asked.sessionId', '=', sessionId)
    .where('asked.status', '=', sql.lit('pending'))
    .where('turn.status', 'not in', ['queued', 'running'])
    .execute();
}

/** Answers that nobody has used yet, to what was asked under a lease. */
export async function unusedAnswers(tx: Tx, sessionId: string, epoch: number): Promise<PermissionRecord[]> {
  return tx
    .selectFrom('sessionPermissions')
    .select(PERMISSION_COLUMNS)
    .where('sessionId', '=', sessionId)
    .where('epoch', '=', epoch)
    .where('taken', '=', sql.lit(false))
    .where('status', '<>', sql.lit('pending'))
    .where('status', '<>', sql.lit('withdrawn'))
    .execute();
}

/** What was allowed for the whole of a session, by agent. */
export async function sessionRules(tx: Tx, sessionId: string): Promise<Map<string, string[]>> {
  const rows = await tx
    .selectFrom('sessionPermissions')
    .select(['agent', 'rules'])
    .where('sessionId', '=', sessionId)
    .where('scope', '=', 'session')
    .orderBy('requestedAt')
    .execute();
  const found = new Map<string, string[]>();
  for (const { agent, rules } of rows) found.set(agent, [...new Set([...(found.get(agent) ?? []), ...rules])]);
  return found;
}
