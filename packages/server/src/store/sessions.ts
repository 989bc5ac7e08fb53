import { type Selectable, sql, type Updateable } from 'kysely';
import { toDecimal, toNano } from '../model/money.ts';
import type { AgentRecord, SessionRecord } from '../model/record.ts';
import type { Tx } from './database.ts';
import { AGENT_COLUMNS, SESSION_COLUMNS, type Tables } from './tables.ts';

export type Row = Selectable<Tables['agentSessions']>;

export const fromRow = (row: Row): SessionRecord => ({
  ...row,
  totalCost: toNano(row.totalCost),
  maxBudgetUsd: row.maxBudgetUsd === null ? null : toNano(row.maxBudgetUsd),
});

function toColumns(patch: Partial<SessionRecord>): Updateable<Tables['agentSessions']> {
  const { totalCost, maxBudgetUsd, config, conversationId, ...rest } = patch;
  const columns: Updateable<Tables['agentSessions']> = { ...rest };
  if (totalCost !== undefined) columns.totalCost = toDecimal(totalCost);
  if (maxBudgetUsd !== undefined) columns.maxBudgetUsd = maxBudgetUsd === null ? null : toDecimal(maxBudgetUsd);
  if (config !== undefined) columns.config = JSON.stringify(config);
  if (conversationId !== undefined)
    columns.conversationId = conversationId === null ? null : JSON.stringify(conversationId);
  return columns;
}

export async function insertSession(tx: Tx, session: SessionRecord): Promise<void> {
  await tx
    .insertInto('agentSessions')
    .values(
      toColumns(session) as Selectable<Tables['agentSessions']> & { config: string; conversationId: string | null },
    )
    .execute();
}

export async function findSession(tx: Tx, id: string): Promise<SessionRecord | null> {
  const row = await tx.selectFrom('agentSessions').select(SESSION_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** Whose session this is; null where there is none. */
export async function tenantOf(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.selectFrom('agentSessions').select('tenant').where('id', '=', id).executeTakeFirst();
  return row?.tenant ?? null;
}

/** Which of these ids are sessions. */
export async function existingSessions(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.selectFrom('agentSessions').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map((row) => row.id));
}

/**
 * Holds the session's row until the transaction ends: whatever changes a session does so one after the other. With it
 * comes the database's time at which the lock was had.
 */
export async function lockSession(tx: Tx, id: string): Promise<{ session: SessionRecord; now: Date } | null> {
  const row = await tx
    .selectFrom('agentSessions')
    .select(SESSION_COLUMNS)
    .select(sql<Date>`clock_timestamp()`.as('now'))
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return null;
  const { now, ...session } = row;
  return { session: fromRow(session), now };
}

export async function updateSession(tx: Tx, id: string, patch: Partial<SessionRecord>): Promise<void> {
  if (Object.keys(patch).length === 0) return;
  await tx.updateTable('agentSessions').set(toColumns(patch)).where('id', '=', id).execute();
}

/** Removes the session with its turns; its log and transcripts are purged afterwards, and what it cost stays in the statistics. */
export async function deleteSession(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('agentSessions').where('id', '=', id).execute();
}

/** How far the log of each of these sessions goes; one that is gone is left out. */
export async function lastSeqs(tx: Tx, ids: string[]): Promise<Map<string, number>> {
  const rows = await tx
    .selectFrom('agentSessions')
    .select(['id', 'lastEventSeq'])
    .where(sql<boolean>`id = ANY(${ids}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row.lastEventSeq]));
}

/** The newest session that has this id, or whose main agent's SDK session has it. It stays until the transaction ends. */
export async function findResumable(tx: Tx, tenant: string, id: string): Promise<SessionRecord | null> {
  const row = await tx
    .selectFrom('agentSessions')
    .select(SESSION_COLUMNS)
    .where('tenant', '=', tenant)
    .where((where) => where.or([where('id', '=', id), where('sdkSessionId', '=', id)]))
    .orderBy('createdAt', 'desc')
    .limit(1)
    .forKeyShare()
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** The newest session of a conversation that has spoken. */
export async function findConversation(
  tx: Tx,
  tenant: string,
  conversationId: number | string,
): Promise<SessionRecord | null> {
  const row = await tx
    .selectFrom('agentSessions')
    .select(SESSION_COLUMNS)
    .where('tenant', '=', tenant)
    .where(sql<boolean>`conversation_id #>> '{}' = ${String(conversationId)}`)
    .where('sdkSessionId', 'is not', null)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .forKeyShare()
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export async function insertAgents(tx: Tx, agents: AgentRecord[]): Promise<void> {
  if (agents.length > 0) await tx.insertInto('sessionAgents').values(agents).execute();
}

export async function listAgents(tx: Tx, sessionId: string): Promise<AgentRecord[]> {
  return tx
    .selectFrom('sessionAgents')
    .select(AGENT_COLUMNS)
    .where('sessionId', '=', sessionId)
    .orderBy('name')
    .execute();
}

/** Notes which SDK session an agent speaks in. From then on it is resumed whole, not cut or forked again. */
export async function setAgentSdkSession(tx: Tx, sessionId: string, name: string, sdkSessionId: string): Promise<void> {
  await tx
    .updateTable('sessionAgents')
    .set({ sdkSessionId, resumeAt: null, fork: false })
    .where('sessionId', '=', sessionId)
    .where('name', '=', name)
    .execute();
}

/** Sessions that may have something due at `now`, the longest due first. */
export async function dueSessions(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('agentSessions')
    .select('id')
    // Asked once, as a value: a clock that runs while an index is read cannot bound what is read of it.
    .where(sql<boolean>`next_deadline_at <= (SELECT clock_timestamp())`)
    .orderBy('nextDeadlineAt')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

/** Milliseconds until the next deadline of any session, or null when there is none. */
export async function untilNextDeadline(tx: Tx): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    SELECT (extract(epoch FROM min(next_deadline_at) - clock_timestamp()) * 1000)::float8 AS ms
    FROM agent_sessions WHERE next_deadline_at IS NOT NULL`.execute(tx);
  return rows[0]?.ms ?? null;
}

/** Has sessions of a tenant that have ended be looked at again: how long they are kept has changed. */
export async function wakeEnded(tx: Tx, tenant: string): Promise<void> {
  await sql`
    UPDATE agent_sessions SET next_deadline_at = now()
    WHERE tenant = ${tenant} AND status IN ('completed', 'error', 'terminated')`.execute(tx);
}
