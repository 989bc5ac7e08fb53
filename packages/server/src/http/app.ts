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
import { refuseForeignPages, turnAwayWhileDraining } from './admission.ts';
import { addEventRoutes } from './events.ts';
import { addMessageRoutes } from './messages.ts';
import type { App, Parts } from './parts.ts';
import { sendProblem } from './problems.ts';
import { addRunnerRoutes } from './runners.ts';
import { addSessionRoutes } from './sessions.ts';
import { refuseUnstorable, withoutNulls } from './storable.ts';
import { addSystemRoutes } from './system.ts';
import { addUsageRoutes } from './usage.ts';
import { addSocketRoutes, isUpgrade, type TakeUpgrade, takeUpgrades } from './websockets.ts';

export interface AppOptions {
  log: Logger;
  host: string;
  maxBodyBytes: number;
  /** Sockets that are taken outside of the routes, by their path. */
  sockets?: Record<string, TakeUpgrade>;
}

/** The HTTP application, not yet listening. */
export async function makeApp(parts: Parts, options: AppOptions): Promise<App> {
  const { sockets = {} } = options;
  const app = Fastify({
    http: { shouldUpgradeCallback: (request) => isUpgrade(request, sockets) },
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
  // Before the hooks that refuse: a refused upgrade's connection has to be closed by what knows that it is one.
  await takeUpgrades(app, options.maxBodyBytes, sockets);
  refuseForeignPages(app, options.host);
  turnAwayWhileDraining(app, parts.drain);
  // Whoever closes the server without a word of it still leaves its readers with one.
  app.addHook('preClose', () => parts.streams.endAll());
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
      request.body = withoutNulls(request.body);
      refuseUnstorable([request.body, ''], [request.params, 'path'], [request.query, 'query']);
    });
    addSystemRoutes(api, parts);
    addSessionRoutes(api, parts);
    addMessageRoutes(api, parts);
    addEventRoutes(api, parts);
    addSocketRoutes(api, parts);
    addRunnerRoutes(api, parts);
    addUsageRoutes(api, parts);
  });
  return app;
}
