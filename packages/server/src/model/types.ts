/** The types of the HTTP contract, under the names that clients of the brief's API know. */
export type { SessionConfig } from './config.ts';
export type { PermissionAnswer, PermissionView } from './permissions.ts';
export type {
  ScheduleCreateRequest,
  ScheduleRunView,
  ScheduleUpdateRequest,
  ScheduleView,
} from './schedules.ts';
export type { SecretRequest, SecretView } from './secrets.ts';
export type {
  SessionCreateRequest,
  SessionListResponse,
  SessionMetadata,
  SessionPattern,
  SessionResumeRequest,
  SessionStatsResponse,
  SessionStatus,
  SessionTerminateRequest,
  SessionUpdateRequest,
} from './session.ts';
export type { MessageRequest, MessageResponse, SessionEvent, TurnStatus, TurnView } from './turn.ts';
export type { BudgetRequest, BudgetView, UsageQuery, UsageResponse } from './usage.ts';
export type {
  WebhookCreateRequest,
  WebhookDeliveryView,
  WebhookRotateRequest,
  WebhookTestView,
  WebhookUpdateRequest,
  WebhookView,
} from './webhooks.ts';
