/** What a runner asks over HTTP about a session. Only the holder of the session's lease is answered. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RiggerError } from '../model/errors.ts';
import type { SessionRecord } from '../model/record.ts';
import type { Engine } from '../sessions/engine.ts';
import { findSession } from '../store/sessions.ts';
import type { Identify } from './identity.ts';

const query = z.object({ session: z.string(), epoch: z.coerce.number().int() });

/** @throws RiggerError `unauthorized` without a runner's token, `session_not_found` without the session's lease. */
export async function leasedSession(
  engine: Engine,
  identify: Identify,
  request: FastifyRequest,
): Promise<SessionRecord> {
  const who = await identify(request.headers.authorization);
  if (who === null) throw new RiggerError('unauthorized');
  const asked = query.parse(request.query);
  const session = await findSession(engine.database.db, asked.session);
  if (
    session === null ||
    session.epoch !== asked.epoch ||
    session.runnerId === null ||
    (who.pod !== null && session.runnerId !== who.pod)
  )
    throw new RiggerError('session_not_found', { extra: { id: asked.session } });
  return session;
}
