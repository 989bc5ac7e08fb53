import { RiggerApiError, RiggerConnectionError } from './errors.ts';
import { queryOf } from './paths.ts';
import { backoffMs, isWorthRetrying, pause, type Resend, retryAfterMs } from './retry.ts';
import type { Method } from './typed.ts';
import type { ProblemBody } from './types.ts';

export interface RiggerOptions {
  /** Where the server is: `http://127.0.0.1:3333`. */
  baseUrl: string;
  /** Sent as `Authorization: Bearer …`. */
  apiKey?: string;
  /** Another `fetch` than the platform's. */
  fetch?: typeof globalThis.fetch;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Milliseconds that a request waits between its tries in all, before it gives up; 0: one try. Default 30,000. */
  retryForMs?: number;
  /** Told of each wait before another try: for a log, or to show that the server is away. */
  onRetry?: (about: { method: Method; path: string; attempt: number; waitMs: number; error: Error }) => void;
}

/** What every call takes besides what it is about. */
export interface CallOptions {
  /** Ends the call, its retries and its stream; what the server was told stays told. */
  signal?: AbortSignal | undefined;
}

/** What `fetch` takes as a body. */
export type Body = NonNullable<RequestInit['body']>;

export interface Sent extends CallOptions {
  query?: object | undefined;
  headers?: Record<string, string> | undefined;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. A stream can be sent once only, so such a request is not tried again. */
  body?: Body | null;
  resend?: Resend;
  /** Statuses that are answers here besides 2xx. */
  accept?: readonly number[];
}

/** A try that lasted this long was no refusal, so what failed before it no longer counts. */
const LASTING_MS = 60_000;
const RETRY_FOR_MS = 30_000;
/** What is asked for and changes nothing, or changes the same twice. */
const SAFE_TWICE: readonly Method[] = ['GET', 'HEAD', 'PUT', 'DELETE'];

/** Carries requests to a server: again where that is safe and can help, and with errors that say what is wrong. */
export class Transport {
  readonly baseUrl: string;
  readonly retryForMs: number;
  readonly #options: RiggerOptions;

  constructor(options: RiggerOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    if (!URL.canParse(this.baseUrl) || !/^https?:/i.test(this.baseUrl))
      throw new TypeError(`“${options.baseUrl}” is no address of a server, as http://127.0.0.1:3333 is one.`);
    this.retryForMs = options.retryForMs ?? RETRY_FOR_MS;
    this.#options = options;
  }

  /** The JSON of an answer. @throws RiggerApiError, RiggerConnectionError, and the signal's reason. */
  async json<T>(method: Method, path: string, sent: Sent = {}): Promise<T> {
    const answer = await this.send(method, path, sent);
    if (answer.status === 204) return undefined as T;
    try {
      return (await answer.json()) as T;
    } catch (error) {
      sent.signal?.throwIfAborted();
      throw new RiggerConnectionError(this.baseUrl, error);
    }
  }

  /** An answer whose status is 2xx. Tries again as `resend` allows. @throws as `json` does. */
  async send(method: Method, path: string, sent: Sent = {}): Promise<Response> {
    const isStream = sent.body instanceof ReadableStream;
    const resend = isStream ? 'never' : (sent.resend ?? (SAFE_TWICE.includes(method) ? 'always' : 'refused'));
    let waited = 0;
    for (let attempt = 0; ; attempt += 1) {
      const began = Date.now();
      let asked: number | null = null;
      let error: Error;
      try {
        const answer = await this.once(method, path, sent);
        if (answer.ok || sent.accept?.includes(answer.status)) return answer;
        const problem = await problemOf(answer);
        if (!isWorthRetrying(answer.status, problem.body.retry, resend)) throw problem;
        asked = retryAfterMs(answer.headers.get('retry-after'), Date.now());
        error = problem;
      } catch (thrown) {
        if (!(thrown instanceof RiggerConnectionError) || resend !== 'always') throw thrown;
        error = thrown;
      }
      if (Date.now() - began > LASTING_MS) {
        attempt = 0;
        waited = 0;
      }
      const waitMs = backoffMs(attempt, Math.random(), asked);
      if (waited + waitMs > this.retryForMs) throw error;
      this.#options.onRetry?.({ method, path, attempt, waitMs, error });
      await pause(waitMs, sent.signal);
      waited += waitMs;
    }
  }

  /** One try, whatever its answer. @throws RiggerConnectionError, and the signal's reason. */
  async once(method: Method, path: string, sent: Sent = {}): Promise<Response> {
    const { apiKey, fetch = globalThis.fetch, headers } = this.#options;
    const isJson = sent.json !== undefined;
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: {
        ...headers,
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...sent.headers,
      },
      ...(isJson ? { body: JSON.stringify(sent.json) } : sent.body == null ? {} : { body: sent.body }),
      ...(sent.body instanceof ReadableStream ? { duplex: 'half' } : {}),
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    };
    try {
      return await fetch(`${this.baseUrl}${path}${queryOf(sent.query)}`, init);
    } catch (error) {
      sent.signal?.throwIfAborted();
      throw new RiggerConnectionError(this.baseUrl, error);
    }
  }
}

/** An answer that is none of those asked for, as an error. */
export async function problemOf(answer: Response): Promise<RiggerApiError> {
  const body = (await answer.json().catch(() => ({}))) as unknown;
  const isObject = typeof body === 'object' && body !== null;
  return new RiggerApiError(
    answer.status,
    isObject ? (body as Partial<ProblemBody>) : {},
    answer.headers.get('x-request-id'),
  );
}

/** A name for a request, by which it can be sent again without a second effect. */
export const newIdempotencyKey = (): string => crypto.randomUUID();
