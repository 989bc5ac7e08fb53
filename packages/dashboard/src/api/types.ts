/** What the page calls the answers of the API. Their shapes are the client's. */
import type { Session as Whole } from '@rigger/client';

export type {
  ApiKey,
  AuditEntry,
  Budget,
  BudgetRequest,
  Caller,
  Delta,
  EventPage,
  FileEntry,
  FilePage,
  KeyRequest,
  Latency,
  NewApiKey,
  Permission,
  PermissionAnswer,
  Prompt,
  Readiness,
  Runner,
  Schedule,
  ScheduleCreate,
  ScheduleRun,
  ScheduleUpdate,
  Secret,
  SecretRequest,
  SessionConfig,
  SessionCreate,
  SessionEvent,
  SessionPage,
  SessionPattern,
  SessionQuery,
  SessionStats,
  SessionStatus,
  SessionUpdate,
  Snapshot,
  Turn,
  Usage,
  UsageQuery,
  Webhook,
  WebhookCreate,
  WebhookDelivery,
  WebhookTest,
} from '@rigger/client';

export type Session = Whole;
export type Json = Record<string, unknown>;
export type TurnStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
