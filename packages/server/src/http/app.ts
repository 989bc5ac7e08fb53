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
import { ruleOf } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import { guard } from './access.ts';
import { refuseForeignPages, turnAwayWhileDraining } from './admission.ts';
import { addEventRoutes } from './events.ts';
import { addFileRoutes } from './files.ts';
import { addKeyRoutes } from './keys.ts';
import { addMessageRoutes } from './messages.ts';
import { addPage } from './page.ts';
import type { App, Parts } from './parts.ts';
import { addPermissionRoutes } from './permissions.ts';
import { sendProblem } from './problems.ts';
import { addRunnerRoutes } from './runners.ts';
import { addScheduleRoutes } from './schedules.ts';
import { withUsualProblems } from './schemas.ts';
import { addSecretRoutes } from './secrets.ts';
import { addSessionRoutes } from './sessions.ts';
import { addSnapshotRoutes } from './snapshots.ts';
import { isDeep, refuseUnstorable, tooDeep, withoutNulls } from './storable.ts';
import { addSystemRoutes } from './system.ts';
import { addUsageRoutes } from './usage.ts';
import { addWebhookRoutes } from './webhooks.ts';
import { addSocketRoutes, isUpgrade, type TakeUpgrade, takeUpgrades } from './websockets.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How deep in a body `null` means absent, where it is not as deep as elsewhere. */
    nullDepth?: number;
  }
}

export interface AppOptions {
  log: Logger;
  host: string;
  maxBodyBytes: number;
  /** Told of each answer that has ended: its route as it is written in the contract, and how many seconds it took. */
  onAnswered?: (answer: { method: string; route: string; status: number; seconds: number }) => void;
  /** Gives a request its place in a trace, and is told of its end; absent where nobody traces. */
  onRequest?: (traceparent: unknown) => {
    traceparent: string;
    ended(answer: { method: string; route: string; status: number; path: string }): void;
  };
  /** Milliseconds that a request's head may take to come, and a body of JSON. */
  patienceMs?: number;
  /** Sockets that are taken outside of the routes, by their path. */
  sockets?: Record<string, TakeUpgrade>;
  /** The folder of the built page; null or absent: there is none, and `/` says how to build it. */
  page?: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The place that what this request sets going has in a trace, or null. */
    traceparent: string | null;
  }
}

function followTraces(app: App, onRequest: AppOptions['onRequest']): void {
  app.decorateRequest('traceparent', null);
  app.addHook('onRequest', async (request, reply) => {
    const traced = onRequest?.(request.headers.traceparent);
    // Untraced here, a turn still belongs to the trace that its caller says.
    const said = request.headers.traceparent;
    request.traceparent = traced?.traceparent ?? (typeof said === 'string' && said.length <= 64 ? said : null);
    // Model calls and what runners ask for are told of as what they are, not as requests.
    if (traced === undefined || !(request.routeOptions.url ?? '').startsWith('/api/')) return;
    reply.raw.once('close', () =>
      traced.ended({
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.raw.statusCode,
        path: request.url.split('?')[0] ?? '',
      }),
    );
  });
}

const DEFAULT_PATIENCE_MS = 30_000;
const CHECKED_EVERY_MS = 5_000;

/** Whether a route of the document asks for a key. */
const isGuarded = ({ route, url }: { route: { method: string | string[] }; url: string }): boolean =>
  [route.method].flat().some((method) => ruleOf(method, url) !== null);

/** The HTTP application, not yet listening. */
export async function makeApp(parts: Parts, options: AppOptions): Promise<App> {
  const { sockets = {}, patienceMs = DEFAULT_PATIENCE_MS } = options;
  const app = Fastify({
    http: {
      shouldUpgradeCallback: (request) => isUpgrade(request, sockets),
      headersTimeout: patienceMs,
      connectionsCheckingInterval: Math.min(patienceMs, CHECKED_EVERY_MS),
    },
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBodyBytes,
    genReqId: () => randomUUID(),
    // What the router itself refuses is answered like everything else.
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    forceCloseConnections: true,
    requestTimeout: 0,
    routerOptions: { maxParamLength: 512 },
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendProblem);
  const page = await addPage(app, options.page ?? null);
  app.setNotFoundHandler((request, reply) =>
    page.shows(request)
      ? page.send(reply)
      : sendProblem(
          new RiggerError('route_not_found', {
            detail: `${request.method} ${request.url.split('?')[0]} is not a route.`,
          }),
          request,
          reply,
        ),
  );
  // Before the hooks that refuse: a refused upgrade's connection has to be closed by what knows that it is one.
  await takeUpgrades(app, options.maxBodyBytes, sockets);
  refuseForeignPages(app, options.host);
  turnAwayWhileDraining(app, parts.drain);
  // Whoever closes the server without a word of it still leaves its readers with one.
  app.addHook('preClose', () => parts.streams.endAll());
  followTraces(app, options.onRequest);
  const { onAnswered } = options;
  if (onAnswered !== undefined)
    app.addHook('onResponse', async (request, reply) =>
      onAnswered({
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1_000,
      }),
    );
  app.removeContentTypeParser('text/plain');
  // Where a body is optional, an empty one is none, also with a Content-Type of JSON.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === ''
      ? done(null, undefined)
      : isDeep(body as string)
        ? done(tooDeep())
        : parseJson(request, body as string, done),
  );
  // Before any hook of a route: files' bodies are streams, but their ids are text like any other.
  app.addHook('preValidation', async (request) => refuseUnstorable([request.params, 'path'], [request.query, 'query']));
  await guard(app, parts);
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
    transform: (given) => {
      const transformed = jsonSchemaTransform(given);
      return { ...transformed, schema: withUsualProblems(transformed.schema, isGuarded(given)) };
    },
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async (scope) => {
    const api = scope as unknown as App;
    // A body that trickles holds a connection, and no more: files may take their time, JSON is small.
    api.addHook('preParsing', async (request, reply, payload) => {
      const late = setTimeout(() => {
        if (reply.sent) return;
        reply.raw.once('finish', () => request.raw.destroy());
        sendProblem(new RiggerError('request_timeout'), request, reply.header('connection', 'close'));
      }, patienceMs);
      payload.once('close', () => clearTimeout(late)).once('end', () => clearTimeout(late));
      return payload;
    });
    api.addHook('preValidation', async (request) => {
      request.body = withoutNulls(request.body, request.routeOptions.config.nullDepth);
      refuseUnstorable([request.body, '']);
    });
    addSystemRoutes(api, parts);
    addKeyRoutes(api, parts);
    addSessionRoutes(api, parts);
    addMessageRoutes(api, parts);
    addEventRoutes(api, parts);
    addSocketRoutes(api, parts);
    addRunnerRoutes(api, parts);
    addUsageRoutes(api, parts);
    addSecretRoutes(api, parts);
    addSnapshotRoutes(api, parts);
    addPermissionRoutes(api, parts);
    addWebhookRoutes(api, parts);
    addScheduleRoutes(api, parts);
  });
  await app.register(async (scope) => addFileRoutes(scope as unknown as App, parts));
  return app;
}
