import { sql, type Updateable } from 'kysely';
import type { ScheduleRecord } from '../model/schedules.ts';
import type { Tx } from './database.ts';
import { SCHEDULE_COLUMNS, type Tables } from './tables.ts';

type New = Omit<ScheduleRecord, 'createdAt' | 'updatedAt' | 'statusReason'>;
type Patch = Partial<Omit<ScheduleRecord, 'id' | 'tenant' | 'createdAt' | 'updatedAt'>>;

export function insertSchedule(tx: Tx, { target, prompt, ...rest }: New): Promise<ScheduleRecord> {
  return tx
    .insertInto('schedules')
    .values({ ...rest, target: JSON.stringify(target), prompt: JSON.stringify(prompt) })
    .returning(SCHEDULE_COLUMNS)
    .executeTakeFirstOrThrow();
}

/** The oldest first. */
export function listSchedules(tx: Tx, tenant: string): Promise<ScheduleRecord[]> {
  return tx
    .selectFrom('schedules')
    .select(SCHEDULE_COLUMNS)
    .where('tenant', '=', tenant)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

export async function countSchedules(tx: Tx, tenant: string): Promise<number> {
  const row = await tx
    .selectFrom('schedules')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('tenant', '=', tenant)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** @param lock holds its row until the transaction ends. */
export async function findSchedule(
  tx: Tx,
  tenant: string,
  id: string,
  { lock = false } = {},
): Promise<ScheduleRecord | null> {
  const found = tx.selectFrom('schedules').select(SCHEDULE_COLUMNS).where('tenant', '=', tenant).where('id', '=', id);
  const row = await (lock ? found.forUpdate() : found).executeTakeFirst();
  return row ?? null;
}

export async function updateSchedule(tx: Tx, id: string, { target, prompt, ...rest }: Patch): Promise<ScheduleRecord> {
  const columns: Updateable<Tables['schedules']> = { ...rest };
  if (target !== undefined) columns.target = JSON.stringify(target);
  if (prompt !== undefined) columns.prompt = JSON.stringify(prompt);
  return tx
    .updateTable('schedules')
    .set((is) => ({ ...columns, updatedAt: is.fn<Date>('now', []) }))
    .where('id', '=', id)
    .returning(SCHEDULE_COLUMNS)
    .executeTakeFirstOrThrow();
}

/** Notes when it is due next; of that nobody says that it was changed. */
export async function setNextTime(tx: Tx, id: string, nextAt: Date | null): Promise<void> {
  await tx
    .updateTable('schedules')
    .set({ nextAt, status: nextAt === null ? 'done' : 'active' })
    .where('id', '=', id)
    .execute();
}

/** Removes a schedule with its runs. @returns whether there was one. */
export async function dropSchedule(tx: Tx, tenant: string, id: string): Promise<boolean> {
  const gone = await tx
    .deleteFrom('schedules')
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return gone !== undefined;
}

/** Schedules of which a time has come, the longest due first, held until the transaction ends; those that another server holds are its. */
export function takeDueSchedules(tx: Tx, limit: number): Promise<ScheduleRecord[]> {
  return tx
    .selectFrom('schedules')
    .select(SCHEDULE_COLUMNS)
    .where(sql<boolean>`next_at <= (SELECT clock_timestamp())`)
    .orderBy('nextAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Milliseconds until the next time of any schedule, or null when there is none. */
export async function untilNextSchedule(tx: Tx): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    SELECT (extract(epoch FROM min(next_at) - clock_timestamp()) * 1000)::float8 AS ms
    FROM schedules WHERE next_at IS NOT NULL`.execute(tx);
  return rows[0]?.ms ?? null;
}
