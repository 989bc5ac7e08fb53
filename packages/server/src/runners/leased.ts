/** What a runner asks over HTTP about a session. Only the holder of the session's lease is answered. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RiggerError } from '../model/errors.ts';
import type { SessionRecord } from '../model/record.ts';
import type { Engine } from '../sessions/engine.ts';
import { findSession } from '../store/sessions.ts';

const query = z.object({ session: z.string(), epoch: z.coerce.number().int() });
const digest = (text: string) => createHash('sha256').update(text).digest();

/** @throws RiggerError `unauthorized` without the runners' token, `session_not_found` without the session's lease. */
export async function leasedSession(
  engine: Engine,
  runnerToken: string,
  request: FastifyRequest,
): Promise<SessionRecord> {
  const said = digest(request.headers.authorization ?? '');
  if (!timingSafeEqual(said, digest(`Bearer ${runnerToken}`))) throw new RiggerError('unauthorized');
  const asked = query.parse(request.query);
  const session = await findSession(engine.database.db, asked.session);
  if (session === null || session.epoch !== asked.epoch || session.runnerId === null)
    throw new RiggerError('session_not_found', { extra: { id: asked.session } });
  return session;
}
