import { z } from 'zod';
import {
  webhookCreateRequest,
  webhookDeliveryQuery,
  webhookDeliveryView,
  webhookRotateRequest,
  webhookTestView,
  webhookUpdateRequest,
  webhookView,
} from '../model/webhooks.ts';
import { deliveries, redeliver, testWebhook } from '../webhooks/deliveries.ts';
import { changeWebhook, createWebhook, removeWebhook, rotateSecret, webhook, webhooks } from '../webhooks/endpoints.ts';
import { viewWebhook } from '../webhooks/views.ts';
import { callerOf } from './access.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const tags = ['webhooks'];
const params = z.object({ id: z.string().min(1).max(255).describe('The webhook’s id.') });
const deliveryParams = params.extend({ deliveryId: z.string().min(1).max(255) });

export function addWebhookRoutes(app: App, parts: Parts): void {
  const { engine } = parts;
  app.post(
    '/api/webhooks',
    {
      schema: {
        tags,
        summary: 'Make a webhook; its secret is in this answer and no other',
        body: webhookCreateRequest,
        response: { 201: webhookView, ...problems(400, 409, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const made = await createWebhook(engine, parts.webhooks.sender.rules, callerOf(request).tenant, request.body);
      return reply.code(201).send(viewWebhook(made.webhook, made.secret));
    },
  );

  app.get(
    '/api/webhooks',
    {
      schema: {
        tags,
        summary: 'List webhooks, the oldest first',
        response: { 200: z.object({ webhooks: z.array(webhookView) }), ...problems(503) },
      },
    },
    async (request) => ({
      webhooks: (await webhooks(engine, callerOf(request).tenant)).map((one) => viewWebhook(one)),
    }),
  );

  app.get(
    '/api/webhooks/:id',
    { schema: { tags, summary: 'Get a webhook', params, response: { 200: webhookView, ...problems(404, 503) } } },
    async (request) => viewWebhook(await webhook(engine, callerOf(request).tenant, request.params.id)),
  );

  app.patch(
    '/api/webhooks/:id',
    {
      schema: {
        tags,
        summary: 'Change a webhook, disable or enable it',
        params,
        body: webhookUpdateRequest,
        response: { 200: webhookView, ...problems(400, 404, 413, 415, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const changed = await changeWebhook(
        engine,
        parts.webhooks.sender.rules,
        callerOf(request).tenant,
        id,
        request.body,
      );
      parts.webhooks.wake();
      return viewWebhook(changed);
    },
  );

  app.delete(
    '/api/webhooks/:id',
    {
      schema: {
        tags,
        summary: 'Delete a webhook with its deliveries',
        params,
        response: { 200: z.object({ success: z.literal(true), id: z.string() }), ...problems(404, 503) },
      },
    },
    async (request) => {
      await removeWebhook(engine, callerOf(request).tenant, request.params.id);
      return { success: true as const, id: request.params.id };
    },
  );

  app.post(
    '/api/webhooks/:id/rotate',
    {
      schema: {
        tags,
        summary: 'Give a webhook a new secret; for a time, deliveries are signed with both',
        params,
        body: webhookRotateRequest.nullish(),
        response: { 200: webhookView, ...problems(400, 404, 409, 415, 503) },
      },
    },
    async (request) => {
      const { overlapMs } = request.body ?? webhookRotateRequest.parse({});
      const rotated = await rotateSecret(engine, callerOf(request).tenant, request.params.id, overlapMs);
      return viewWebhook(rotated.webhook, rotated.secret);
    },
  );

  app.post(
    '/api/webhooks/:id/test',
    {
      schema: {
        tags,
        summary: 'Send `webhook.test` at once, and once; what the endpoint says is not told',
        params,
        response: { 200: webhookTestView, ...problems(404, 503) },
      },
    },
    async (request) => testWebhook(engine, parts.webhooks.sender, callerOf(request).tenant, request.params.id),
  );

  app.get(
    '/api/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        summary: 'List a webhook’s deliveries with their attempts, the newest first',
        params,
        querystring: webhookDeliveryQuery,
        response: {
          200: z.object({ deliveries: z.array(webhookDeliveryView), nextCursor: z.string().nullable() }),
          ...problems(400, 404, 503),
        },
      },
    },
    async (request) => deliveries(engine, callerOf(request).tenant, request.params.id, request.query),
  );

  app.post(
    '/api/webhooks/:id/deliveries/:deliveryId/redeliver',
    {
      schema: {
        tags,
        summary: 'Send a delivery once more, under the same id',
        params: deliveryParams,
        response: { 202: webhookDeliveryView, ...problems(404, 409, 503) },
      },
    },
    async (request, reply) => {
      const { id, deliveryId } = request.params;
      const renewed = await redeliver(engine, callerOf(request).tenant, id, deliveryId);
      parts.webhooks.wake();
      return reply.code(202).send(renewed);
    },
  );
}
