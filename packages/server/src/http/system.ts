import { z } from 'zod';
import { type App, type Parts, readiness } from './parts.ts';
import { problems } from './schemas.ts';

export function addSystemRoutes(app: App, { readiness: look, metricsPage, version }: Parts): void {
  app.get(
    '/healthz',
    {
      schema: {
        tags: ['system'],
        summary: 'Whether the process lives',
        response: { 200: z.object({ status: z.literal('ok'), version: z.string() }) },
      },
    },
    async () => ({ status: 'ok' as const, version }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['system'],
        summary: 'Whether it can work: database, runner and upstream by name',
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const state = await look();
      return reply.code(state.ready ? 200 : 503).send(state);
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['system'],
        summary: 'Metrics of this server, as Prometheus reads them',
        response: { 200: z.string().describe('The text format of Prometheus.'), ...problems(503) },
        produces: ['text/plain'],
      },
    },
    async (_request, reply) => {
      const { type, text } = await metricsPage();
      return reply
        .type(type)
        .serializer((page: unknown) => page as string)
        .send(text);
    },
  );

  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
