import { Audit, Keys } from './access.ts';
import { Files } from './files.ts';
import { Budgets, Runners, Secrets } from './operations.ts';
import { fill } from './paths.ts';
import { Permissions } from './permissions.ts';
import { Schedules } from './schedules.ts';
import { Sessions } from './sessions.ts';
import { Snapshots } from './snapshots.ts';
import { type CallOptions, type RiggerOptions, Transport } from './transport.ts';
import type { AnswerOf, Method, PathOf, RequestOf } from './typed.ts';
import type { Health, Latency, LatencyQuery, Readiness, Usage, UsageQuery } from './types.ts';
import { Webhooks } from './webhooks.ts';

/**
 * A Rigger server.
 *
 * Requests are sent again by themselves where that is safe: after a broken connection where two of them have one effect (reads,
 * and creates and messages by an Idempotency-Key), and where the server said that it did nothing (429, 503).
 */
export class Rigger {
  readonly sessions: Sessions;
  readonly files: Files;
  readonly permissions: Permissions;
  readonly snapshots: Snapshots;
  readonly budgets: Budgets;
  readonly secrets: Secrets;
  readonly runners: Runners;
  readonly webhooks: Webhooks;
  readonly schedules: Schedules;
  readonly keys: Keys;
  readonly audit: Audit;
  readonly baseUrl: string;
  readonly #http: Transport;

  constructor(options: RiggerOptions) {
    const http = new Transport(options);
    this.#http = http;
    this.baseUrl = http.baseUrl;
    this.sessions = new Sessions(http);
    this.files = new Files(http);
    this.permissions = new Permissions(http);
    this.snapshots = new Snapshots(http);
    this.budgets = new Budgets(http);
    this.secrets = new Secrets(http);
    this.runners = new Runners(http);
    this.webhooks = new Webhooks(http);
    this.schedules = new Schedules(http);
    this.keys = new Keys(http);
    this.audit = new Audit(http);
  }

  /** What was spent, by session, agent, user, key, tag, model, pattern, day or hour. */
  usage(query: UsageQuery = {}, options: CallOptions = {}): Promise<Usage> {
    return this.#http.json('GET', '/api/usage', { ...options, query });
  }

  /** How long model calls took, by hour or day: to the first byte and in all. */
  latency(query: LatencyQuery = {}, options: CallOptions = {}): Promise<Latency> {
    return this.#http.json('GET', '/api/usage/latency', { ...options, query });
  }

  /** Whether the server lives. One try. */
  async health(options: CallOptions = {}): Promise<Health> {
    return this.#http.json('GET', '/healthz', { ...options, resend: 'never' });
  }

  /** What of the server can work, and what cannot. One try; a server that is not ready answers too. */
  async readiness(options: CallOptions = {}): Promise<Readiness> {
    return this.#http.json('GET', '/readyz', { ...options, resend: 'never', accept: [503] });
  }

  /**
   * Any route that the OpenAPI document has, with its types: `request('GET', '/api/sessions/{id}', { path: { id } })`.
   * Sent again as its method allows; a POST only where the server said that it did nothing.
   */
  request<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    request: RequestOf<M, P> & CallOptions & { headers?: Record<string, string> },
  ): Promise<AnswerOf<M, P>> {
    const {
      path: parameters,
      query,
      body,
      headers,
      signal,
    } = request as {
      path?: Record<string, string>;
      query?: object;
      body?: unknown;
      headers?: Record<string, string>;
      signal?: AbortSignal;
    };
    return this.#http.json(method, fill(path as string, parameters), { query, json: body, headers, signal });
  }
}
