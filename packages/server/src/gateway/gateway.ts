/**
 * The model gateway: every model call of every agent passes through here, so the provider's key is in no other process, and no
 * call begins that there is no money for. Bodies pass byte for byte; answers stream as they come.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GATEWAY_PREFIX, SESSION_AGENT_HEADER, SESSION_TOKEN_HEADER } from '@rigger/runner/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Agent, type Dispatcher } from 'undici';
import { newId } from '../model/ids.ts';
import type { Nano } from '../model/money.ts';
import type { PriceBook } from '../model/prices.ts';
import type { CallStart } from '../store/ledger.ts';
import type { Books } from './books.ts';
import { type Answer, estimate, type Insist, Meter, readAsked, spentMessage, untilGone } from './call.ts';
import type { SessionTokens } from './tokens.ts';
import { type Endpoint, isItsOwnFault, type Upstreams } from './upstreams.ts';

/** What agents need of the Messages API; anything else is refused here rather than billed there. */
const MESSAGES = '/v1/messages';
const COUNT_TOKENS = '/v1/messages/count_tokens';
/**
 * Credentials that came in are never passed on, nor what belongs to one connection. Answers come as they are, not compressed:
 * what they used has to be read.
 */
const NOT_FORWARDED = new Set([
  'authorization', 'x-api-key', 'cookie', 'host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect', 'upgrade',
  'te', 'proxy-authorization', 'accept-encoding', SESSION_TOKEN_HEADER, SESSION_AGENT_HEADER,
]); // biome-ignore format: a list
const NOT_RETURNED = new Set(['connection', 'keep-alive', 'transfer-encoding']);

type Headers = Record<string, string | string[] | undefined>;
const without = (headers: Headers, names: Set<string>): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase())));
const headerOf = (headers: Headers, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** An answer of ours in the Messages API's own shape, for it is the agent that reads it. */
class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly retryAfterS: number | null;
  constructor(status: number, type: string, message: string, retryAfterS: number | null = null) {
    super(message);
    this.status = status;
    this.type = type;
    this.retryAfterS = retryAfterS;
  }
}

export interface GatewayOptions {
  upstreams: Upstreams;
  tokens: SessionTokens;
  prices: PriceBook;
  books: Books;
  /** How long an endpoint may take to begin to answer, and then between two pieces of its answer. */
  patienceMs: number;
}

export interface Gateway {
  /**
   * Takes no new call, for a server that goes away: whoever calls is cut off before an answer and tries again where it then
   * finds a server. Resolves when no call is under way, or after `patienceMs`: what is cut off then is paid for twice.
   */
  drain(patienceMs: number): Promise<void>;
}

/** While others hold back what is left, a call waits for one of them to end; where that is another server's, it looks again so often. */
const BUSY_PAUSE_MS = 250;
const KEEP_EVERY_MS = 10_000;
const DATABASE_PAUSE_MS = 500;
const LAST_SETTLING_MS = 2_000;

