/** Schedules: made, changed, paused and resumed, run by hand, removed. */
import { record } from '../access/actor.ts';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type {
  ScheduleCreate,
  ScheduleRecord,
  ScheduleRunQuery,
  ScheduleRunRecord,
  ScheduleTarget,
  ScheduleUpdate,
} from '../model/schedules.ts';
import type { Engine } from '../sessions/engine.ts';
import { isEnded } from '../sessions/transition.ts';
import { databaseTime, type Tx, transact } from '../store/database.ts';
import { insertRuns, listRuns, openRuns } from '../store/schedule-runs.ts';
import {
  countSchedules,
  dropSchedule,
  findSchedule,
  insertSchedule,
  listSchedules,
  updateSchedule,
} from '../store/schedules.ts';
import { findSession } from '../store/sessions.ts';
import { MOST_WAITING, nextTime, refusalOf } from './times.ts';

const MOST_PER_TENANT = 1_000;

const notFound = (id: string) => new RiggerError('schedule_not_found', { extra: { id } });
const refused = (path: string, message: string) =>
  new RiggerError('invalid_request', { detail: `${path}: ${message}.`, extra: { issues: [{ path, message }] } });

type Timed = Pick<ScheduleRecord, 'cron' | 'timezone' | 'at'>;

/** The first time after `now`. @throws RiggerError `invalid_request` for what is no time, or has none left. */
function firstTime(timed: Timed, now: Date): Date {
  if ((timed.cron === null) === (timed.at === null)) throw refused('cron', 'give either cron or at');
  const refusal = refusalOf(timed.cron ?? '@daily', timed.timezone);
  if (refusal !== null) throw refused(refusal.path, refusal.message);
  const next = nextTime(timed, now);
  if (next === null) throw refused(timed.at === null ? 'cron' : 'at', 'this time does not come any more');
  return next;
}

/** @throws RiggerError `session_not_found`, `session_not_active`, `invalid_request`. */
async function checkTarget(engine: Engine, tx: Tx, tenant: string, target: ScheduleTarget): Promise<void> {
  if (!('sessionId' in target)) return;
  const { sessionId: id } = target;
  const session = await findSession(tx, id);
  if (session === null || session.tenant !== tenant) throw new RiggerError('session_not_found', { extra: { id } });
  if (isEnded(session)) throw new RiggerError('session_not_active', { extra: { id, sessionStatus: session.status } });
  if (engine.policyOf(session).onTurnsDone === 'complete')
    throw refused(
      'target.sessionId',
      `a session of pattern ${session.pattern} is over after one message; give target.create`,
    );
}

/** What of a schedule the audit log has. */
const shown = ({ name, cron, timezone, at, target, prompt, overlap, onMissed, status }: ScheduleRecord) => ({
  name,
  cron,
  timezone,
  at,
  target,
  prompt,
  overlap,
  onMissed,
  status,
});

export function schedules(engine: Engine, tenant: string): Promise<ScheduleRecord[]> {
  return listSchedules(engine.database.db, tenant);
}

/** @throws RiggerError `schedule_not_found`. */
export async function schedule(engine: Engine, tenant: string, id: string): Promise<ScheduleRecord> {
  const found = await findSchedule(engine.database.db, tenant, id);
  if (found === null) throw notFound(id);
  return found;
}

/** @throws RiggerError `invalid_request`, `session_not_found`, `session_not_active`, `too_many_schedules`. */
export async function createSchedule(engine: Engine, tenant: string, request: ScheduleCreate): Promise<ScheduleRecord> {
  const { paused, cron = null, at, ...rest } = request;
  return transact(engine.database.db, async (tx) => {
    const timed = { cron, at: at === undefined ? null : new Date(at), timezone: rest.timezone };
    const first = firstTime(timed, await databaseTime(tx));
    await checkTarget(engine, tx, tenant, rest.target);
    if ((await countSchedules(tx, tenant)) >= MOST_PER_TENANT)
      throw new RiggerError('too_many_schedules', { detail: `There are ${MOST_PER_TENANT} already.` });
    const made = await insertSchedule(tx, {
      id: newId('sched'),
      tenant,
      ...rest,
      ...timed,
      status: paused ? 'paused' : 'active',
      nextAt: paused ? null : first,
    });
    await record(tx, { target: made.id, after: shown(made) });
    return made;
  });
}

