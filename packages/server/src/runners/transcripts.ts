/** Transcripts for runners: what an agent resumes from. Only the holder of the session's lease is answered. */
import { TRANSCRIPT_PATH, TRANSCRIPT_SUBPATHS_PATH } from '@rigger/runner/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RiggerError } from '../model/errors.ts';
import type { Engine } from '../sessions/engine.ts';
import { findSession } from '../store/sessions.ts';
import { loadTranscript, transcriptSubpaths } from '../store/transcripts.ts';

const query = z.object({
  session: z.string(),
  epoch: z.coerce.number().int(),
  sdkSession: z.string(),
  subpath: z.string().default(''),
});

export function addTranscriptRoutes(app: FastifyInstance, engine: Engine, runnerToken: string): void {
  const checked = async (request: FastifyRequest) => {
    if (request.headers.authorization !== `Bearer ${runnerToken}`) throw new RiggerError('unauthorized');
    const asked = query.parse(request.query);
    const session = await findSession(engine.database.db, asked.session);
    if (session === null || session.epoch !== asked.epoch)
      throw new RiggerError('session_not_found', { extra: { id: asked.session } });
    return asked;
  };
  app.get(TRANSCRIPT_PATH, { schema: { hide: true } }, async (request) => {
    const { session, sdkSession, subpath } = await checked(request);
    return {
      entries: await loadTranscript(engine.database.db, { sessionId: session, sdkSessionId: sdkSession, subpath }),
    };
  });
  app.get(TRANSCRIPT_SUBPATHS_PATH, { schema: { hide: true } }, async (request) => {
    const { session, sdkSession } = await checked(request);
    return { subpaths: await transcriptSubpaths(engine.database.db, session, sdkSession) };
  });
}
