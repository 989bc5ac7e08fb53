import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { RiggerError } from '../model/errors.ts';
import { addEventRoutes } from './events.ts';
import { addMessageRoutes } from './messages.ts';
import type { App, Parts } from './parts.ts';
import { sendProblem } from './problems.ts';
import { addRunnerRoutes } from './runners.ts';
import { addSessionRoutes } from './sessions.ts';
import { addSystemRoutes } from './system.ts';

export interface AppOptions {
  log: Logger;
  host: string;
  maxBodyBytes: number;
}

/** How deep `null` means absent: a body, its `config`, the agents in it and their members. Deeper lies other people's JSON. */
const NULL_DEPTH = 4;
function withoutNulls(value: unknown, depth: number): unknown {
  if (depth === 0 || value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member, depth - 1)]),
  );
}

/** Text that PostgreSQL cannot keep: NUL, and halves of surrogate pairs. @returns the path of the first one. */
function unstorable(value: unknown, path: string): string | null {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : null;
  if (value === null || typeof value !== 'object') return null;
  for (const [name, member] of Object.entries(value)) {
    const found = unstorable(member, path === '' ? name : `${path}.${name}`) ?? unstorable(name, path);
    if (found !== null) return found;
  }
  return null;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
const hostOf = (authority: string): string => authority.replace(/:\d+$/, '');

/** Bound to loopback, the only foreigners that can come are pages in the user's browser: they are told by these headers. */
function refuseForeignPages(app: App, listensOn: string): void {
  const local = LOOPBACK.test(listensOn) || listensOn === '::1';
  app.addHook('onRequest', async (request) => {
    const { host, origin } = request.headers;
    if (local && host !== undefined && !LOOPBACK.test(hostOf(host)))
      throw new RiggerError('forbidden_origin', { detail: 'The Host header is not this machine.' });
    if (origin === undefined || origin === 'null' || host === undefined) {
      if (origin === 'null') throw new RiggerError('forbidden_origin');
      return;
    }
    if (new URL(origin).host !== host)
      throw new RiggerError('forbidden_origin', { detail: `A page of ${origin} may not call this server.` });
  });
}

/** The HTTP application, not yet listening. */
export async function makeApp(parts: Parts, options: AppOptions): Promise<App> {
  const app = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBodyBytes,
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    requestTimeout: 0,
    routerOptions: { maxParamLength: 512 },
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new RiggerError('route_not_found', { detail: `${request.method} ${request.url.split('?')[0]} is not a route.` }),
      request,
      reply,
    ),
  );
  refuseForeignPages(app, options.host);
  app.removeContentTypeParser('text/plain');
  // Where a body is optional, an empty one is none, also with a Content-Type of JSON.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parseJson(request, body as string, done),
  );
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rigger',
        version: parts.version,
        description: 'Sessions of Claude Agent SDK agents under four hosting patterns.',
        license: { name: 'MIT' },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async (scope) => {
    const api = scope as unknown as App;
    api.addHook('preValidation', async (request) => {
      request.body = withoutNulls(request.body, NULL_DEPTH);
      const path =
        unstorable(request.body, '') ?? unstorable(request.params, 'path') ?? unstorable(request.query, 'query');
      if (path !== null)
        throw new RiggerError('invalid_request', {
          detail: `${path}: holds a NUL or half of a surrogate pair.`,
          extra: { issues: [{ path, message: 'must be well-formed text without NUL' }] },
        });
    });
    addSystemRoutes(api, parts);
    addSessionRoutes(api, parts);
    addMessageRoutes(api, parts);
    addEventRoutes(api, parts);
    addRunnerRoutes(api, parts);
  });
  return app;
}
