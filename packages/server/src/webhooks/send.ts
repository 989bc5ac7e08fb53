/**
 * One request to an endpoint. Whoever names an endpoint names an address that this server connects to, so: the address is checked at
 * the moment of the connection, whatever a name led to before; no redirect is followed; an answer's body is not kept, told or
 * waited for.
 */
import { checkedLookup, mayReach, PrivateAddress, type Resolver } from '@rigger/runner/protocol';
import { Agent, request } from 'undici';
import type { AttemptError } from '../model/webhooks.ts';
import { addressOf, refusalOf, type TargetRules } from './target.ts';

export interface SenderOptions extends TargetRules {
  timeoutMs: number;
  version: string;
  /** What asks for the addresses of a name; the system's. */
  resolve?: Resolver;
}

export interface Sent {
  statusCode: number | null;
  latencyMs: number;
  error: AttemptError | null;
  /** What it asked for by `Retry-After`. */
  retryAfterMs: number | null;
}

export interface Sender {
  readonly rules: TargetRules;
  send(url: string, headers: Record<string, string>, body: string): Promise<Sent>;
  close(): Promise<void>;
}

/** So much of an answer is read, so that its connection can be used again; of a longer one, the connection is closed. */
const BODY_READ_BYTES = 4_096;
const CONNECTIONS_PER_ENDPOINT = 8;
const IDLE_MS = 10_000;

export function makeSender({ timeoutMs, version, resolve, ...rules }: SenderOptions): Sender {
  const agent = new Agent({
    connect: { lookup: checkedLookup(rules.exceptions, resolve), timeout: timeoutMs },
    connections: CONNECTIONS_PER_ENDPOINT,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return {
    rules,
    async send(url, headers, body) {
      const began = performance.now();
      const done = (rest: Partial<Sent>): Sent => ({
        statusCode: null,
        error: null,
        retryAfterMs: null,
        ...rest,
        latencyMs: Math.round(performance.now() - began),
      });
      // Settings may have changed since it was registered; and of what is an address already, no name is looked up.
      const address = addressOf(new URL(url));
      if (refusalOf(url, rules) !== null || (address !== null && !mayReach(address, rules.exceptions)))
        return done({ error: 'address_not_allowed' });
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(url, {
          method: 'POST',
          dispatcher: agent,
          headers: { ...headers, 'user-agent': `Rigger/${version}`, accept: '*/*' },
          body,
          signal,
        });
        const { statusCode } = answer;
        answer.body.dump({ limit: BODY_READ_BYTES, signal }).catch(() => {});
        if (statusCode >= 200 && statusCode < 300) return done({ statusCode });
        const redirect = statusCode >= 300 && statusCode < 400;
        const retryAfterMs = redirect ? null : retryAfter(answer.headers['retry-after']);
        return done({ statusCode, error: redirect ? 'redirect' : 'http_status', retryAfterMs });
      } catch (error) {
        return done({ error: errorOf(error) });
      }
    },
    close: () => agent.destroy(),
  };
}

/** Milliseconds; only whole seconds are understood. */
const retryAfter = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;

function errorOf(error: unknown): AttemptError {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof PrivateAddress) return 'address_not_allowed';
    const { name, code = '' } = at as NodeJS.ErrnoException;
    if (name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT|TIMEDOUT/.test(code)) return 'timeout';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name_not_resolved';
    if (/^ERR_(TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO|^EPROTO$/.test(code)) return 'tls_failed';
  }
  return 'connection_failed';
}
