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
  permission_not_found: {
    status: 404,
    title: 'Permission request not found',
    retry: false,
    remedy: 'List the requests with GET /api/sessions/:id/permissions?status=all.',
  },
  permission_already_answered: {
    status: 409,
    title: 'This request has its answer already',
    retry: false,
    remedy: 'The first answer counts; `permission` in this answer says what it was and whose.',
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
    remedy:
      'Send a key as `Authorization: Bearer rgr_…`. An admin’s key makes others: POST /api/keys, or `rigger keys create`.',
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    retry: false,
    remedy: 'Use a key that has the scope that `needs` names; GET /api/whoami says what this one may.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long to come',
    retry: true,
    remedy: 'Send it again, in one go. RIGGER_REQUEST_TIMEOUT_MS says how long is waited.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    retry: true,
    remedy:
      'Wait as long as Retry-After says. The RateLimit headers say how much is left; an admin can raise the limit.',
  },
  caller_limit_exceeded: {
    status: 429,
    title: 'Quota exceeded',
    retry: false,
    remedy: 'End or delete sessions that are no longer needed, or have an admin raise `quota` for this key or tenant.',
  },
  key_not_found: {
    status: 404,
    title: 'Key not found',
    retry: false,
    remedy: 'List the keys with GET /api/keys.',
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
  secret_not_found: {
    status: 404,
    title: 'Secret not found',
    retry: false,
    remedy: 'List the secrets with GET /api/secrets, or make it with PUT /api/secrets/:name.',
  },
  vault_not_configured: {
    status: 409,
    title: 'The vault has no key',
    retry: false,
    remedy:
      'Set RIGGER_VAULT_KEY or RIGGER_VAULT_KEY_FILE, the same on every server, to 32 bytes in base64 (openssl rand -base64 32).',
  },
  webhook_not_found: {
    status: 404,
    title: 'Webhook not found',
    retry: false,
    remedy: 'List the webhooks with GET /api/webhooks.',
  },
  delivery_not_found: {
    status: 404,
    title: 'Delivery not found',
    retry: false,
    remedy: 'List the deliveries with GET /api/webhooks/:id/deliveries; they are kept for a month.',
  },
  webhook_disabled: {
    status: 409,
    title: 'The webhook is disabled',
    retry: false,
    remedy: 'Enable it with PATCH /api/webhooks/:id and `{ "enabled": true }`.',
  },
  webhook_target_refused: {
    status: 400,
    title: 'This address cannot be a webhook',
    retry: false,
    remedy:
      'Use an https address on the public internet. The operator lists private ones in RIGGER_WEBHOOK_PRIVATE, and allows http with RIGGER_WEBHOOK_HTTP.',
  },
  too_many_webhooks: {
    status: 409,
    title: 'Too many webhooks',
    retry: false,
    remedy: 'Delete one that is not needed; one webhook can take events of every type.',
  },
  schedule_not_found: {
    status: 404,
    title: 'Schedule not found',
    retry: false,
    remedy: 'List the schedules with GET /api/schedules.',
  },
  schedule_disabled: {
    status: 409,
    title: 'The schedule is disabled',
    retry: false,
    remedy: 'Give it another `target` with PATCH /api/schedules/:id, then POST …/resume.',
  },
  schedule_busy: {
    status: 409,
    title: 'Too many runs wait already',
    retry: true,
    remedy: 'Wait for the runs that GET …/runs lists as waiting.',
  },
  too_many_schedules: {
    status: 409,
    title: 'Too many schedules',
    retry: false,
    remedy: 'Delete those that are done or not needed.',
  },
  invalid_path: {
    status: 400,
    title: 'Invalid path',
    retry: false,
    remedy: 'Give a path below the workspace, with `/` between its names and without `..`.',
  },
  archive_refused: {
    status: 400,
    title: 'The archive was refused',
    retry: false,
    remedy:
      'Nothing of it was unpacked. Mend the entry that `entry` names; `links=skip` leaves out links that lead elsewhere.',
  },
  file_not_permitted: {
    status: 403,
    title: 'Not permitted',
    retry: false,
    remedy: 'The runner’s user may not do this; see `detail`.',
  },
  file_not_found: {
    status: 404,
    title: 'File not found',
    retry: false,
    remedy: 'List the files with GET /api/sessions/:id/files.',
  },
  not_a_file: {
    status: 409,
    title: 'Not a file',
    retry: false,
    remedy: 'Folders are listed, or had as an archive; links, pipes and devices are neither read nor written.',
  },
  not_a_folder: { status: 409, title: 'Not a folder', retry: false, remedy: 'A name in the path is a file or a link.' },
  folder_not_empty: { status: 409, title: 'The folder is not empty', retry: false, remedy: 'Use `recursive=true`.' },
  file_exists: {
    status: 409,
    title: 'The file exists',
    retry: false,
    remedy: 'Remove it first, or choose another name.',
  },
  precondition_failed: {
    status: 412,
    title: 'The file has changed',
    retry: false,
    remedy: 'Read it again; `etag` is what it is now.',
  },
  quota_exceeded: {
    status: 413,
    title: 'The workspace is full',
    retry: false,
    remedy: 'Remove files, or have RIGGER_WORKSPACE_MAX_BYTES or RIGGER_WORKSPACE_MAX_FILES raised.',
  },
  range_not_satisfiable: {
    status: 416,
    title: 'Range not satisfiable',
    retry: false,
    remedy: 'The file has `size` bytes.',
  },
  storage_full: { status: 507, title: 'The disk is full', retry: true, remedy: 'The disk of the runner has no room.' },
  files_unavailable: {
    status: 503,
    title: 'The files cannot be had now',
    retry: true,
    remedy: 'Wait for the runner that `detail` names, or bring the session back with POST …/resume.',
  },
  snapshot_not_found: {
    status: 404,
    title: 'Snapshot not found',
    retry: false,
    remedy: 'List a session’s snapshots with GET /api/sessions/:id/snapshots.',
  },
  rewind_inexact: {
    status: 409,
    title: 'The files were not kept at that message',
    retry: false,
    remedy:
      'Rewind to `nearest`, the newest snapshot before it, by its id. Sessions with `config.enableFileCheckpointing` keep their files before every turn.',
  },
  too_many_snapshots: {
    status: 409,
    title: 'The session has as many snapshots as it may',
    retry: false,
    remedy: 'Delete some with DELETE …/snapshots/:id, or have RIGGER_SNAPSHOTS_MAX raised.',
  },
  snapshot_unavailable: {
    status: 503,
    title: 'The snapshot cannot be had now',
    retry: true,
    remedy:
      'Bring the session back with POST …/resume, or look at the store of snapshots; `detail` says what it answered.',
  },
  nothing_to_save: {
    status: 409,
    title: 'There is nothing to save',
    retry: false,
    remedy:
      'Send the session a message, or bring it back with POST …/resume: a snapshot is of a session that runs or ran.',
  },
  snapshot_damaged: {
    status: 500,
    title: 'The snapshot is damaged',
    retry: false,
    remedy:
      'Begin a new session from an earlier snapshot with `config.source.snapshot`; `detail` says what is missing or changed.',
  },
  snapshot_too_large: {
    status: 413,
    title: 'The workspace is too large for a snapshot',
    retry: false,
    remedy: 'Have the agent remove what can be made again.',
  },
  snapshots_disabled: {
    status: 409,
    title: 'This server keeps no snapshots',
    retry: false,
    remedy: 'Set RIGGER_SNAPSHOT_STORE to a folder or a bucket.',
  },
  source_failed: {
    status: 502,
    title: 'The workspace could not be filled',
    retry: true,
    remedy: 'Check `config.source`; `detail` says what git or the file system answered.',
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
  image_not_allowed: {
    status: 400,
    title: 'This image may not be used',
    retry: false,
    remedy: 'Use one that `detail` names, or ask the operator to add it to RIGGER_DOCKER_IMAGES.',
  },
  resources_not_allowed: {
    status: 400,
    title: 'More is asked for than a sandbox may have',
    retry: false,
    remedy: 'Ask for less in `config.resources`, or ask the operator to raise the limit that `detail` names.',
  },
  pod_unschedulable: {
    status: 503,
    title: 'Kubernetes found no place for its pod',
    retry: true,
    remedy: '`detail` has the scheduler’s own words: add nodes, or ask for less in `config.resources`.',
  },
  pod_image_unavailable: {
    status: 503,
    title: 'The image of its pod cannot be had',
    retry: true,
    remedy: 'Check the image of the profile, and the secret by which nodes pull it.',
  },
  pod_not_started: {
    status: 503,
    title: 'Its pod did not come up',
    retry: true,
    remedy:
      'See `detail`, and `rigger doctor --kubernetes`; RIGGER_KUBERNETES_START_TIMEOUT_MS says how long is waited.',
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
