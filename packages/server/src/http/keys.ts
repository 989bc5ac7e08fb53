import { z } from 'zod';
import { auditOf, createKey, keys, revokeKey, rotateKey, setTenant, tenants, verify } from '../access/operations.ts';
import { viewKey, viewTenant } from '../access/views.ts';
import {
  type AuditEntry,
  auditEntry,
  auditQuery,
  DEFAULT_TENANT,
  keyRequest,
  keyRotateRequest,
  keyView,
  newKeyView,
  tenantParams,
  tenantRequest,
  tenantView,
  whoView,
} from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import { callerOf, KEY_COOKIE } from './access.ts';
import { toCsv } from './csv.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const tags = ['access'];
const params = z.object({ id: z.string().min(1).max(255) });

const AUDIT_COLUMNS = [
  'n',
  'at',
  'actor',
  'keyId',
  'address',
  'requestId',
  'action',
  'target',
  'before',
  'after',
  'hash',
];
const flat = (entry: AuditEntry): Record<string, unknown> => ({
  ...entry,
  before: entry.before === null ? null : JSON.stringify(entry.before),
  after: entry.after === null ? null : JSON.stringify(entry.after),
});

export function addKeyRoutes(app: App, { engine, access }: Parts): void {
  app.get(
    '/api/whoami',
    {
      schema: { tags, summary: 'Who the key is, and what it may', response: { 200: whoView, ...problems(503) } },
    },
    async (request) => {
      const { tenant, scopes, keyId, name, userId } = callerOf(request);
      const open = await access.callers.isOpen();
      return { tenant, scopes: [...scopes], keyId, name, userId, open, operator: tenant === DEFAULT_TENANT };
    },
  );

  app.post(
    '/api/login',
    {
      schema: {
        tags,
        summary: 'Have a browser keep a key in a cookie that no script can read',
        body: z.strictObject({ key: z.string().min(1).max(8_192) }),
        response: { 200: whoView, ...problems(400, 401, 415, 503) },
      },
    },
    async (request, reply) => {
      const { tenant, scopes, keyId, name, userId } = await access.callers.callerOf(request.body.key.trim());
      const secure = request.headers['x-forwarded-proto'] === 'https' || request.protocol === 'https';
      reply.setCookie(KEY_COOKIE, request.body.key.trim(), { path: '/', httpOnly: true, sameSite: 'strict', secure });
      return { tenant, scopes: [...scopes], keyId, name, userId, open: false, operator: tenant === DEFAULT_TENANT };
    },
  );

  app.post(
    '/api/logout',
    { schema: { tags, summary: 'Forget that cookie', response: { 204: z.null(), ...problems(503) } } },
    async (_request, reply) => reply.clearCookie(KEY_COOKIE, { path: '/' }).code(204).send(null),
  );

  app.get(
    '/api/keys',
    {
      schema: {
        tags,
        summary: 'List keys, those that were revoked too; never the keys themselves',
        querystring: z.strictObject({
          tenant: z.string().optional().describe('For the operator: of another tenant; `*`: of all.'),
        }),
        response: { 200: z.object({ keys: z.array(keyView) }), ...problems(400, 503) },
      },
    },
    async (request) => ({
      keys: (await keys(engine.database.db, callerOf(request), request.query.tenant)).map(viewKey),
    }),
  );

  app.post(
    '/api/keys',
    {
      // A limit of null is none.
      config: { nullDepth: 1 },
      schema: {
        tags,
        summary: 'Make a key; it is said in this answer and never again',
        body: keyRequest,
        response: { 201: newKeyView, ...problems(400, 415, 503) },
      },
    },
    async (request, reply) => {
      const { record, key } = await createKey(engine.database.db, callerOf(request), request.body);
      access.callers.forget();
      return reply.code(201).send({ ...viewKey(record), key });
    },
  );

  app.post(
    '/api/keys/:id/rotate',
    {
      schema: {
        tags,
        summary: 'Give a key another secret; the former one is good for a while beside it',
        params,
        body: keyRotateRequest.nullish(),
        response: { 200: newKeyView, ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      const overlapMs = request.body?.overlapMs ?? keyRotateRequest.parse({}).overlapMs;
      const { record, key } = await rotateKey(engine.database.db, callerOf(request), request.params.id, overlapMs);
      access.callers.forget();
      return { ...viewKey(record), key };
    },
  );

  app.delete(
    '/api/keys/:id',
    {
      schema: {
        tags,
        summary: 'Revoke a key: it is refused at once, and what it has open ends within seconds on every server',
        params,
        response: { 200: keyView, ...problems(404, 503) },
      },
    },
    async (request) => {
      const revoked = await revokeKey(engine.database.db, callerOf(request), request.params.id);
      access.callers.forget();
      return viewKey(revoked);
    },
  );

  app.get(
    '/api/tenants',
    {
      schema: {
        tags,
        summary: 'List tenants, for the operator',
        response: { 200: z.object({ tenants: z.array(tenantView) }), ...problems(503) },
      },
    },
    async () => ({ tenants: (await tenants(engine.database.db)).map(viewTenant) }),
  );

  app.put(
    '/api/tenants/:id',
    {
      config: { nullDepth: 1 },
      schema: {
        tags,
        summary: 'Make a tenant, or set what it may use and how long its ended sessions are kept',
        params: tenantParams,
        body: tenantRequest,
        response: { 200: tenantView, ...problems(400, 415, 503) },
      },
    },
    async (request) => {
      const made = await setTenant(engine.database.db, { id: request.params.id, ...request.body });
      access.callers.forget();
      return viewTenant(made);
    },
  );

  app.get(
    '/api/audit',
    {
      schema: {
        tags,
        summary: 'Read the audit log, the newest first; as JSON, CSV or lines of JSON',
        querystring: auditQuery,
        response: {
          200: z.union([z.object({ entries: z.array(auditEntry), next: z.int().nullable() }), z.string()]),
          ...problems(400, 503),
        },
      },
    },
    async (request, reply) => {
      const { entries, next } = await auditOf(engine.database.db, callerOf(request).tenant, request.query);
      switch (request.query.format) {
        case 'csv':
          return reply.type('text/csv; charset=utf-8').send(toCsv(AUDIT_COLUMNS, entries.map(flat)));
        case 'ndjson':
          return reply.type('application/x-ndjson').send(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
        default:
          return { entries, next };
      }
    },
  );

  app.get(
    '/api/audit/verify',
    {
      schema: {
        tags,
        summary: 'Go through the chain of the audit log: whether any entry was altered or taken out',
        response: {
          200: z.object({
            entries: z.int(),
            head: z
              .string()
              .nullable()
              .describe('Keep it elsewhere: it proves later that nothing was cut off the end.'),
            broken: z.object({ n: z.int(), position: z.int() }).nullable(),
          }),
          ...problems(503),
        },
      },
    },
    async (request) => {
      if (callerOf(request).tenant !== DEFAULT_TENANT)
        throw new RiggerError('forbidden', {
          detail: 'The chain has the entries of all tenants: the operator verifies it.',
          extra: { needs: `a key of the tenant ${DEFAULT_TENANT}` },
        });
      return verify(engine.database.db);
    },
  );
}