/** Adds the gateway's routes. */
export function addGateway(app: FastifyInstance, options: GatewayOptions): Gateway {
  const { tokens, books } = options;
  const underWay = new Set<FastifyReply>();
  const openCalls = new Set<string>();
  /** Calls that wait for others to end. */
  const waiting = new Set<() => void>();
  const closed = new AbortController();
  let draining = false;
  let onIdle = () => {};
  let onSettled: () => unknown = () => {};
  const agent = new Agent({
    connections: null,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    headersTimeout: options.patienceMs,
    bodyTimeout: options.patienceMs,
  });
  const keeping = setInterval(() => {
    if (openCalls.size > 0) books.keep([...openCalls]).catch(() => {});
  }, KEEP_EVERY_MS).unref();
  app.addHook('onClose', async () => {
    clearInterval(keeping);
    closed.abort();
    await agent.destroy();
    // What was broken off by that is still settled, while there is a database.
    const settled = new Promise<void>((resolve) => {
      onSettled = () => openCalls.size === 0 && resolve();
      onSettled();
    });
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, LAST_SETTLING_MS).unref())]);
  });

  /** What must be written is tried until it is, or until this server goes. */
  const insist: Insist = async (work) => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (closed.signal.aborted) throw error;
        app.log.warn({ err: error }, 'The ledger cannot be written; a model call waits for it');
        await new Promise((resolve) => setTimeout(resolve, DATABASE_PAUSE_MS));
      }
    }
  };

  app.register(async (scope) => {
    // The body is passed on as it came: no parser may touch it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof Refusal)) {
        app.log.error({ err: error }, 'A model call failed in the gateway');
        return reply.code(500).send({ type: 'error', error: { type: 'api_error', message: 'The gateway failed.' } });
      }
      if (error.retryAfterS !== null) reply.header('retry-after', String(error.retryAfterS));
      else if (error.status === 402) reply.header('x-should-retry', 'false');
      return reply.code(error.status).send({ type: 'error', error: { type: error.type, message: error.message } });
    });
    scope.route({
      method: ['GET', 'POST', 'HEAD'],
      url: `${GATEWAY_PREFIX}/*`,
      schema: { hide: true },
      handler: async (request, reply) => {
        const token = tokens.check(headerOf(request.headers, SESSION_TOKEN_HEADER) ?? '');
        if (token === null)
          throw new Refusal(401, 'authentication_error', 'The session token is missing or not valid.');
        const { pathname, search } = new URL(request.url.slice(GATEWAY_PREFIX.length), 'http://gateway');
        if (request.method === 'HEAD' && pathname === '/') return reply.code(200).send();
        if (request.method !== 'POST' || (pathname !== MESSAGES && pathname !== COUNT_TOKENS))
          throw new Refusal(404, 'not_found_error', `Rigger does not pass on ${request.method} ${pathname}.`);
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
        const body = await buffer(request.body as Readable);
        const carried = { request, path: pathname + search, body, session: token.session, signal: gone.signal };
        try {
          if (pathname === MESSAGES) return await message(reply, carried, token.epoch);
          const { answer, leave } = await carry(carried);
          reply.raw.once('close', leave);
          return reply.code(answer.statusCode).headers(without(answer.headers, NOT_RETURNED)).send(answer.body);
        } catch (error) {
          if (gone.signal.aborted) return reply.hijack();
          throw error;
        }
      },
    });
  });

  interface Carried {
    request: FastifyRequest;
    /** With its query. */
    path: string;
    body: Buffer;
    session: string;
    signal: AbortSignal;
  }

  async function message(reply: FastifyReply, carried: Carried, epoch: number): Promise<FastifyReply> {
    const began = performance.now();
    const { request, signal, session: sessionId } = carried;
    const asked = readAsked(carried.body);
    if (asked === null) throw new Refusal(400, 'invalid_request_error', 'The body is no request of the Messages API.');
    const known = options.prices.priceOf(asked.model);
    if (known === null)
      throw new Refusal(
        400,
        'invalid_request_error',
        `No price is known for ${asked.model}, so it is not called: name it in the file of RIGGER_PRICES.`,
      );
    const { price } = known;
    const id = newId('call');
    const agentName = headerOf(request.headers, SESSION_AGENT_HEADER);
    const expectation = estimate(asked, price);
    const start = {
      id,
      sessionId,
      epoch,
      agent: agentName,
      price,
      model: asked.model,
      stream: asked.stream,
      ...expectation,
    };
    const held = await open(start, signal);
    openCalls.add(id);
    // The way to the endpoint and that to the disk take their time together: nothing is answered before both are done.
    const entered = keep(start, signal);
    entered.catch(() => {});
    const meter = new Meter({ id, sessionId, price, held, expected: expectation.tokens, began }, books, insist);
    const over = () => {
      openCalls.delete(id);
      onSettled();
      for (const wake of [...waiting]) wake();
    };

    let found: Awaited<ReturnType<typeof carry>>;
    try {
      found = await carry(carried);
      await entered.catch((error: unknown) => {
        found.stop();
        found.leave();
        throw error;
      });
    } catch (error) {
      await meter.without(signal.aborted ? 'aborted' : 'error', null).finally(over);
      throw error;
    }
    const { answer, endpoint, leave, stop } = found;
    const about: Answer = {
      status: answer.statusCode,
      requestId: headerOf(answer.headers, 'request-id'),
      upstream: endpoint.name,
    };
    reply.code(answer.statusCode).headers(without(answer.headers, NOT_RETURNED));
    const streams = (headerOf(answer.headers, 'content-type') ?? '').startsWith('text/event-stream');
    if (streams && answer.statusCode < 400) {
      const passed = Readable.from(meter.stream(answer.body, about, signal, stop), { objectMode: false });
      passed.once('close', () => {
        leave();
        over();
      });
      // Headers go before the first byte of the body: a stream's first word must not wait for its second.
      return reply.send(passed);
    }
    try {
      const whole = await buffer(answer.body);
      if (answer.statusCode < 400) await meter.whole(whole, about);
      else await meter.without('error', about);
      return reply.send(whole);
    } catch (error) {
      await meter.without(signal.aborted ? 'aborted' : 'error', about);
      throw error;
    } finally {
      leave();
      over();
    }
  }

  /** Waits until a call is on the disk; one that the database lost in a crash is entered again. */
  async function keep(call: CallStart, signal: AbortSignal): Promise<void> {
    while (!(await insist(() => books.kept(call.id)))) await open(call, signal);
  }

  /** Enters the call in the books, and waits while it is only others that hold what is left. */
  async function open(call: CallStart, signal: AbortSignal): Promise<Nano | null> {
    for (;;) {
      const opening = await books.open(call).catch((error: unknown) => {
        app.log.warn({ err: error, session: call.sessionId }, 'A model call could not be entered in the ledger');
        throw new Refusal(529, 'overloaded_error', 'The ledger cannot be written; try again.', 1);
      });
      switch (opening.verdict) {
        case 'open':
          return opening.held;
        case 'gone':
          throw new Refusal(401, 'authentication_error', 'This session is not running, or elsewhere.');
        case 'paused':
          await untilGone(signal);
          throw new Refusal(
            402,
            'billing_error',
            'Budget exceeded: this session is paused until its budget is raised.',
          );
        case 'spent':
          throw new Refusal(402, 'billing_error', spentMessage(opening.line));
        case 'busy':
          await untilOneEnds();
          signal.throwIfAborted();
      }
    }
  }

  async function untilOneEnds(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = setTimeout(resolve, BUSY_PAUSE_MS);
    waiting.add(resolve);
    await promise;
    waiting.delete(resolve);
    clearTimeout(late);
  }

  /** Sends a call to an endpoint that takes it. What the last one says is the answer, whatever it is. */
  async function carry({ request, path, body, session, signal }: Carried) {
    const endpoints = options.upstreams.inOrder();
    let last: { answer: Dispatcher.ResponseData; endpoint: Endpoint; leave: () => void; stop: () => void } | null =
      null;
    for (const endpoint of endpoints) {
      const leave = await endpoint.queue.enter(session, signal);
      const stop = new AbortController();
      const onGone = () => stop.abort();
      signal.addEventListener('abort', onGone, { once: true });
      try {
        const base = new URL(endpoint.baseUrl);
        const headers = without(request.headers, NOT_FORWARDED);
        if (endpoint.apiKey !== undefined) headers['x-api-key'] = endpoint.apiKey;
        const answer = await agent.request({
          origin: base.origin,
          path: `${base.pathname.replace(/\/+$/, '')}${path}`,
          method: 'POST',
          headers,
          body,
          signal: stop.signal,
        });
        if (last !== null) await discard(last);
        last = {
          answer,
          endpoint,
          stop: () => stop.abort(),
          leave: () => {
            signal.removeEventListener('abort', onGone);
            leave();
          },
        };
        if (!isItsOwnFault(answer.statusCode)) return last;
        const after = Number(headerOf(answer.headers, 'retry-after') ?? Number.NaN);
        options.upstreams.refused(endpoint, Number.isFinite(after) ? after * 1000 : null);
        request.log.warn({ upstream: endpoint.name, status: answer.statusCode }, 'A model endpoint refused a call');
      } catch (cause) {
        signal.removeEventListener('abort', onGone);
        leave();
        if (signal.aborted) throw cause;
        options.upstreams.refused(endpoint, null);
        request.log.warn({ upstream: endpoint.name, cause: String(cause) }, 'A model endpoint cannot be reached');
      }
    }
    if (last === null) throw new Refusal(529, 'overloaded_error', 'The model endpoint cannot be reached.');
    return last;
  }

  async function discard(former: { answer: Dispatcher.ResponseData; leave: () => void }): Promise<void> {
    await former.answer.body.dump().catch(() => {});
    former.leave();
  }

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
