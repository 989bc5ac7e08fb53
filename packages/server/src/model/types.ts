/** The types of the HTTP contract, under the names that clients of the brief's API know. */
export type { SessionConfig } from './config.ts';
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
