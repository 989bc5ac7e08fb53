/** Sessions as the HTTP contract shows them. One schema gives validation, the type and the OpenAPI document. */
import { z } from 'zod';
import { sessionConfig } from './config.ts';
import { resourcesView, waitingView } from './residence.ts';

export const SESSION_PATTERNS = ['ephemeral', 'long-running', 'hybrid', 'single-container'] as const;
export const sessionPattern = z.enum(SESSION_PATTERNS).meta({ id: 'SessionPattern' });
export type SessionPattern = z.infer<typeof sessionPattern>;

export const SESSION_STATUSES = ['initializing', 'active', 'idle', 'completed', 'error', 'terminated'] as const;
export const sessionStatus = z.enum(SESSION_STATUSES).meta({ id: 'SessionStatus' });
export type SessionStatus = z.infer<typeof sessionStatus>;

export const STATUS_REASONS = [
  'user_requested',
  'idle_timeout',
  'lifetime_exceeded',
  'budget_exceeded',
  'max_turns',
  'error',
] as const;
export const statusReason = z.enum(STATUS_REASONS);
export type StatusReason = z.infer<typeof statusReason>;

export const ON_BUDGET = ['terminate', 'pause'] as const;
const onBudget = z
  .enum(ON_BUDGET)
  .describe('What becomes of the session when its budget is spent: it ends, or waits until the budget is raised.');
export type OnBudget = z.infer<typeof onBudget>;

const time = z.iso.datetime();
const count = z.int().nonnegative();
const conversationId = z.union([z.int(), z.string().min(1).max(255)]);
/** Ten years: beyond it a duration is a mistake, and dates made of it would overflow. */
const durationMs = z.int().positive().max(315_360_000_000);

const limits = {
  maxIdleTimeMs: durationMs
    .optional()
    .describe('Time without a running turn after which the session ends (hybrid: parks).'),
  maxLifetimeMs: durationMs.optional().describe('Time since creation after which the session ends.'),
  maxBudgetUsd: z
    .number()
    .nonnegative()
    .max(1_000_000)
    .optional()
    .describe('Cost at which the session ends or pauses.'),
  onBudget: onBudget.optional(),
  maxTurns: z.int().positive().optional().describe('Model round trips in all after which the session ends.'),
};
const labels = {
  tags: z.array(z.string().min(1).max(200)).max(100).optional(),
  description: z.string().max(10_000).optional(),
  userId: z.string().min(1).max(255).optional(),
};

export const sessionCreateRequest = z
  .strictObject({
    pattern: sessionPattern,
    config: sessionConfig.default({}),
    conversationId: conversationId.optional(),
    ...limits,
    ...labels,
  })
  .meta({ id: 'SessionCreateRequest' });
export type SessionCreateRequest = z.input<typeof sessionCreateRequest>;
export type SessionCreate = z.output<typeof sessionCreateRequest>;

export const sessionUpdateRequest = z
  .strictObject({
    ...labels,
    ...limits,
    status: z.string().optional().describe('`idle` parks the session, `completed` finishes it.'),
  })
  .meta({ id: 'SessionUpdateRequest' });
export type SessionUpdateRequest = z.infer<typeof sessionUpdateRequest>;

export const sessionResumeRequest = z
  .strictObject({
    config: sessionConfig
      .optional()
      .describe('For a session that has ended: what the new session’s configuration changes.'),
  })
  .meta({ id: 'SessionResumeRequest' });
export type SessionResumeRequest = z.input<typeof sessionResumeRequest>;

export const sessionForkRequest = z
  .strictObject({
    snapshot: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Go on from this snapshot: its files, and the conversation as far as it had come.'),
    atMessageId: z
      .uuid()
      .optional()
      .describe(
        'Go on after this message of the conversation, with the files of the newest snapshot before it, or else of now.',
      ),
    config: sessionConfig.optional().describe('What the new session’s configuration changes.'),
    description: z.string().max(10_000).optional(),
    tags: z.array(z.string().min(1).max(255)).max(100).optional(),
  })
  .meta({ id: 'SessionForkRequest' });
export type SessionForkRequest = z.input<typeof sessionForkRequest>;

export const sessionRewindRequest = z
  .strictObject({
    messageId: z
      .uuid()
      .optional()
      .describe('A message of the conversation: one of a user, before it was acted upon, or the last one of a turn.'),
    turnId: z.string().min(1).max(255).optional().describe('Before this turn.'),
    snapshot: z.string().min(1).max(255).optional(),
    dryRun: z.boolean().default(false).describe('Says what would change, and changes nothing.'),
  })
  .refine(
    ({ messageId, turnId, snapshot }) => [messageId, turnId, snapshot].filter((one) => one !== undefined).length === 1,
    'name one of messageId, turnId and snapshot',
  )
  .meta({ id: 'SessionRewindRequest' });
export type SessionRewind = z.output<typeof sessionRewindRequest>;

export const sessionTerminateRequest = z
  .strictObject({
    reason: z
      .enum(['user_requested', 'idle_timeout', 'budget_exceeded', 'max_turns', 'error'])
      .default('user_requested'),
  })
  .meta({ id: 'SessionTerminateRequest' });
