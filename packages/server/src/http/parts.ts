import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Access } from '../access/door.ts';
import type { Engine } from '../sessions/engine.ts';
import type { FilesAnswer, FilesRequest } from '../sessions/files.ts';
import type { RunnerState } from '../sessions/runners.ts';
import type { Sender } from '../webhooks/send.ts';
import type { Drain } from './drain.ts';
import type { Streams } from './streams.ts';

const check = z.object({ ok: z.boolean(), detail: z.string() });
export const readiness = z.object({ ready: z.boolean(), database: check, runner: check, upstream: check });
export type Readiness = z.infer<typeof readiness>;

/** Everything that a route may use. No rule lives in a route: it parses, calls a rule and maps what comes back. */
export interface Parts {
  engine: Engine;
  access: Access;
  streams: Streams;
  drain: Drain;
  /** Empties a runner, or lets it be filled again, and lets the other servers know. */
  drainRunner(id: string, draining: boolean): Promise<RunnerState>;
  readiness(): Promise<Readiness>;
  /** What Prometheus reads. */
  metricsPage(): Promise<{ type: string; text: string }>;
  /** Asks the runner that has a session's files, over its connection to this server. */
  files(request: FilesRequest): Promise<FilesAnswer>;
  webhooks: { sender: Sender /** Something may be owed now. */; wake(): void };
  /** A time of a schedule may have come. */
  wakeScheduler(): void;
  /** This server among others. */
  serverId: string;
  version: string;
}

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;
