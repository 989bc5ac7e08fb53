/**
 * The model gateway: every model call of every agent passes through here, so the provider's key is in no other
 * process. For now it passes calls through, byte for byte; metering and budgets belong in this place.
 */
import { GATEWAY_PREFIX, SESSION_TOKEN_HEADER } from '@rigger/runner/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Agent, type Dispatcher } from 'undici';
import type { SessionTokens } from './tokens.ts';

export interface Upstream {
  /** Such as `https://api.anthropic.com`, without a path of the Messages API. */
  baseUrl: string;
  apiKey: string | undefined;
  /** For people: which endpoint this is. */
  description: string;
}

/** What agents need of the Messages API; anything else is refused here rather than billed there. */
const PATHS = /^\/v1\/messages(\/count_tokens)?$/;
/** Credentials that came in are never passed on, nor what belongs to one connection. */
const NOT_FORWARDED = new Set([
  'authorization', 'x-api-key', 'cookie', 'host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect', 'upgrade',
  'te', 'proxy-authorization', SESSION_TOKEN_HEADER,
]); // biome-ignore format: a list
const NOT_RETURNED = new Set(['connection', 'keep-alive', 'transfer-encoding']);

type Headers = Record<string, string | string[] | undefined>;
const without = (headers: Headers, names: Set<string>): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase())));

const problem = (type: string, message: string) => ({ type: 'error', error: { type, message } });

export interface Gateway {
  /**
   * Takes no new call, for a server that goes away: whoever calls is cut off before an answer and tries again where it then
   * finds a server. Resolves when no call is under way, or after `patienceMs`: what is cut off then is paid for twice.
   */
  drain(patienceMs: number): Promise<void>;
}

/** Adds the gateway's routes. Errors have the Messages API's own shape, for it is the agent that reads them. */
export function addGateway(app: FastifyInstance, upstream: Upstream, tokens: SessionTokens): Gateway {
  const underWay = new Set<FastifyReply>();
  let draining = false;
  let onIdle = () => {};
  const agent = new Agent({
    connections: 256,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    headersTimeout: 600_000,
    bodyTimeout: 600_000,
  });
  app.addHook('onClose', () => agent.destroy());
  const base = upstream.baseUrl.replace(/\/+$/, '');

  app.register(async (scope) => {
    // The body is passed on as it came: no parser may touch it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.route({
      method: ['GET', 'POST', 'HEAD'],
      url: `${GATEWAY_PREFIX}/*`,
      schema: { hide: true },
      handler: async (request, reply) => {
        const token = request.headers[SESSION_TOKEN_HEADER];
        if (typeof token !== 'string' || tokens.check(token) === null)
          return reply.code(401).send(problem('authentication_error', 'The session token is missing or not valid.'));
        const url = new URL(request.url.slice(GATEWAY_PREFIX.length), 'http://gateway');
        if (request.method === 'HEAD' && url.pathname === '/') return reply.code(200).send();
        if (request.method !== 'POST' || !PATHS.test(url.pathname))
          return reply
            .code(404)
            .send(problem('not_found_error', `Rigger does not pass on ${request.method} ${url.pathname}.`));

        if (draining) {
          request.raw.destroy();
          return reply.hijack();
        }
        const gone = new AbortController();
        underWay.add(reply);
        reply.raw.once('close', () => {
          gone.abort();
          underWay.delete(reply);
          if (underWay.size === 0) onIdle();
        });
        const headers = without(request.headers, NOT_FORWARDED);
        if (upstream.apiKey !== undefined) headers['x-api-key'] = upstream.apiKey;
        let answer: Dispatcher.ResponseData;
        try {
          answer = await agent.request({
            origin: new URL(base).origin,
            path: `${new URL(base).pathname.replace(/\/$/, '')}${url.pathname}${url.search}`,
            method: 'POST',
            headers,
            body: request.body as NodeJS.ReadableStream as never,
            signal: gone.signal,
          });
        } catch (cause) {
          if (gone.signal.aborted) return reply.hijack();
          request.log.warn({ cause: String(cause) }, 'The model endpoint cannot be reached');
          return reply.code(529).send(problem('overloaded_error', 'The model endpoint cannot be reached.'));
        }
        reply.code(answer.statusCode).headers(without(answer.headers, NOT_RETURNED));
        // Headers go before the first byte of the body: a stream's first word must not wait for its second.
        return reply.send(answer.body);
      },
    });
  });
  return {
    async drain(patienceMs) {
      draining = true;
      if (underWay.size === 0) return;
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve;
      });
      await Promise.race([idle, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
    },
  };
}
