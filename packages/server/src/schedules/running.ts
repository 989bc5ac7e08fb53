/** What is done when times come: their runs are taken on, then started, each by one server and with one effect. */
import { ERRORS, RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { ScheduleReason } from '../model/schedules.ts';
import { createSession } from '../sessions/create.ts';
import type { Engine } from '../sessions/engine.ts';
import { queueMessage } from '../sessions/messages.ts';
import { databaseTime, transact } from '../store/database.ts';
import { owe } from '../store/outbox.ts';
import {
  type ClaimedRun,
  insertRuns,
  noteRunning,
  noteStartFailed,
  openRuns,
  skipWaiting,
} from '../store/schedule-runs.ts';
import { findSchedule, setNextTime, takeDueSchedules, updateSchedule } from '../store/schedules.ts';
import { plan } from './times.ts';

/** Takes on the runs of times that have come, and sets the next ones, in one transaction. @returns of how many schedules. */
export function takeOnDueTimes(engine: Engine, limit: number): Promise<number> {
  return transact(engine.database.db, async (tx) => {
    const due = await takeDueSchedules(tx, limit);
    const now = await databaseTime(tx);
    for (const schedule of due) {
      const { id, tenant } = schedule;
      const { runs, nextAt } = plan(schedule, now, await openRuns(tx, id));
      await insertRuns(
        tx,
        runs.map(({ dueAt, skipped }) => ({
          id: newId('run'),
          tenant,
          scheduleId: id,
          dueAt,
          trigger: 'time' as const,
          status: skipped === null ? ('waiting' as const) : ('skipped' as const),
          reason: skipped,
        })),
      );
      await setNextTime(tx, id, nextAt);
    }
    return due.length;
  });
}

/**
 * Starts a run that this server has taken. The run's id is the key of what it asks for, so a server that takes it over from one
 * that died finds what was done already. A client cannot send such a key: it has a space.
 */
export async function startRun(engine: Engine, run: ClaimedRun): Promise<void> {
  const { target, prompt } = run;
  const once = { key: `schedule ${run.id}`, body: run.id };
  let sessionId: string | null = null;
  try {
    if ('sessionId' in target) sessionId = target.sessionId;
    else {
      const { session, replayed } = await createSession(engine, run.tenant, target.create, once);
      sessionId = (replayed?.id as string | undefined) ?? session.id;
    }
    const agent = 'sessionId' in target && target.agent !== undefined ? { agent: target.agent } : {};
    const { turnId } = await queueMessage(engine, sessionId, { prompt, ...agent }, once);
    const started = sessionId;
    await transact(engine.database.db, (tx) => noteRunning(tx, run.id, started, turnId));
  } catch (error) {
    // What may be mended by itself is tried again, once the claim has run out.
    if (!(error instanceof RiggerError) || ERRORS[error.code].retry) throw error;
    await failRun(engine, run, sessionId, error);
  }
}

async function failRun(engine: Engine, run: ClaimedRun, sessionId: string | null, error: RiggerError): Promise<void> {
  const lost = 'sessionId' in run.target ? REASON_OF[error.code] : undefined;
  const told = await transact(engine.database.db, async (tx) => {
    // The schedule first, as everywhere.
    const schedule = await findSchedule(tx, run.tenant, run.scheduleId, { lock: true });
    await noteStartFailed(tx, run.id, sessionId, { code: error.code, message: error.message });
    if (lost === undefined || schedule === null || schedule.status === 'disabled') return false;
    const { id, tenant, name } = schedule;
    await updateSchedule(tx, id, { status: 'disabled', statusReason: lost, nextAt: null });
    await skipWaiting(tx, id);
    const type = 'schedule.disabled';
    const data = { schedule: { id, name }, reason: lost, sessionId };
    const payload = JSON.stringify({ type, timestamp: (await databaseTime(tx)).toISOString(), data });
    await owe(tx, { tenant, messages: [{ id: newId('msg'), type, sessionId, payload }] });
    return true;
  });
  if (told) engine.log.warn({ schedule: run.scheduleId, reason: lost }, 'A schedule was disabled');
}

/** Errors by which a session says that no message will reach it any more. */
const REASON_OF: Partial<Record<RiggerError['code'], ScheduleReason>> = {
  session_not_found: 'session_deleted',
  session_not_active: 'session_ended',
};
