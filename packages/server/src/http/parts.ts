import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../sessions/engine.ts';
import type { RunnerState } from '../sessions/placement.ts';
import type { Drain } from './drain.ts';
import type { Streams } from './streams.ts';

const check = z.object({ ok: z.boolean(), detail: z.string() });
export const readiness = z.object({ ready: z.boolean(), database: check, runner: check, upstream: check });
export type Readiness = z.infer<typeof readiness>;

/** Everything that a route may use. No rule lives in a route: it parses, calls a rule and maps what comes back. */
export interface Parts {
  engine: Engine;
  streams: Streams;
  drain: Drain;
  /** Empties a runner, or lets it be filled again, and lets the other servers know. */
  drainRunner(id: string, draining: boolean): Promise<RunnerState>;
  readiness(): Promise<Readiness>;
  version: string;
}

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;