export type SessionTerminateRequest = z.input<typeof sessionTerminateRequest>;

export const sessionMetadata = z
  .object({
    id: z.string(),
    sessionId: z.string().describe('The SDK’s session id; empty until known.'),
    pattern: sessionPattern,
    status: sessionStatus,
    statusReason: statusReason.nullable(),
    config: sessionConfig,
    conversationId: conversationId.nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    lastActivityAt: time,
    completedAt: time.nullable(),
    terminatedAt: time.nullable(),
    totalCost: z.number().nonnegative().describe('USD.'),
    totalTokens: count,
    numTurns: count.describe('Agentic turns: model round trips as the SDK reports them.'),
    toolsUsed: z.array(z.string()),
    maxIdleTimeMs: z.int().nullable(),
    maxLifetimeMs: z.int().nullable(),
    maxBudgetUsd: z.number().nullable(),
    onBudget,
    paused: z.boolean().describe('Its budget is spent, and it waits for more.'),
    parked: z.boolean().describe('It is idle without a process: any message brings it back.'),
    maxTurns: z.int().nullable(),
    tags: z.array(z.string()),
    description: z.string().nullable(),
    userId: z.string().nullable(),
    isolation: z.string().nullable().describe('How its agents are kept apart; null until a runner has it.'),
    lastEventSeq: count,
    pendingPermissions: count.describe('Requests for permission that wait for a person: GET …/permissions.'),
    waiting: waitingView
      .nullable()
      .describe('Where it stands in the queue for a place on a runner; null while it does not wait for one.'),
    resources: resourcesView
      .nullable()
      .describe('What its processes use; null while it has none, or until it is known.'),
    notices: z.array(z.string()).optional().describe('What was accepted without effect.'),
  })
  .meta({ id: 'Session' });
export type SessionMetadata = z.infer<typeof sessionMetadata>;

const csv = z
  .union([z.string(), z.array(z.string())])
  .transform((value) =>
    (Array.isArray(value) ? value : value.split(',')).map((tag) => tag.trim()).filter((tag) => tag !== ''),
  );

export const MAX_PAGE_SIZE = 500;
export const sessionListQuery = z.strictObject({
  pattern: sessionPattern.optional(),
  status: sessionStatus.optional(),
  userId: z.string().optional(),
  tags: csv.optional().describe('Comma-separated; a session must have all of them.'),
  conversationId: z.string().optional(),
  runnerId: z.string().optional().describe('The runner that holds them.'),
  paused: z.enum(['true']).optional().describe('`true`: those whose budget is spent, and which wait for more.'),
  q: z
    .string()
    .max(200)
    .transform((text) => text.split(/\s+/).filter((word) => word !== ''))
    .pipe(z.array(z.string()).max(10, 'at most 10 words'))
    .optional()
    .describe(
      'Words that must all be somewhere in id, description, tags or user, whatever their case. Pages by cursor alone; an answer looks through a bounded number of sessions, so its page may be short, or empty, while `nextCursor` leads on.',
    ),
  page: z.coerce.number().int().min(1).max(1_000_000).optional(),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).optional(),
  cursor: z.string().optional().describe('From `nextCursor`: pages through any number of sessions at the same cost.'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).optional(),
});
export type SessionListQuery = z.output<typeof sessionListQuery>;

export const sessionListResponse = z
  .object({
    sessions: z.array(sessionMetadata),
    total: count.optional().describe('Absent when paging by cursor.'),
    page: count.optional(),
    pageSize: count,
    nextCursor: z.string().nullable().optional(),
  })
  .meta({ id: 'SessionListResponse' });
export type SessionListResponse = z.infer<typeof sessionListResponse>;

export const sessionStatsQuery = z.strictObject({
  userId: z.string().optional(),
  tags: csv.optional(),
  from: z.iso.datetime({ offset: true }).optional().describe('Created at or after.'),
  to: z.iso.datetime({ offset: true }).optional().describe('Created before.'),
});
export type SessionStatsQuery = z.output<typeof sessionStatsQuery>;

/** At most so many users and tags are in the answer: there may be as many of them as sessions. */
export const STATS_GROUPS = 100;
const mostExpensive = z
  .record(z.string(), z.object({ count, totalCost: z.number(), totalTokens: count }))
  .describe(`Those with the highest cost, at most ${STATS_GROUPS}.`);

const group = z.object({
  count,
  avgCost: z.number(),
  avgTokens: z.number(),
  avgDuration: z.number().describe('Milliseconds.'),
});
export type StatsGroup = z.infer<typeof group>;
export const sessionStatsResponse = z
  .object({
    totalSessions: count,
    activeSessions: count,
    idleSessions: count,
    completedSessions: count,
    errorSessions: count,
    terminatedSessions: count,
    totalCost: z.number(),
    totalTokens: count,
    avgSessionDuration: z.number().describe('Milliseconds from creation to end, or to now.'),
    byPattern: z.record(z.string(), group),
    byStatus: z.record(z.string(), count),
    byUser: mostExpensive,
    byTag: mostExpensive,
  })
  .meta({ id: 'SessionStatsResponse' });
export type SessionStatsResponse = z.infer<typeof sessionStatsResponse>;
