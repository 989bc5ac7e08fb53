import { z } from 'zod';
import {
  budgetRequest,
  budgetView,
  latencyQuery,
  latencyResponse,
  type UsageResponse,
  usageQuery,
  usageResponse,
} from '../model/usage.ts';
import { budgets, latency, removeBudget, setBudget, usage } from '../sessions/usage.ts';
import { callerOf } from './access.ts';
import { toCsv } from './csv.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const csvOf = ({ groupBy, rows, total }: UsageResponse): string => toCsv([...groupBy, ...Object.keys(total)], rows);

export function addUsageRoutes(app: App, { engine }: Parts): void {
  app.get(
    '/api/usage',
    {
      schema: {
        tags: ['money'],
        summary: 'What was spent, by session, agent, user, key, tag, model, pattern, day or hour; as JSON or CSV',
        querystring: usageQuery,
        response: { 200: z.union([usageResponse, z.string()]), ...problems(400, 503) },
      },
    },
    async (request, reply) => {
      const found = await usage(engine, callerOf(request).tenant, request.query);
      const csv = request.query.format ?? (/\btext\/csv\b/.test(request.headers.accept ?? '') ? 'csv' : 'json');
      return csv === 'csv' ? reply.type('text/csv; charset=utf-8').send(csvOf(found)) : found;
    },
  );

  app.get(
    '/api/usage/latency',
    {
      schema: {
        tags: ['money'],
        summary: 'How long model calls took, by hour or day: to the first byte and in all',
        querystring: latencyQuery,
        response: { 200: latencyResponse, ...problems(400, 503) },
      },
    },
    async (request) => latency(engine, callerOf(request).tenant, request.query),
  );

  app.get(
    '/api/budgets',
    {
      schema: {
        tags: ['money'],
        summary: 'List budgets of users, of keys and of all',
        response: { 200: z.object({ budgets: z.array(budgetView) }), ...problems(503) },
      },
    },
    async (request) => ({ budgets: await budgets(engine, callerOf(request).tenant) }),
  );

  app.put(
    '/api/budgets',
    {
      schema: {
        tags: ['money'],
        summary: 'Set what a user, a key or all may spend in a day, in a month or in all',
        body: budgetRequest,
        response: { 200: budgetView, ...problems(400, 415, 503) },
      },
    },
    async (request) => setBudget(engine, callerOf(request).tenant, request.body),
  );

  app.delete(
    '/api/budgets/:id',
    {
      schema: {
        tags: ['money'],
        summary: 'Remove a budget: nothing limits what it limited',
        params: z.object({ id: z.string().min(1).max(255) }),
        response: { 200: z.object({ success: z.literal(true), id: z.string() }), ...problems(404, 503) },
      },
    },
    async (request) => {
      await removeBudget(engine, callerOf(request).tenant, request.params.id);
      return { success: true as const, id: request.params.id };
    },
  );
}
