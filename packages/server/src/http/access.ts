/** The door: who a request comes from, whether they may, how often, and in whose name it is done. */
import cookies from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, actAs, isRecorded, record } from '../access/actor.ts';
import type { Callers } from '../access/callers.ts';
import type { Rate } from '../access/rates.ts';
import { allows, type Caller, DEFAULT_TENANT, LOCAL_CALLER, type RouteRule, ruleOf } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import { sessionTenant } from '../sessions/queries.ts';
import type { App, Parts } from './parts.ts';
import { REPLAYED_HEADER } from './schemas.ts';

/** What the page keeps its key in: out of reach of its scripts, and of pages of other sites. */
export const KEY_COOKIE = 'rigger_key';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that are open to all or have a token of their own. */
    caller: Caller | null;
    actor: Actor | null;
  }
}

/** Who asks, on a route that is guarded. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new RiggerError('unauthorized');
  return request.caller;
}

/** Somebody of this machine, where nobody is asked for a key: nothing limits them. */
export const isOpenCaller = (caller: Caller): boolean => caller === LOCAL_CALLER;

const SESSION_ROUTE = /^\/api\/sessions\/:id(\/|$)/;

export function tokenOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  return request.cookies[KEY_COOKIE] ?? null;
}

/** @throws RiggerError `forbidden`. */
function check(caller: Caller, { scope, operator }: RouteRule): void {
  if (!allows(caller.scopes, scope))
    throw new RiggerError('forbidden', {
      detail: `This needs the scope ${scope}; the key has ${caller.scopes.join(', ') || 'none'}.`,
      extra: { needs: scope, scopes: caller.scopes },
    });
  if (operator && caller.tenant !== DEFAULT_TENANT)
    throw new RiggerError('forbidden', {
      detail: 'This is the operator’s: it concerns all tenants.',
      extra: { needs: `a key of the tenant ${DEFAULT_TENANT}` },
    });
}

/** Of several limits, the one that is nearest. As draft-ietf-httpapi-ratelimit-headers has them. */
function tellRate(reply: FastifyReply, rate: Rate): void {
  reply.header('ratelimit-policy', `"${rate.class}";q=${rate.limit};w=60`);
  reply.header('ratelimit', `"${rate.class}";r=${rate.remaining};t=${Math.ceil(rate.resetMs / 1_000)}`);
}

/** @throws RiggerError `rate_limited`. */
export function obey(rate: Rate | null, reply?: FastifyReply): void {
  if (rate === null) return;
  if (reply !== undefined) tellRate(reply, rate);
  if (!rate.exceeded) return;
  const seconds = Math.max(1, Math.ceil(rate.resetMs / 1_000));
  reply?.header('retry-after', String(seconds));
  throw new RiggerError('rate_limited', {
    detail: `More than ${rate.limit} ${rate.class === 'request' ? 'requests' : `${rate.class}s`} within a minute.`,
    extra: { limit: rate.limit, class: rate.class, retryAfterSeconds: seconds },
  });
}

/** By whom a session that is created counts: its user where it names one. */
export function countedAs(caller: Caller, body: unknown): string {
  const userId = (body as { userId?: unknown } | null | undefined)?.userId ?? caller.userId;
  return typeof userId === 'string' ? `user:${userId}` : `key:${caller.keyId ?? caller.name}`;
}

/** Sets the guard before every route. */
export async function guard(app: App, parts: Pick<Parts, 'engine' | 'access'>): Promise<void> {
  const { engine } = parts;
  await app.register(cookies);
  app.decorateRequest('caller', null);
  app.decorateRequest('actor', null);

  app.addHook('onRequest', async (request, reply) => {
    const rule = ruleOf(request.method, request.routeOptions.url ?? '');
    if (rule === null) return;
    const { callers, rates } = parts.access;
    const caller = await callers.callerOf(tokenOf(request));
    request.caller = caller;
    if (isOpenCaller(caller)) return;
    check(caller, rule);
    obey(await rates.count(caller, 'request'), reply);
    endWith(request, reply, callers, caller);
  });

  // Behind the validation: what is asked of the database from here on is fit for it.
  app.addHook('preHandler', async (request, reply) => {
    const { caller } = request;
    const route = request.routeOptions.url ?? '';
    const rule = ruleOf(request.method, route);
    if (caller === null || rule === null) return;
    const { rates, defaults } = parts.access;
    if (SESSION_ROUTE.test(route)) {
      const { id } = request.params as { id: string };
      if ((await sessionTenant(engine, id)) !== caller.tenant)
        throw new RiggerError('session_not_found', { extra: { id } });
    }
    const open = isOpenCaller(caller);
    const path = (request.params as { '*'?: string })['*'];
    if (!open && rule.class !== 'request') {
      const who = rule.class === 'create' ? countedAs(caller, request.body) : undefined;
      obey(await rates.count(caller, rule.class, who), reply);
    }
    request.actor = {
      tenant: caller.tenant,
      name: caller.name,
      keyId: caller.keyId,
      userId: caller.userId,
      limits: open ? {} : { ...defaults, ...caller.limits },
      address: request.ip,
      requestId: request.id,
      action: rule.action ?? '',
      about: path === undefined ? null : { path },
      recordedIn: null,
    };
  });
  // With a callback: what is called in it, the handler, is then done in the actor's name.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.actor === null) done();
    else actAs(request.actor, done);
  });

  // What has no transaction of its own, as a file on a runner, is entered once it is done.
  app.addHook('onResponse', async (request, reply) => {
    const { actor } = request;
    if (actor === null || actor.action === '' || isRecorded(actor) || reply.statusCode >= 400) return;
    if (reply.hasHeader(REPLAYED_HEADER)) return;
    const { id, name } = request.params as { id?: string; name?: string };
    await actAs(actor, () => record(engine.database.db, { target: id ?? name ?? null })).catch((error: unknown) =>
      request.log.error({ err: error }, 'What was done could not be entered in the audit log'),
    );
  });
}

/** However long an answer lasts, it ends with the key by which it was asked for. */
function endWith(request: FastifyRequest, reply: FastifyReply, callers: Callers, caller: Caller): void {
  const { socket } = request.raw;
  const forget = callers.watch(caller.keyId, () => socket.destroy(), (caller as { expiresAt?: number }).expiresAt);
  if (request.ws) socket.once('close', forget);
  else reply.raw.once('close', forget);
}
