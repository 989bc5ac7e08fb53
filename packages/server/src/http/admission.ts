/** Who is let in: no pages of other sites, and nobody new while the server goes down. */
import { GATEWAY_PREFIX, isLoopback, TRANSCRIPT_PATH, TRANSCRIPT_SUBPATHS_PATH } from '@rigger/runner/protocol';
import type { FastifyRequest } from 'fastify';
import { RiggerError } from '../model/errors.ts';
import type { Drain } from './drain.ts';
import type { App } from './parts.ts';
import { COME_BACK } from './sse.ts';

const hostOf = (authority: string): string => authority.replace(/:\d+$/, '');

/**
 * Bound to loopback, the only foreigners that can come are pages in the user's browser: they are told by these headers.
 * A WebSocket's upgrade passes here too, and no browser asks anybody else about it.
 */
export function refuseForeignPages(app: App, listensOn: string): void {
  const local = isLoopback(listensOn);
  app.addHook('onRequest', async (request) => {
    const { host, origin } = request.headers;
    if (local && host !== undefined && !isLoopback(hostOf(host)))
      throw new RiggerError('forbidden_origin', { detail: 'The Host header is not this machine.' });
    if (origin === undefined) return;
    if (!URL.canParse(origin)) throw new RiggerError('forbidden_origin');
    if (host !== undefined && new URL(origin).host !== host)
      throw new RiggerError('forbidden_origin', { detail: `A page of ${origin} may not call this server.` });
  });
}

/** What turns that still run need, and whoever asks how the server is. */
const SERVED_TO_THE_END = new Set([
  '/healthz',
  '/readyz',
  `${GATEWAY_PREFIX}/*`,
  TRANSCRIPT_PATH,
  TRANSCRIPT_SUBPATHS_PATH,
]);
const isServed = (request: FastifyRequest): boolean => SERVED_TO_THE_END.has(request.routeOptions.url ?? '');

/** While `drain` is on, the clients of a server that goes down come back when it, or another one, is up. */
export function turnAwayWhileDraining(app: App, drain: Drain): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!drain.active || isServed(request)) return;
    // An EventSource gives up for good at any status but 200; after a stream that ends it comes back with its cursor.
    if (request.method === 'GET' && request.headers.accept?.includes('text/event-stream'))
      return reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-cache').send(COME_BACK);
    throw new RiggerError('shutting_down');
  });
  app.addHook('onSend', async (request, reply) => {
    if (drain.active && !isServed(request)) reply.header('connection', 'close');
  });
}
