/** When a schedule's times are, and what is to be done when some have come. Pure; `now` is the database's time. */
import { Cron } from 'croner';
import type { ScheduleRecord, SkipReason } from '../model/schedules.ts';

type Timed = Pick<ScheduleRecord, 'cron' | 'timezone' | 'at'>;

/** A time that is found later than this was missed: no server was there for it. */
export const LATE_MS = 60_000;
/** Runs of one schedule that may wait for others. */
export const MOST_WAITING = 100;

/** @throws Error in words for its owner, for what is no cron, or no time zone. */
export function nextTimes(schedule: Timed, after: Date, count: number): Date[] {
  if (schedule.at !== null) return schedule.at > after ? [schedule.at] : [];
  const { cron, timezone } = schedule;
  return new Cron(cron!, { timezone, paused: true }).nextRuns(count, after);
}

export const nextTime = (schedule: Timed, after: Date): Date | null => nextTimes(schedule, after, 1)[0] ?? null;

/** Why a cron and its time zone cannot be used; null: they can. */
export function refusalOf(cron: string, timezone: string): { path: 'cron' | 'timezone'; message: string } | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    return { path: 'timezone', message: `${timezone} is not the name of a time zone` };
  }
  try {
    new Cron(cron, { timezone, paused: true });
    return null;
  } catch (error) {
    return { path: 'cron', message: (error as Error).message.replace(/^Cron\w*: /, '') };
  }
}

export interface PlannedRun {
  dueAt: Date;
  /** Null: it is to be done. */
  skipped: SkipReason | null;
}

/**
 * What the times up to `now` come to, and when the next is. Of times that were missed nothing is counted one by one: there may
 * be a million of them.
 * @param open runs of this schedule that are not over
 */
export function plan(
  schedule: Timed & Pick<ScheduleRecord, 'nextAt' | 'overlap' | 'onMissed'>,
  now: Date,
  open: number,
): { runs: PlannedRun[]; nextAt: Date | null } {
  const { nextAt } = schedule;
  if (nextAt === null || nextAt > now) return { runs: [], nextAt };
  const lateSince = new Date(now.getTime() - LATE_MS);
  const missed = nextAt < lateSince ? nextAt : null;
  const due: Date[] = [];
  let next: Date | null = missed === null ? nextAt : nextTime(schedule, lateSince);
  for (; next !== null && next <= now; next = nextTime(schedule, next)) due.push(next);

  const runs: PlannedRun[] = [];
  // One run makes up for all that were missed, and one that is on time does so as well.
  if (missed !== null && schedule.onMissed === 'skip') runs.push({ dueAt: missed, skipped: 'missed' });
  else if (missed !== null && due.length === 0) due.push(missed);
  let waiting = open;
  for (const dueAt of due) {
    const skipped = refusedFor(schedule.overlap, waiting);
    if (skipped === null) waiting += 1;
    runs.push({ dueAt, skipped });
  }
  return { runs, nextAt: next };
}

/** Why another run is not taken on beside so many that are not over. */
function refusedFor(overlap: ScheduleRecord['overlap'], open: number): SkipReason | null {
  if (overlap === 'skip') return open === 0 ? null : 'overlap';
  return open < MOST_WAITING ? null : 'queue_full';
}
