/** Who may do what, as data: tenants, scopes, keys, and what each route asks for. Pure. */
import { z } from 'zod';

/** Whose everything is where nobody says otherwise. Its keys are the operator's: they alone see runners and other tenants. */
export const DEFAULT_TENANT = 'default';

/** In the order of what they let do; `runner` is apart from the others: it lets a runner join. */
export const SCOPES = ['read', 'write', 'admin', 'runner'] as const;
export type Scope = (typeof SCOPES)[number];

const LET: Record<Scope, readonly Scope[]> = {
  read: ['read'],
  write: ['read', 'write'],
  admin: ['read', 'write', 'admin'],
  runner: ['runner'],
};
/** Whether scopes that were given let do what needs `needed`. */
export const allows = (given: readonly Scope[], needed: Scope): boolean =>
  given.some((scope) => LET[scope].includes(needed));

/** Who asks. */
export interface Caller {
  tenant: string;
  scopes: readonly Scope[];
  /** The key that was shown; null for people of this machine, where no keys are asked for, and for tokens of an issuer. */
  keyId: string | null;
  /** How the audit log names them. */
  name: string;
  /** The user whose token this is: what it creates is theirs. Null: a caller that may act for many. */
  userId: string | null;
  limits: CallerLimits;
}

export const LOCAL_CALLER: Caller = {
  tenant: DEFAULT_TENANT,
  scopes: ['admin', 'runner'],
  keyId: null,
  name: 'local',
  userId: null,
  limits: {},
};

const tenantId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, - and _')
  .describe('A tenant’s name.');
const most = z.int().min(0).max(1_000_000_000).nullable().optional();

/** What one caller may use. Null: without limit. Absent: as the tenant, or else the settings say. */
export const callerLimits = z
  .strictObject({
    requestsPerMinute: most.describe('Requests of any kind.'),
    createsPerMinute: most.describe('Sessions created, by the key and by each of its users.'),
    messagesPerMinute: most.describe('Messages sent.'),
    activeSessions: most.describe('Sessions that have not ended, of the key and of each user.'),
    sessionsPerDay: most.describe('Sessions created within 24 hours, of the key and of each user.'),
    messagesPerSession: most.describe('Messages that one session takes in all.'),
    snapshotBytes: most.describe('What snapshots of the key’s and of each user’s sessions may take.'),
  })
  .meta({ id: 'CallerLimits' });
export type CallerLimits = z.output<typeof callerLimits>;

const kept = z.int().min(0).max(31_536_000_000).optional();
/** How long ended sessions of a tenant are kept, in milliseconds, by pattern. Absent: as the settings say. */
export const tenantRetention = z
  .strictObject({ ephemeral: kept, 'long-running': kept, hybrid: kept, 'single-container': kept })
  .meta({ id: 'TenantRetention' });
export type TenantRetention = z.output<typeof tenantRetention>;

const name = z.string().trim().min(1).max(200);
const time = z.iso.datetime({ offset: true });
const scopes = z
  .array(z.enum(SCOPES))
  .min(1)
  .transform((given) => [...new Set(given)]);

export const keyRequest = z.strictObject({
  name: name.describe('What it is for, for people.'),
  scopes: scopes.default(['read', 'write']).describe('`write` includes `read`, and `admin` both.'),
  tenant: tenantId.optional().describe('Another tenant than one’s own; for the operator alone. It is made if need be.'),
  expiresAt: time.optional().describe('From then on it is refused.'),
  limits: callerLimits.optional(),
});
export type KeyRequest = z.output<typeof keyRequest>;

export const keyRotateRequest = z.strictObject({
  overlapMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000)
    .default(86_400_000)
    .describe('For how long the former key is good beside the new one.'),
});

export const keyView = z
  .object({
    id: z.string(),
    tenant: z.string(),
    name: z.string(),
    prefix: z.string().describe('How the key begins.'),
    scopes: z.array(z.enum(SCOPES)),
    limits: callerLimits,
    createdAt: z.iso.datetime(),
    createdBy: z.string().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().describe('Right to the minute.'),
    previousUntil: z.iso.datetime().nullable().describe('Until when the key from before its rotation is good.'),
  })
  .meta({ id: 'ApiKey' });
export type KeyView = z.output<typeof keyView>;
/** With the key itself, which is said this once. */
export const newKeyView = keyView.extend({ key: z.string() }).meta({ id: 'NewApiKey' });

export const tenantRequest = z.strictObject({
  limits: callerLimits.default({}),
  retention: tenantRetention.default({}),
});
export const tenantView = z
  .object({ id: z.string(), limits: callerLimits, retention: tenantRetention, createdAt: z.iso.datetime() })
  .meta({ id: 'Tenant' });
export const tenantParams = z.object({ id: tenantId });

export const whoView = z
  .object({
    tenant: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    keyId: z.string().nullable(),
    name: z.string(),
    userId: z.string().nullable(),
    open: z.boolean().describe('Nobody is asked for a key here: the server listens to this machine only and has none.'),
    operator: z.boolean().describe('Whether this is a key of the installation’s own tenant.'),
  })
  .meta({ id: 'Caller' });

