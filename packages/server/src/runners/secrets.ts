/** Values of secrets for runners, which put them in on their way out of a sandbox. */
import { SECRET_PATH } from '@rigger/runner/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Engine } from '../sessions/engine.ts';
import { revealSecret } from '../sessions/secrets.ts';
import type { Identify } from './identity.ts';
import { leasedSession } from './leased.ts';

const query = z.object({ name: z.string() });

export function addSecretValueRoute(app: FastifyInstance, engine: Engine, identify: Identify): void {
  app.get(SECRET_PATH, { schema: { hide: true } }, async (request, reply) => {
    const session = await leasedSession(engine, identify, request);
    const value = await revealSecret(engine, session, query.parse(request.query).name);
    return reply.header('cache-control', 'no-store').send({ value });
  });
}
