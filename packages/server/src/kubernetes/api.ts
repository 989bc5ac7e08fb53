/** The Kubernetes API, as far as Rigger uses it: JSON over the connection and credentials that the client library finds. */
import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { type Dispatcher, fetch, type Response } from 'undici';

/** What the API refused, in its own words. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  readonly status: number;
  readonly reason: string;
  /** When to try again, where it says so. */
  readonly retryAfterMs: number | null;

  constructor(status: number, reason: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

const TIMEOUT_MS = 30_000;
/** How often what is asked too fast is asked again, as long as the API says when. */
const ATTEMPTS = 4;
const LONGEST_PAUSE_MS = 10_000;

export interface Asked {
  method?: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  query?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
}

export class KubernetesApi {
  readonly #config: KubeConfig;
  /** Where sessions' pods are, unless told otherwise: where this server's own pod is, or the context's. */
  readonly namespace: string;

  private constructor(config: KubeConfig, namespace: string) {
    this.#config = config;
    this.namespace = namespace;
  }

  /**
   * With the account of the pod this runs in, or as KUBECONFIG or ~/.kube/config says.
   * @throws Error when there is no cluster to be found.
   */
  static load(namespace?: string): KubernetesApi {
    const config = new KubeConfig();
    config.loadFromDefault();
    if (config.getCurrentCluster() === null) throw new Error('No Kubernetes cluster: not in a pod, and no KUBECONFIG.');
    const context = config.getContextObject(config.getCurrentContext());
    return new KubernetesApi(config, namespace ?? context?.namespace ?? 'default');
  }

  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? '';
  }

  /** @throws KubernetesError when it is refused; what the network throws when there is no answer. */
  async ask<T>(path: string, asked: Asked = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const signal = asked.signal === undefined ? timeout : AbortSignal.any([asked.signal, timeout]);
      const response = await this.#send(path, { ...asked, signal });
      if (response.ok) return (await response.json()) as T;
      const error = await refusal(response);
      const again = error.status === 429 || (error.retryAfterMs !== null && error.status >= 500);
      if (!again || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(error.retryAfterMs ?? 1_000, LONGEST_PAUSE_MS)));
    }
  }

  /** The text of an answer, such as a log. */
  async text(path: string, asked: Asked = {}): Promise<string> {
    const response = await this.#send(path, { ...asked, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw await refusal(response);
    return response.text();
  }

  /** Reads a watch line by line until it ends, by itself or by the signal. @throws as `ask`. */
  async *lines(path: string, asked: Asked & { signal: AbortSignal }): AsyncGenerator<string> {
    const response = await this.#send(path, asked);
    if (!response.ok) throw await refusal(response);
    if (response.body === null) return;
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
  }

  async #send(path: string, { method = 'GET', query = {}, body, signal }: Asked): Promise<Response> {
    const url = new URL(this.server + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // Asked each time: an account's token is renewed on disk, and a command's runs out.
    const context = new RequestContext(url.toString(), HttpMethod.GET);
    await this.#config.applySecurityAuthentication(context);
    const dispatcher = context.getDispatcher() as Dispatcher | undefined;
    return fetch(url, {
      method,
      headers: {
        ...context.getHeaders(),
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
  }
}

async function refusal(response: Response): Promise<KubernetesError> {
  const text = await response.text().catch(() => '');
  const seconds = Number(response.headers.get('retry-after'));
  let said: { reason?: string; message?: string } = {};
  try {
    said = JSON.parse(text) as typeof said;
  } catch {} // not the API's own words
  const message = said.message ?? (text.slice(0, 300) || response.statusText);
  return new KubernetesError(response.status, said.reason ?? '', message, seconds > 0 ? seconds * 1000 : null);
}