export const auditQuery = z.strictObject({
  action: z.string().optional().describe('Such as `session.create`; `session.*` for all that begin so.'),
  target: z.string().optional(),
  keyId: z.string().optional(),
  actor: z.string().optional(),
  from: time.optional(),
  to: time.optional(),
  before: z.coerce.number().int().min(1).optional().describe('Entries older than this `n`.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  format: z.enum(['json', 'csv', 'ndjson']).optional(),
});
export type AuditQuery = z.output<typeof auditQuery>;
export const auditEntry = z
  .object({
    n: z.int(),
    at: z.iso.datetime(),
    actor: z.string(),
    keyId: z.string().nullable(),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    action: z.string(),
    target: z.string().nullable(),
    before: z.unknown().nullable(),
    after: z.unknown().nullable(),
    hash: z.string().nullable().describe('Of this entry and the one before it in the chain; null for a moment.'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.output<typeof auditEntry>;

/** What a route asks of its caller: a scope, whether only the operator's tenant may, and by which budget of requests it counts. */
export interface RouteRule {
  scope: Scope;
  operator: boolean;
  /** Its class of rate limits. */
  class: 'request' | 'create' | 'message';
  /** What the audit log calls it; null for one that changes nothing. */
  action: string | null;
}

/** What changes something, by its route: the audit log's name for it. `scripts` and tests hold it against the contract. */
export const ACTIONS: Record<string, string> = {
  'POST /api/sessions': 'session.create',
  'PATCH /api/sessions/:id': 'session.update',
  'DELETE /api/sessions/:id': 'session.delete',
  'POST /api/sessions/:id/terminate': 'session.terminate',
  'POST /api/sessions/:id/resume': 'session.resume',
  'POST /api/sessions/:id/fork': 'session.fork',
  'POST /api/sessions/:id/rewind': 'session.rewind',
  'POST /api/sessions/:id/interrupt': 'session.interrupt',
  'POST /api/sessions/:id/message': 'message.send',
  'POST /api/sessions/:id/permissions/:permissionId': 'permission.answer',
  'POST /api/sessions/:id/snapshots': 'snapshot.create',
  'DELETE /api/sessions/:id/snapshots/:snapshot': 'snapshot.delete',
  'POST /api/sessions/:id/snapshots/:snapshot/restore': 'snapshot.restore',
  'PUT /api/sessions/:id/files': 'files.upload',
  'PUT /api/sessions/:id/files/*': 'file.write',
  'DELETE /api/sessions/:id/files/*': 'file.delete',
  'PUT /api/secrets/:name': 'secret.set',
  'DELETE /api/secrets/:name': 'secret.delete',
  'PUT /api/budgets': 'budget.set',
  'DELETE /api/budgets/:id': 'budget.delete',
  'POST /api/webhooks': 'webhook.create',
  'PATCH /api/webhooks/:id': 'webhook.update',
  'DELETE /api/webhooks/:id': 'webhook.delete',
  'POST /api/webhooks/:id/rotate': 'webhook.rotate',
  'POST /api/webhooks/:id/test': 'webhook.test',
  'POST /api/webhooks/:id/deliveries/:deliveryId/redeliver': 'webhook.redeliver',
  'POST /api/schedules': 'schedule.create',
  'PATCH /api/schedules/:id': 'schedule.update',
  'DELETE /api/schedules/:id': 'schedule.delete',
  'POST /api/schedules/:id/pause': 'schedule.pause',
  'POST /api/schedules/:id/resume': 'schedule.resume',
  'POST /api/schedules/:id/run': 'schedule.run',
  'POST /api/runners/:id/drain': 'runner.drain',
  'POST /api/keys': 'key.create',
  'POST /api/keys/:id/rotate': 'key.rotate',
  'DELETE /api/keys/:id': 'key.revoke',
  'PUT /api/tenants/:id': 'tenant.set',
};
/** Changes nothing that is kept: somebody shows a key, and gets a cookie for it. */
const CHANGES_NOTHING = new Set(['POST /api/login', 'POST /api/logout']);

const OPERATORS = /^\/(api\/(runners|tenants)|metrics)(\/|$)/;
const ADMINS = /^\/api\/(keys|audit|tenants)(\/|$)/;
const ADMINS_CHANGE = /^\/api\/(secrets|budgets|webhooks|runners)(\/|$)/;
const CLASSES: Record<string, RouteRule['class']> = {
  'POST /api/sessions': 'create',
  'POST /api/sessions/:id/fork': 'create',
  'POST /api/sessions/:id/resume': 'create',
  'POST /api/sessions/:id/message': 'message',
};
/** Open to all, or guarded by a token of their own: sessions' and runners'. */
const GUARDED = /^\/(api\/|metrics$)/;
/** Where somebody who has no key yet must get in. */
const OPEN = new Set(['POST /api/login', 'POST /api/logout']);

/** What a route asks for; null for one that is open to all or has a token of its own. */
export function ruleOf(method: string, route: string): RouteRule | null {
  if (!GUARDED.test(route) || OPEN.has(`${method} ${route}`)) return null;
  const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  const named = `${method} ${route}`;
  const scope = ADMINS.test(route) || (!reads && ADMINS_CHANGE.test(route)) ? 'admin' : reads ? 'read' : 'write';
  return {
    scope,
    operator: OPERATORS.test(route),
    class: CLASSES[named] ?? 'request',
    action: reads || CHANGES_NOTHING.has(named) ? null : (ACTIONS[named] ?? named),
  };
}
