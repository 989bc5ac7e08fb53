/** The names of the contract. Their shapes come from docs/openapi.json. */
import type { components } from './generated/openapi.ts';
import type { AnswerOf, RequestOf } from './typed.ts';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type SessionStatus = Schemas['SessionStatus'];
export type SessionPattern = Schemas['SessionPattern'];
export type SessionCreate = Schemas['SessionCreateRequestInput'];
export type SessionUpdate = Schemas['SessionUpdateRequestInput'];
export type SessionResume = Schemas['SessionResumeRequestInput'];
export type SessionFork = Schemas['SessionForkRequestInput'];
export type SessionConfig = Schemas['SessionConfigInput'];
export type SessionPage = Schemas['SessionListResponse'];
export type SessionStats = Schemas['SessionStatsResponse'];
export type TerminateReason = NonNullable<Schemas['SessionTerminateRequestInput']['reason']>;
export type SessionQuery = NonNullable<RequestOf<'GET', '/api/sessions'>['query']>;
export type StatsQuery = NonNullable<RequestOf<'GET', '/api/sessions/stats/summary'>['query']>;

export type Prompt = Schemas['MessageRequestInput']['prompt'];
export type Message = Omit<Schemas['MessageRequestInput'], 'streaming'>;
export type MessageResponse = Schemas['MessageResponse'];
export type Turn = Schemas['Turn'];
/** An entry of a session's log. `seq` counts from 1 without gaps. */
export type SessionEvent = Schemas['Event'];
export type EventPage = AnswerOf<'GET', '/api/sessions/{id}/events'>;
export type TurnPage = AnswerOf<'GET', '/api/sessions/{id}/turns'>;

/** What is of the moment and in no log: the model's words as they come, the progress of tools. */
export interface Delta {
  type: 'sdk.delta';
  seq?: undefined;
  agent: string;
  turnId: string | null;
  data: Record<string, unknown>;
}

/** What a streamed message yields. `done` or `error` is the last. */
export type MessagePart =
  | { type: 'stream_event'; data: Record<string, unknown> }
  | { type: 'message'; seq: number; data: Record<string, unknown> }
  | {
      type: 'done';
      latency: number;
      usage: Record<string, unknown>;
      cost: number;
      turn: Turn;
      session: Session;
    }
  | { type: 'error'; error: string; code: string; turn?: Turn; session?: Session };

export type FileEntry = Schemas['File'];
export type FilePage = Schemas['FileList'];
export type WrittenFile = Schemas['WrittenFile'];
export type Unpacked = Schemas['Unpacked'];
export type ArchiveFormat = 'tar' | 'tar.gz' | 'tar.zst';

export type Snapshot = Schemas['Snapshot'];
export type Usage = Schemas['Usage'];
export type UsageQuery = Omit<NonNullable<RequestOf<'GET', '/api/usage'>['query']>, 'format'>;
export type Latency = Schemas['Latency'];
export type LatencyQuery = NonNullable<RequestOf<'GET', '/api/usage/latency'>['query']>;
export type Budget = Schemas['Budget'];
export type BudgetRequest = Schemas['BudgetRequestInput'];
export type Secret = Schemas['Secret'];
export type SecretRequest = Schemas['SecretRequestInput'];
export type Webhook = Schemas['Webhook'];
export type WebhookCreate = Schemas['WebhookCreateRequestInput'];
export type WebhookUpdate = Schemas['WebhookUpdateRequestInput'];
export type WebhookTest = Schemas['WebhookTest'];
export type WebhookDelivery = Schemas['WebhookDelivery'];
export type WebhookDeliveryPage = AnswerOf<'GET', '/api/webhooks/{id}/deliveries'>;
export type WebhookDeliveryQuery = NonNullable<RequestOf<'GET', '/api/webhooks/{id}/deliveries'>['query']>;
export type Schedule = Schemas['Schedule'];
export type ScheduleCreate = Schemas['ScheduleCreateRequestInput'];
export type ScheduleUpdate = Schemas['ScheduleUpdateRequestInput'];
export type ScheduleRun = Schemas['ScheduleRun'];
export type ScheduleRunPage = AnswerOf<'GET', '/api/schedules/{id}/runs'>;
export type ScheduleRunQuery = NonNullable<RequestOf<'GET', '/api/schedules/{id}/runs'>['query']>;
export type ApiKey = Schemas['ApiKey'];
export type NewApiKey = Schemas['NewApiKey'];
export type KeyRequest = NonNullable<RequestOf<'POST', '/api/keys'>['body']>;
export type Caller = Schemas['Caller'];
export type Tenant = Schemas['Tenant'];
export type TenantRequest = NonNullable<RequestOf<'PUT', '/api/tenants/{id}'>['body']>;
export type AuditEntry = Schemas['AuditEntry'];
export type AuditPage = { entries: AuditEntry[]; next: number | null };
export type AuditQuery = Omit<NonNullable<RequestOf<'GET', '/api/audit'>['query']>, 'format'>;
export type AuditChain = AnswerOf<'GET', '/api/audit/verify'>;
export type Runner = Schemas['Runner'];
export type Health = AnswerOf<'GET', '/healthz'>;
export type Readiness = AnswerOf<'GET', '/readyz'>;

/** A tool that waits for leave, or a question that waits for an answer. */
export type Permission = Schemas['Permission'];
/** What may be said to one. */
export type PermissionAnswer = Schemas['PermissionAnswerInput'];
export type PermissionQuery = NonNullable<RequestOf<'GET', '/api/permissions'>['query']>;

export type ProblemBody = Schemas['Problem'];
/** The codes of the catalogue. A newer server may have others. */
export type ErrorCode = ProblemBody['code'];
