/** What the contract shows of schedules. */
import type { ScheduleRecord, ScheduleRunRecord, ScheduleRunView, ScheduleView } from '../model/schedules.ts';
import { nextTimes } from './times.ts';

const TIMES_SHOWN = 5;
const time = (date: Date): string => date.toISOString();
const timeOrNull = (date: Date | null): string | null => (date === null ? null : time(date));

export function viewSchedule(schedule: ScheduleRecord): ScheduleView {
  const { nextAt } = schedule;
  const later = nextAt === null ? [] : nextTimes(schedule, nextAt, TIMES_SHOWN - 1);
  return {
    id: schedule.id,
    name: schedule.name,
    cron: schedule.cron,
    timezone: schedule.timezone,
    at: timeOrNull(schedule.at),
    target: schedule.target,
    prompt: schedule.prompt,
    overlap: schedule.overlap,
    onMissed: schedule.onMissed,
    status: schedule.status,
    statusReason: schedule.statusReason,
    nextTimes: nextAt === null ? [] : [nextAt, ...later].map(time),
    createdAt: time(schedule.createdAt),
    updatedAt: time(schedule.updatedAt),
  };
}

export const viewRun = (run: ScheduleRunRecord): ScheduleRunView => ({
  id: run.id,
  scheduleId: run.scheduleId,
  dueAt: time(run.dueAt),
  trigger: run.trigger,
  status: run.status,
  reason: run.reason,
  error: run.error,
  sessionId: run.sessionId,
  turnId: run.turnId,
  startedAt: timeOrNull(run.startedAt),
  finishedAt: timeOrNull(run.finishedAt),
});
