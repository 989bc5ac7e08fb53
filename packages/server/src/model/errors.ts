/**
 * The one catalogue of errors: code → HTTP status, title, whether trying again can help, and how to mend it.
 * Routes and rules throw `RiggerError` with a code; `http/problems.ts` is the only place that makes answers of them,
 * and the OpenAPI document lists every code.
 */
export const ERRORS = {
  session_not_found: {
    status: 404,
    title: 'Session not found',
    retry: false,
    remedy:
      'Check the id, or list sessions with GET /api/sessions. Ephemeral sessions are deleted soon after they complete.',
  },
  turn_not_found: {
    status: 404,
    title: 'Turn not found',
    retry: false,
    remedy: 'List the turns with GET /api/sessions/:id/turns.',
  },
  runner_not_found: {
    status: 404,
    title: 'Runner not found',
    retry: false,
    remedy: 'List the runners with GET /api/runners.',
  },
  agent_not_found: {
    status: 404,
    title: 'Agent not found',
    retry: false,
    remedy: 'Name one of the agents that `agents` in this answer lists.',
  },
  resume_source_not_found: {
    status: 404,
    title: 'Session to resume not found',
    retry: false,
    remedy: 'Give `config.resumeSessionId` the id of a session that still exists and has spoken.',
  },
  route_not_found: { status: 404, title: 'Not found', retry: false, remedy: 'GET /openapi.json lists every route.' },
  invalid_request: {
    status: 400,
    title: 'Invalid request',
    retry: false,
    remedy: 'Mend the members that `issues` names.',
  },
  invalid_pattern: { status: 400, title: 'Invalid pattern', retry: false, remedy: 'Use one of `validPatterns`.' },
  unknown_members: {
    status: 400,
    title: 'Unknown members',
    retry: false,
    remedy: 'Remove the members that `members` names, or check their spelling.',
  },
  unsupported_option: {
    status: 400,
    title: 'This option cannot be hosted',
    retry: false,
    remedy: 'Remove the options that `members` names; `detail` says what to use instead.',
  },
  invalid_status_change: {
    status: 400,
    title: 'This status cannot be set',
    retry: false,
    remedy: 'PATCH takes `idle` (parks) and `completed` (finishes); to end a session use POST …/terminate.',
  },
  body_not_json: {
    status: 400,
    title: 'The body is not JSON',
    retry: false,
    remedy: 'Send a JSON object with Content-Type: application/json.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    retry: false,
    remedy: 'Send Content-Type: application/json.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    retry: false,
    remedy: 'Send less at once; RIGGER_MAX_BODY_BYTES raises the limit.',
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    retry: false,
    remedy: 'Send the token as `Authorization: Bearer …`.',
  },
  forbidden_origin: {
    status: 403,
    title: 'Foreign origin',
    retry: false,
    remedy: 'Call the server by its own address, and not from a page of another site.',
  },
  idempotency_key_reused: {
    status: 409,
    title: 'This Idempotency-Key was used for another request',
    retry: false,
    remedy: 'Send the body that the key was first used with, or use a new key.',
  },
  upgrade_required: {
    status: 426,
    title: 'This is a WebSocket',
    retry: false,
    remedy: 'Connect with a WebSocket client, or read the same log with GET /api/sessions/:id/events.',
  },
  session_not_active: {
    status: 409,
    title: 'Session is not active',
    retry: false,
    remedy: 'Create a new session; `config.resumeSessionId` continues this one.',
  },
  session_paused: {
    status: 409,
    title: 'Session is paused',
    retry: false,
    remedy:
      'Its budget is spent: raise `maxBudgetUsd` with PATCH /api/sessions/:id, and the turn that `turnId` names goes on.',
  },
  budget_not_found: {
    status: 404,
    title: 'Budget not found',
    retry: false,
    remedy: 'List the budgets with GET /api/budgets.',
  },
  source_not_allowed: {
    status: 400,
    title: 'This folder may not be used',
    retry: false,
    remedy: 'Use a folder below one that RIGGER_SOURCE_FOLDERS names, or ask the operator to add it there.',
  },
  busy: {
    status: 409,
    title: 'The session is working',
    retry: true,
    remedy: 'Wait for its turns to end, or interrupt them first.',
  },
  isolation_unavailable: {
    status: 503,
    title: 'The isolation asked for is not available',
    retry: false,
    remedy: 'Install what `detail` names, or choose another with RIGGER_ISOLATION.',
  },
  database_unavailable: {
    status: 503,
    title: 'The database cannot be reached',
    retry: true,
    remedy: 'Try again shortly; GET /readyz says what is wrong.',
  },
  shutting_down: { status: 503, title: 'The server is shutting down', retry: true, remedy: 'Try again shortly.' },
  internal: {
    status: 500,
    title: 'Internal error',
    retry: true,
    remedy: 'The server log has the details under this request id.',
  },
} as const satisfies Record<string, { status: number; title: string; retry: boolean; remedy: string }>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** An error with a code of the catalogue. `extra` goes into the answer beside the standard members. */
export class RiggerError extends Error {
  readonly code: ErrorCode;
  readonly extra: Record<string, unknown>;

  constructor(code: ErrorCode, options: { detail?: string; extra?: Record<string, unknown>; cause?: unknown } = {}) {
    super(options.detail ?? ERRORS[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RiggerError';
    this.code = code;
    this.extra = { ...(options.detail === undefined ? {} : { detail: options.detail }), ...options.extra };
  }
}
