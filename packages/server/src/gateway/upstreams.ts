/**
 * Where model calls go: one endpoint or several, each with a share of the calls, so many at a time, and queues that are fair
 * between sessions. A call that an endpoint refuses for its own reasons, before the first byte of an answer, goes to the next.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface Upstream {
  name: string;
  /** Such as `https://api.anthropic.com`, without a path of the Messages API. */
  baseUrl: string;
  apiKey: string | undefined;
  /** For people: which endpoint this is. */
  description: string;
  /** Its share of the calls beside the others'. */
  weight: number;
  /** Calls under way at a time. */
  concurrency: number;
}

const file = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      url: z.url(),
      apiKeyEnv: z.string().min(1).optional().describe('The variable of the environment that holds its key.'),
      weight: z.number().positive().default(1),
      concurrency: z.int().positive().default(256),
    }),
  )
  .min(1);

/** Reads endpoints from the operator's file; throws an Error that names what is wrong in it. */
export function readUpstreams(path: string, env: Record<string, string | undefined>): Upstream[] {
  const parsed = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The model endpoints in ${path} cannot be used:\n${lines.join('\n')}`);
  }
  return parsed.data.map(({ url, apiKeyEnv, ...rest }) => {
    const apiKey = apiKeyEnv === undefined ? undefined : env[apiKeyEnv];
    if (apiKeyEnv !== undefined && !apiKey)
      throw new Error(`The model endpoint ${rest.name} has its key in ${apiKeyEnv}, which is not set.`);
    return { ...rest, baseUrl: url, apiKey, description: `${rest.name} (${new URL(url).host})` };
  });
}

/** After it has refused a call an endpoint is asked last for so long, or for as long as it said. */
const COOLING_MS = 5_000;
const LONGEST_COOLING_MS = 60_000;

/** Statuses by which an endpoint says that it, not the call, is the matter. */
export const isItsOwnFault = (status: number): boolean => status === 429 || status >= 500;

/** A fair share of one endpoint: sessions take turns, whichever has how many calls waiting. */
export class FairQueue {
  readonly #limit: number;
  readonly #waiting = new Map<string, (() => void)[]>();
  #free: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#free = limit;
  }

  get underWay(): number {
    return this.#limit - this.#free;
  }

  /** Resolves to what gives the place back. Rejects with the signal's reason when nobody waits any more. */
  async enter(session: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(session, signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#next();
    };
  }

  #wait(session: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const mine = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        const queue = this.#waiting.get(session) ?? [];
        this.#waiting.set(
          session,
          queue.filter((one) => one !== mine),
        );
        if (this.#waiting.get(session)!.length === 0) this.#waiting.delete(session);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      const queue = this.#waiting.get(session);
      if (queue === undefined) this.#waiting.set(session, [mine]);
      else queue.push(mine);
    });
  }

  #next(): void {
    const first = this.#waiting.entries().next();
    if (first.done) {
      this.#free += 1;
      return;
    }
    const [session, queue] = first.value;
    // Its turn is over: it goes behind the others, if it waits for more.
    this.#waiting.delete(session);
    const entered = queue.shift()!;
    if (queue.length > 0) this.#waiting.set(session, queue);
    entered();
  }
}

export interface Endpoint extends Upstream {
  queue: FairQueue;
}

export class Upstreams {
  readonly #endpoints: (Endpoint & { coldUntil: number })[];

  constructor(upstreams: Upstream[]) {
    this.#endpoints = upstreams.map((one) => ({ ...one, queue: new FairQueue(one.concurrency), coldUntil: 0 }));
  }

  /** Every endpoint in the order in which one call tries them: by weight and chance, those that refused of late last. */
  inOrder(random: () => number = Math.random): Endpoint[] {
    const now = performance.now();
    return (
      this.#endpoints
        // Weighted random order: the k-th root of a random number, k being the weight.
        .map((endpoint) => ({ endpoint, cold: endpoint.coldUntil > now, draw: random() ** (1 / endpoint.weight) }))
        .sort((a, b) => Number(a.cold) - Number(b.cold) || b.draw - a.draw)
        .map(({ endpoint }) => endpoint)
    );
  }

  /** An endpoint has refused a call for reasons of its own. */
  refused(endpoint: Endpoint, retryAfterMs: number | null): void {
    const pause = Math.min(retryAfterMs ?? COOLING_MS, LONGEST_COOLING_MS);
    const known = this.#endpoints.find((one) => one.name === endpoint.name);
    if (known !== undefined) known.coldUntil = performance.now() + pause;
  }
}
