import { z } from 'zod';
import { RiggerError } from '../model/errors.ts';
import { sessionEvent, turnView } from '../model/turn.ts';
import { pageOfEvents } from '../sessions/log.ts';
import { getTurn, pageOfTurns } from '../sessions/turns.ts';
import { viewTurn } from '../sessions/views.ts';
import { passLog } from './log-stream.ts';
import type { App, Parts } from './parts.ts';
import { cursor, problems, sessionParams } from './schemas.ts';
import { EventStream } from './sse.ts';

const limit = z.coerce.number().int().min(1).max(1_000).default(100);

export function addEventRoutes(app: App, { engine, streams }: Parts): void {
  app.get(
    '/api/sessions/:id/events',
    {
      schema: {
        tags: ['events'],
        summary: 'The log: a JSON page, or with Accept: text/event-stream the rest of it and then live',
        params: sessionParams,
        querystring: z.strictObject({
          after: cursor.optional().describe('The last `seq` you have; default 0.'),
          limit,
        }),
        response: {
          200: z.object({
            events: z.array(sessionEvent),
            next: z.int().nullable().describe('Give it as `after`; null at the end.'),
            lastSeq: z.int(),
          }),
          ...problems(400, 404, 503),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!String(request.headers.accept ?? '').includes('text/event-stream'))
        return pageOfEvents(engine, id, request.query.after ?? 0, request.query.limit);

      const lastEventId = request.headers['last-event-id'];
      const resumed = lastEventId === undefined ? undefined : Number(lastEventId);
      if (resumed !== undefined && (!Number.isSafeInteger(resumed) || resumed < 0))
        throw new RiggerError('invalid_request', {
          detail: 'Last-Event-ID must be the `seq` of an event.',
          extra: { issues: [{ path: 'Last-Event-ID', message: 'must be a whole number' }] },
        });
      const stream = new EventStream(reply, streams);
      try {
        await passLog(engine, streams, id, resumed ?? request.query.after ?? 0, stream);
        stream.open();
      } catch (error) {
        if (!reply.sent) throw error;
        request.log.warn({ err: error }, 'A stream of events ended early; its reader can come back with its cursor');
        stream.end();
      }
      return reply;
    },
  );

  app.get(
    '/api/sessions/:id/turns',
    {
      schema: {
        tags: ['turns'],
        summary: 'Turns in their order: queued, running and finished',
        params: sessionParams,
        querystring: z.strictObject({ after: cursor.default(0), limit }),
        response: { 200: z.object({ turns: z.array(turnView), next: z.int().nullable() }), ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      const { turns, next } = await pageOfTurns(engine, request.params.id, request.query.after, request.query.limit);
      return { turns: turns.map(viewTurn), next };
    },
  );

  app.get(
    '/api/sessions/:id/turns/:turnId',
    {
      schema: {
        tags: ['turns'],
        summary: 'One turn',
        params: sessionParams.extend({ turnId: z.string() }),
        response: { 200: turnView, ...problems(404, 503) },
      },
    },
    async (request) => viewTurn(await getTurn(engine, request.params.id, request.params.turnId)),
  );
}