/** Changes one under its lock. @throws RiggerError `schedule_not_found`, and what `rules` throws. */
async function changing(
  engine: Engine,
  tenant: string,
  id: string,
  rules: (before: ScheduleRecord, now: Date, tx: Tx) => Promise<Parameters<typeof updateSchedule>[2]>,
): Promise<ScheduleRecord> {
  return transact(engine.database.db, async (tx) => {
    const before = await findSchedule(tx, tenant, id, { lock: true });
    if (before === null) throw notFound(id);
    const after = await updateSchedule(tx, id, await rules(before, await databaseTime(tx), tx));
    await record(tx, { target: id, before: shown(before), after: shown(after) });
    return after;
  });
}

/**
 * Changes what is given. A new time counts from now on; one that had no time left goes on with it.
 * @throws RiggerError `schedule_not_found`, `invalid_request`, `session_not_found`, `session_not_active`.
 */
export function changeSchedule(
  engine: Engine,
  tenant: string,
  id: string,
  { cron, at, timezone, ...rest }: ScheduleUpdate,
): Promise<ScheduleRecord> {
  return changing(engine, tenant, id, async (before, now, tx) => {
    if (rest.target !== undefined) await checkTarget(engine, tx, tenant, rest.target);
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    if (cron === undefined && at === undefined && timezone === undefined) return given;
    if (cron !== undefined && at !== undefined) throw refused('cron', 'give either cron or at');
    const timed: Timed = {
      cron: at === undefined ? (cron ?? before.cron) : null,
      at: at === undefined ? (cron === undefined ? before.at : null) : new Date(at),
      timezone: timezone ?? before.timezone,
    };
    const nextAt = firstTime(timed, now);
    const goesOn = before.status === 'active' || before.status === 'done';
    return { ...given, ...timed, ...(goesOn ? { status: 'active', nextAt } : {}) };
  });
}

/** No time of it is run any more, until it is resumed. @throws RiggerError `schedule_not_found`. */
export function pauseSchedule(engine: Engine, tenant: string, id: string): Promise<ScheduleRecord> {
  return changing(engine, tenant, id, async ({ status }) =>
    status === 'active' ? { status: 'paused', statusReason: 'user_requested', nextAt: null } : {},
  );
}

/** Goes on with the next time from now: those that passed while it was paused were not missed. */
export function resumeSchedule(engine: Engine, tenant: string, id: string): Promise<ScheduleRecord> {
  return changing(engine, tenant, id, async (before, now, tx) => {
    if (before.status === 'active') return {};
    await checkTarget(engine, tx, tenant, before.target);
    return { status: 'active', statusReason: null, nextAt: firstTime(before, now) };
  });
}

/**
 * Has it run now, or once the runs that are under way are over.
 * @throws RiggerError `schedule_not_found`, `schedule_disabled`, `schedule_busy`.
 */
export function runSchedule(engine: Engine, tenant: string, id: string): Promise<ScheduleRunRecord> {
  return transact(engine.database.db, async (tx) => {
    const found = await findSchedule(tx, tenant, id, { lock: true });
    if (found === null) throw notFound(id);
    if (found.status === 'disabled')
      throw new RiggerError('schedule_disabled', { extra: { id, statusReason: found.statusReason } });
    if ((await openRuns(tx, id)) >= MOST_WAITING) throw new RiggerError('schedule_busy', { extra: { id } });
    const [run] = await insertRuns(tx, [
      {
        id: newId('run'),
        tenant,
        scheduleId: id,
        dueAt: await databaseTime(tx),
        trigger: 'manual',
        status: 'waiting',
        reason: null,
      },
    ]);
    if (run === undefined) throw new RiggerError('schedule_busy', { extra: { id } });
    await record(tx, { target: id, after: { run: run.id } });
    return run;
  });
}

/** @throws RiggerError `schedule_not_found`. */
export async function removeSchedule(engine: Engine, tenant: string, id: string): Promise<void> {
  await transact(engine.database.db, async (tx) => {
    const before = await findSchedule(tx, tenant, id, { lock: true });
    if (before === null || !(await dropSchedule(tx, tenant, id))) throw notFound(id);
    await record(tx, { target: id, before: shown(before) });
  });
}

/** Runs of a schedule, the newest first. @throws RiggerError `schedule_not_found`. */
export async function runsOf(
  engine: Engine,
  tenant: string,
  id: string,
  { cursor, limit }: ScheduleRunQuery,
): Promise<{ runs: ScheduleRunRecord[]; nextCursor: string | null }> {
  await schedule(engine, tenant, id);
  const before = cursor === undefined ? null : Number(cursor);
  const found = await listRuns(engine.database.db, id, { limit: limit + 1 }, before);
  const runs = found.slice(0, limit);
  return { runs, nextCursor: found.length > limit ? String(runs.at(-1)!.n) : null };
}
