/** Transcripts for runners: what an agent resumes from. */
import { TRANSCRIPT_PATH, TRANSCRIPT_SUBPATHS_PATH } from '@rigger/runner/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Engine } from '../sessions/engine.ts';
import { loadTranscript, transcriptSubpaths } from '../store/transcripts.ts';
import type { Identify } from './identity.ts';
import { leasedSession } from './leased.ts';

const query = z.object({ sdkSession: z.string(), subpath: z.string().default('') });

export function addTranscriptRoutes(app: FastifyInstance, engine: Engine, identify: Identify): void {
  const { db } = engine.database;
  app.get(TRANSCRIPT_PATH, { schema: { hide: true } }, async (request) => {
    const { id } = await leasedSession(engine, identify, request);
    const { sdkSession, subpath } = query.parse(request.query);
    return { entries: await loadTranscript(db, { sessionId: id, sdkSessionId: sdkSession, subpath }) };
  });
  app.get(TRANSCRIPT_SUBPATHS_PATH, { schema: { hide: true } }, async (request) => {
    const { id } = await leasedSession(engine, identify, request);
    return { subpaths: await transcriptSubpaths(db, id, query.parse(request.query).sdkSession) };
  });
}
