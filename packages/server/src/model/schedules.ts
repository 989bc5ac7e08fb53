/** Schedules as the HTTP contract shows them, and the records behind them. */
import { z } from 'zod';
import { sessionCreateRequest } from './session.ts';
import { prompt } from './turn.ts';

const time = z.iso.datetime();

const name = z.string().min(1).max(200);
const cron = z
  .string()
  .max(200)
  .regex(/^(@[a-z]+|\S+(\s+\S+){4,6})$/i, 'five fields, or six with seconds first')
  .describe('`30 8 * * mon-fri`; six fields begin with seconds; also `L`, `#` and `@daily`.');
const timezone = z.string().min(1).max(100).describe('A time zone by its IANA name, such as `Europe/Berlin`.');
const at = z.iso.datetime({ offset: true }).describe('One time, in place of `cron`.');
const target = z
  .union([
    z.strictObject({
      sessionId: z
        .string()
        .min(1)
        .max(255)
        .describe('A session that is there: long-running, hybrid or single-container.'),
      agent: z.string().min(1).optional().describe('Which agent of a single-container session.'),
    }),
    z.strictObject({ create: sessionCreateRequest.describe('A session that is made for each run.') }),
  ])
  .describe('Whom the message goes to.');
export type ScheduleTarget = z.output<typeof target>;

export const OVERLAPS = ['skip', 'queue'] as const;
const overlap = z
  .enum(OVERLAPS)
  .describe('While an earlier run is not over: `skip` leaves the time out, `queue` starts it after the earlier one.');
export const ON_MISSED = ['once', 'skip'] as const;
const onMissed = z
  .enum(ON_MISSED)
  .describe('What becomes of times at which no server was there: one run for all of them, or none.');

export const scheduleCreateRequest = z
  .strictObject({
    name,
    cron: cron.optional(),
    timezone: timezone.default('UTC'),
    at: at.optional(),
    target,
    prompt,
    overlap: overlap.default('skip'),
    onMissed: onMissed.default('once'),
    paused: z.boolean().default(false),
  })
  .meta({ id: 'ScheduleCreateRequest' });
export type ScheduleCreateRequest = z.input<typeof scheduleCreateRequest>;
export type ScheduleCreate = z.output<typeof scheduleCreateRequest>;

export const scheduleUpdateRequest = z
  .strictObject({
    name: name.optional(),
    cron: cron.optional(),
    timezone: timezone.optional(),
    at: at.optional(),
    target: target.optional(),
    prompt: prompt.optional(),
    overlap: overlap.optional(),
    onMissed: onMissed.optional(),
  })
  .meta({ id: 'ScheduleUpdateRequest' });
export type ScheduleUpdateRequest = z.input<typeof scheduleUpdateRequest>;
export type ScheduleUpdate = z.output<typeof scheduleUpdateRequest>;

export const SCHEDULE_STATUSES = ['active', 'paused', 'done', 'disabled'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];
export const SCHEDULE_REASONS = ['user_requested', 'session_ended', 'session_deleted'] as const;
export type ScheduleReason = (typeof SCHEDULE_REASONS)[number];

export const scheduleView = z
  .object({
    id: z.string(),
    name: z.string(),
    cron: z.string().nullable(),
    timezone: z.string(),
    at: time.nullable(),
    target: z.record(z.string(), z.unknown()),
    prompt,
    overlap,
    onMissed,
    status: z.enum(SCHEDULE_STATUSES).describe('`done`: no time is left. `disabled`: see `statusReason`.'),
    statusReason: z.enum(SCHEDULE_REASONS).nullable(),
    nextTimes: z.array(time).describe('The next five times, the first of them first.'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Schedule' });
export type ScheduleView = z.infer<typeof scheduleView>;

export const RUN_STATUSES = [
  'waiting',
  'starting',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
  'skipped',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export const SKIP_REASONS = ['overlap', 'queue_full', 'missed', 'schedule_disabled'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export const scheduleRunView = z
  .object({
    id: z.string(),
    scheduleId: z.string(),
    dueAt: time,
    trigger: z.enum(['time', 'manual']),
    status: z.enum(RUN_STATUSES).describe('From `succeeded` on: how its turn ended.'),
    reason: z.enum(SKIP_REASONS).nullable().describe('Why it was skipped.'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    sessionId: z.string().nullable(),
    turnId: z.string().nullable(),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .meta({ id: 'ScheduleRun' });
export type ScheduleRunView = z.infer<typeof scheduleRunView>;

export const scheduleRunQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('From `nextCursor`.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ScheduleRunQuery = z.output<typeof scheduleRunQuery>;

export interface ScheduleRecord {
  id: string;
  tenant: string;
  name: string;
  cron: string | null;
  timezone: string;
  at: Date | null;
  target: ScheduleTarget;
  prompt: z.infer<typeof prompt>;
  overlap: (typeof OVERLAPS)[number];
  onMissed: (typeof ON_MISSED)[number];
  status: ScheduleStatus;
  statusReason: ScheduleReason | null;
  nextAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface ScheduleRunRecord {
  id: string;
  /** Grows with each. */
  n: number;
  tenant: string;
  scheduleId: string;
  dueAt: Date;
  trigger: 'time' | 'manual';
  status: RunStatus;
  reason: SkipReason | null;
  error: { code: string; message: string } | null;
  sessionId: string | null;
  turnId: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}
