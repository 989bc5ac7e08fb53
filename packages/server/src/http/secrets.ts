import { z } from 'zod';
import { secretName, secretRequest, secretView } from '../model/secrets.ts';
import { removeSecret, secret, secrets, setSecret } from '../sessions/secrets.ts';
import { callerOf } from './access.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const params = z.object({ name: secretName });

export function addSecretRoutes(app: App, { engine }: Parts): void {
  app.get(
    '/api/secrets',
    {
      schema: {
        tags: ['secrets'],
        summary: 'List secrets, without their values',
        response: { 200: z.object({ secrets: z.array(secretView) }), ...problems(503) },
      },
    },
    async (request) => ({ secrets: await secrets(engine, callerOf(request).tenant) }),
  );

  app.get(
    '/api/secrets/:name',
    {
      schema: {
        tags: ['secrets'],
        summary: 'Get a secret, without its value',
        params,
        response: { 200: secretView, ...problems(400, 404, 503) },
      },
    },
    async (request) => secret(engine, callerOf(request).tenant, request.params.name),
  );

  app.put(
    '/api/secrets/:name',
    {
      schema: {
        tags: ['secrets'],
        summary: 'Make a secret, or give it a new value and new hosts; its value is never given back',
        params,
        body: secretRequest,
        response: { 200: secretView, 201: secretView, ...problems(400, 409, 415, 503) },
      },
    },
    async (request, reply) => {
      const { secret: made, isNew } = await setSecret(
        engine,
        callerOf(request).tenant,
        request.params.name,
        request.body,
      );
      return reply.code(isNew ? 201 : 200).send(made);
    },
  );

  app.delete(
    '/api/secrets/:name',
    {
      schema: {
        tags: ['secrets'],
        summary: 'Remove a secret: sessions that use it are let through to no host with it',
        params,
        response: { 200: z.object({ success: z.literal(true), name: z.string() }), ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      await removeSecret(engine, callerOf(request).tenant, request.params.name);
      return { success: true as const, name: request.params.name };
    },
  );
}
