/** The smallest client of Rigger's HTTP API: what `fetch` needs around it, and no more. */
import { dataOf } from './event-stream.js';

/** An answer that is a problem: `status` and `code` as the server said them. */
export class Problem extends Error {
  constructor(status, body) {
    super(
      `${status} ${body.code ?? ''}: ${body.detail ?? body.error ?? 'no details'}${body.remedy ? ` ${body.remedy}` : ''}`,
    );
    this.status = status;
    this.code = body.code;
    this.body = body;
  }
}

/** Nobody listens at the address. */
export class NoServer extends Error {}

/** A real model may work for minutes; a server that is silent for longer than this is given up. */
const PATIENCE_MS = 10 * 60_000;

export function connect(url) {
  const base = url.replace(/\/+$/, '');

  async function send(method, path, body, headers = {}) {
    const options = { method, headers: { ...headers }, signal: AbortSignal.timeout(PATIENCE_MS) };
    if (body !== undefined) {
      options.headers['content-type'] = 'application/json';
      options.body = JSON.stringify(body);
    }
    const response = await fetch(base + path, options).catch((error) => {
      // fetch hides why a connection failed in `cause`; with several addresses of one name it hides it once more.
      const cause = error.cause?.errors?.[0] ?? error.cause;
      if (!(error instanceof TypeError)) throw error;
      throw new NoServer(
        cause?.code === undefined ? (cause?.message ?? error.message) : [cause.code, cause.address].join(' ').trim(),
      );
    });
    if (response.ok) return response;
    throw new Problem(response.status, await response.json().catch(() => ({})));
  }
  const call = async (method, path, body, headers) => (await send(method, path, body, headers)).json();
  const at = (id, rest = '') => `/api/sessions/${encodeURIComponent(id)}${rest}`;

  return {
    /** What `/readyz` says; a server that is up and not ready says it with status 503, which is an answer here. */
    readiness: () =>
      call('GET', '/readyz').catch((error) => {
        if (error instanceof Problem && error.body.upstream) return error.body;
        throw error;
      }),

    /** Every session of an example carries the tag by which `cleanup` finds it again. */
    create: (request) => call('POST', '/api/sessions', { ...request, tags: ['example', ...(request.tags ?? [])] }),
    get: (id) => call('GET', at(id)),
    update: (id, changes) => call('PATCH', at(id), changes),
    terminate: (id, reason) => call('POST', at(id, '/terminate'), { reason }),
    remove: (id) => call('DELETE', at(id)),
    stats: (query = {}) => call('GET', `/api/sessions/stats/summary?${new URLSearchParams(query)}`),

    /** Every session that matches, page by page with the server's cursor. */
    async *list(query = {}) {
      for (let cursor = ''; cursor !== null; ) {
        const page = await call(
          'GET',
          `/api/sessions?${new URLSearchParams({ limit: '100', ...query, ...(cursor && { cursor }) })}`,
        );
        yield* page.sessions;
        cursor = page.nextCursor;
      }
    },

    /** Sends a message and waits for its answer. */
    ask: (id, prompt) => call('POST', at(id, '/message'), { prompt, streaming: false }),
    /** Sends a message and is told its turn at once; what becomes of it is in the events. */
    post: (id, prompt) => call('POST', at(id, '/message'), { prompt }, { prefer: 'respond-async' }),
    /** Sends a message and yields what happens: `stream_event`s, `message`s, and one `done` or `error`. */
    async *stream(id, prompt) {
      const response = await send('POST', at(id, '/message'), { prompt, streaming: true });
      yield* dataOf(response.body);
    },

    /** The whole log so far. */
    async events(id) {
      const events = [];
      for (let after = 0; after !== null; ) {
        const page = await call('GET', at(id, `/events?after=${after}&limit=1000`));
        events.push(...page.events);
        after = page.next;
      }
      return events;
    },
    /** The log after `after`, then live; ends only when the caller stops reading or the session is deleted. */
    async *follow(id, after = 0) {
      const response = await send('GET', at(id, `/events?after=${after}`), undefined, { accept: 'text/event-stream' });
      yield* dataOf(response.body);
    },
  };
}
