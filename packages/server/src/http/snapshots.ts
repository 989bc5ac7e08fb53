import { z } from 'zod';
import { snapshotView } from '../model/snapshots.ts';
import {
  removeSnapshot,
  requestSnapshot,
  restoreSnapshot,
  snapshot,
  snapshots,
  whenTaken,
} from '../sessions/snapshots.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const id = z.string().min(1).max(255);
const PATIENCE_MS = 600_000;

export function addSnapshotRoutes(app: App, { engine }: Parts): void {
  app.get(
    '/api/sessions/:id/snapshots',
    {
      schema: {
        tags: ['snapshots'],
        summary: 'List the snapshots of a session, the newest first',
        params: z.object({ id }),
        response: { 200: z.object({ snapshots: z.array(snapshotView) }), ...problems(404, 503) },
      },
    },
    async (request) => ({ snapshots: await snapshots(engine, request.params.id) }),
  );

  app.post(
    '/api/sessions/:id/snapshots',
    {
      schema: {
        tags: ['snapshots'],
        summary: 'Take a snapshot of the files as they are now; with `Prefer: respond-async`, without waiting for it',
        params: z.object({ id }),
        response: { 201: snapshotView, 202: z.object({ id: z.string() }), ...problems(404, 409, 503) },
      },
    },
    async (request, reply) => {
      const { id: taken } = await requestSnapshot(engine, request.params.id);
      if (/\brespond-async\b/.test(String(request.headers.prefer ?? ''))) return reply.code(202).send({ id: taken });
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(PATIENCE_MS)]);
      return reply.code(201).send(await whenTaken(engine, request.params.id, taken, signal));
    },
  );

  const params = z.object({ id, snapshot: id });
  app.get(
    '/api/sessions/:id/snapshots/:snapshot',
    {
      schema: {
        tags: ['snapshots'],
        summary: 'Get a snapshot',
        params,
        response: { 200: snapshotView, ...problems(404, 503) },
      },
    },
    async (request) => snapshot(engine, request.params.id, request.params.snapshot),
  );

  app.delete(
    '/api/sessions/:id/snapshots/:snapshot',
    {
      schema: {
        tags: ['snapshots'],
        summary: 'Remove a snapshot; what other snapshots need of it stays',
        params,
        response: { 200: z.object({ success: z.literal(true), id: z.string() }), ...problems(404, 503) },
      },
    },
    async (request) => {
      await removeSnapshot(engine, request.params.id, request.params.snapshot);
      return { success: true as const, id: request.params.snapshot };
    },
  );

  app.post(
    '/api/sessions/:id/snapshots/:snapshot/restore',
    {
      schema: {
        tags: ['snapshots'],
        summary: 'Have the files be as they were in a snapshot, from the next message on; the conversation stays',
        params,
        response: { 200: snapshotView, ...problems(404, 409, 503) },
      },
    },
    async (request) => restoreSnapshot(engine, request.params.id, request.params.snapshot),
  );
}
