/** Schedules and their runs, as they are told to people. */
import {
  Ban,
  CalendarCheck,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  CircleX,
  LoaderCircle,
} from 'lucide-react';
import type { Schedule, ScheduleRun } from '../api/types.ts';
import { cronWords } from './cron.ts';
import { patternWords } from './patterns.ts';
import type { Shown } from './status.ts';

const STATES: Record<Schedule['status'], Shown> = {
  active: { icon: CalendarClock, word: 'Active', tone: 'accent' },
  paused: { icon: CirclePause, word: 'Paused', tone: 'warn' },
  done: { icon: CalendarCheck, word: 'Done', tone: 'quiet' },
  disabled: { icon: CircleX, word: 'Disabled', tone: 'bad' },
};
export const scheduleStatus = ({ status }: Pick<Schedule, 'status'>): Shown => STATES[status];

/** Why a schedule does not run by itself any more, and what can be done; null: it does. */
export const scheduleReason = ({ statusReason }: Pick<Schedule, 'statusReason'>): string | null =>
  statusReason === 'session_ended'
    ? 'Its session has ended: give it another one, then resume it.'
    : statusReason === 'session_deleted'
      ? 'Its session was deleted: give it another one, then resume it.'
      : null;

const RUNS: Record<ScheduleRun['status'], Shown> = {
  waiting: { icon: CircleDashed, word: 'Waiting', tone: 'quiet' },
  starting: { icon: LoaderCircle, word: 'Starting', tone: 'accent', moves: true },
  running: { icon: LoaderCircle, word: 'Running', tone: 'accent', moves: true },
  succeeded: { icon: CircleCheck, word: 'Succeeded', tone: 'good' },
  failed: { icon: CircleAlert, word: 'Failed', tone: 'bad' },
  cancelled: { icon: Ban, word: 'Cancelled', tone: 'quiet' },
  interrupted: { icon: CirclePause, word: 'Interrupted', tone: 'warn' },
  skipped: { icon: CircleSlash, word: 'Left out', tone: 'quiet' },
};
export const runStatus = ({ status }: Pick<ScheduleRun, 'status'>): Shown => RUNS[status];

const SKIPPED: Record<NonNullable<ScheduleRun['reason']>, string> = {
  overlap: 'an earlier run was not over',
  queue_full: 'too many runs waited',
  missed: 'no server was there',
  schedule_disabled: 'the schedule was disabled',
};
/** Why a time was left out, or what went wrong; null: nothing. */
export const runWords = ({ reason, error }: Pick<ScheduleRun, 'reason' | 'error'>): string | null =>
  error?.message ?? (reason === null ? null : SKIPPED[reason]);

/** A moment on the clock of a time zone: `Mon 30 Nov, 08:30`. */
export const zonedTime = (iso: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(Date.parse(iso));

/** When it runs, in words: its time zone beside it where that is not the reader's. */
export function timingWords({ cron, at, timezone }: Pick<Schedule, 'cron' | 'at' | 'timezone'>): string {
  if (at !== null) return 'once';
  return `${cronWords(cron!) ?? cron}, ${timezone}`;
}

export type Target = { sessionId: string; agent?: string } | { create: { pattern: string; description?: string } };
export const targetOf = ({ target }: Pick<Schedule, 'target'>): Target => target as Target;

/** Whom it writes to, where that is not a session that there is. */
export const createdWords = ({ pattern }: { pattern: string }): string =>
  `a new session each time: ${patternWords(pattern as 'hybrid').name.toLowerCase()}`;

/** What a prompt says first. */
export const promptText = (prompt: Schedule['prompt']): string =>
  typeof prompt === 'string'
    ? prompt
    : prompt.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join(' ');
