import { z } from 'zod';
import {
  type SessionMetadata, sessionCreateRequest,
  sessionForkRequest, sessionListQuery, sessionListResponse, sessionMetadata, 
  sessionResumeRequest, sessionRewindRequest, sessionStatsQuery, sessionStatsResponse,
  sessionTerminateRequest, sessionUpdateRequest,
} from '../model/session.ts'; // biome-ignore format: a list
import { rewindView } from '../model/snapshots.ts';
import { createSession } from '../sessions/create.ts';
import { forkSession } from '../sessions/fork.ts';
import {
  interruptSession,
  removeSession,
  resumeSession,
  terminateSession,
  updateSession,
} from '../sessions/lifecycle.ts';
import { getSession, listSessions, sessionStats, showSession } from '../sessions/queries.ts';
import { rewindSession } from '../sessions/rewind.ts';
import { viewCreated, viewSession } from '../sessions/views.ts';
import { callerOf } from './access.ts';
import type { App, Parts } from './parts.ts';
import { idempotencyHeaders, problems, REPLAYED_HEADER, sessionParams } from './schemas.ts';

const tags = ['sessions'];
/** For a workspace to be saved and another to be put in its place. */
const REWIND_PATIENCE_MS = 600_000;

export function addSessionRoutes(app: App, { engine }: Parts): void {
  app.post(
    '/api/sessions',
    {
      schema: {
        tags,
        summary: 'Create a session',
        headers: idempotencyHeaders,
        body: sessionCreateRequest,
        response: { 201: sessionMetadata, ...problems(400, 404, 409, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const once = key === undefined ? undefined : { key, body: request.body };
      const { session, notices, replayed } = await createSession(engine, callerOf(request).tenant, request.body, once);
      if (replayed !== null) reply.header(REPLAYED_HEADER, 'true');
      return reply.code(201).send((replayed as SessionMetadata | null) ?? viewCreated(session, notices));
    },
  );

  app.get(
    '/api/sessions',
    {
      schema: {
        tags,
        summary: 'List sessions, newest first',
        querystring: sessionListQuery,
        response: { 200: sessionListResponse, ...problems(400, 503) },
      },
    },
    async (request) => listSessions(engine, callerOf(request).tenant, request.query),
  );

  app.get(
    '/api/sessions/stats/summary',
    {
      schema: {
        tags,
        summary: 'Sums over sessions',
        querystring: sessionStatsQuery,
        response: { 200: sessionStatsResponse, ...problems(400, 503) },
      },
    },
    async (request) => sessionStats(engine, callerOf(request).tenant, request.query),
  );

  app.get(
    '/api/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Get a session',
        params: sessionParams,
        response: { 200: sessionMetadata, ...problems(404, 503) },
      },
    },
    async (request) => showSession(engine, await getSession(engine, request.params.id)),
  );

  app.patch(
    '/api/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Change labels, limits or status',
        params: sessionParams,
        body: sessionUpdateRequest,
        response: { 200: sessionMetadata, ...problems(400, 404, 409, 503) },
      },
    },
    async (request) => showSession(engine, await updateSession(engine, request.params.id, request.body)),
  );

  app.post(
    '/api/sessions/:id/terminate',
    {
      schema: {
        tags,
        summary: 'End a session: gracefully within 5 s, then killed',
        params: sessionParams,
        body: sessionTerminateRequest.nullish(),
        response: { 200: z.object({ session: sessionMetadata, reason: z.string() }), ...problems(400, 404, 503) },
      },
    },
    async (request) => {
      const session = await terminateSession(engine, request.params.id, request.body?.reason ?? 'user_requested');
      return { session: viewSession(session), reason: session.statusReason ?? session.status };
    },
  );

  app.post(
    '/api/sessions/:id/resume',
    {
      schema: {
        tags,
        summary: 'Bring a parked session back before its next message, or continue an ended one by a new session',
        params: sessionParams,
        body: sessionResumeRequest.nullish(),
        response: { 200: sessionMetadata, 201: sessionMetadata, ...problems(400, 404, 503) },
      },
    },
    async (request, reply) => {
      const session = await resumeSession(engine, request.params.id, request.body?.config ?? {});
      return reply.code(session.id === request.params.id ? 200 : 201).send(await showSession(engine, session));
    },
  );

  app.post(
    '/api/sessions/:id/fork',
    {
      schema: {
        tags,
        summary: 'Make a session that goes on from where this one is, or was: neither then touches the other',
        params: sessionParams,
        body: sessionForkRequest.nullish(),
        response: { 201: sessionMetadata, ...problems(400, 404, 409, 503) },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const made = await forkSession(engine, request.params.id, request.body ?? {}, gone.signal);
      return reply.code(201).send(viewSession(made));
    },
  );

  app.post(
    '/api/sessions/:id/rewind',
    {
      schema: {
        tags,
        summary:
          'Have the files be as they were at a message, a turn or a snapshot; the conversation stays, and it can be undone',
        params: sessionParams,
        body: sessionRewindRequest,
        response: { 200: rewindView, ...problems(400, 404, 409, 503) },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(REWIND_PATIENCE_MS)]);
      return rewindSession(engine, request.params.id, request.body, signal);
    },
  );

  app.delete(
    '/api/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Delete a session with its files',
        params: sessionParams,
        response: { 200: z.object({ success: z.literal(true), id: z.string() }), ...problems(404, 503) },
      },
    },
    async (request) => {
      await removeSession(engine, request.params.id);
      return { success: true as const, id: request.params.id };
    },
  );

  app.post(
    '/api/sessions/:id/interrupt',
    {
      schema: {
        tags,
        summary: 'Stop the running turn and keep the session',
        params: sessionParams,
        body: z.strictObject({ agent: z.string().optional() }).nullish(),
        response: {
          200: z.object({
            interrupted: z.array(z.string()).describe('Turns being stopped.'),
            queued: z.array(z.string()).describe('Turns that stay queued.'),
            session: sessionMetadata,
          }),
          ...problems(400, 404, 503),
        },
      },
    },
    async (request) => {
      const turns = await interruptSession(engine, request.params.id, request.body?.agent);
      return { ...turns, session: await showSession(engine, await getSession(engine, request.params.id)) };
    },
  );
}
