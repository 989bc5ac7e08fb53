/** Rigger on a real cluster: the overlay `small` as it is shipped, with the image that is there, reached from outside. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OVERLAY = join(ROOT, 'deploy/kubernetes/overlays/small');
export const SESSIONS = 'rigger-sessions';

// biome-ignore lint/suspicious/noExplicitAny: what an API answers
export type Any = any;
export interface Event {
  seq: number;
  type: string;
  data: Any;
  at: string;
}

/** A script for the offline model, as the words of a prompt. */
export const script = (...steps: object[]): string => `\`\`\`offline\n${JSON.stringify(steps)}\n\`\`\``;
export const bash = (command: string): object => ({
  tools: [{ name: 'Bash', input: { command, description: 'run' } }],
});
/** The agent's own program refuses to sleep for long. */
export const waits = (ms: number): object => bash(`node -e "setTimeout(() => {}, ${ms})"`);

export function kubectl(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('kubectl', args, { maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`kubectl ${args.join(' ')}: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
}

async function apply(manifests: string): Promise<void> {
  const child = spawn('kubectl', ['apply', '-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  child.stdin.end(manifests);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`kubectl apply: ${said}`);
}

/** Volumes of this machine's cluster are root's, whatever `fsGroup` asks for; others are made so by Kubernetes. */
async function ownVolume(image: string): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'own-volume', namespace: 'rigger' },
    spec: {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'own',
          image,
          command: ['chown', '10001:10001', '/data'],
          securityContext: { runAsUser: 0 },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'rigger-data' } }],
    },
  };
  await apply(JSON.stringify(pod));
  await until('the volume', async () =>
    (await podsOf('rigger')).some(({ name, phase }) => name === 'own-volume' && phase === 'Succeeded')
      ? true
      : undefined,
  );
  await kubectl('-n', 'rigger', 'delete', 'pod', 'own-volume', '--grace-period=0', '--force');
}

/** Asks again and again until there is something else than undefined. @throws Error that says what did not come. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, patienceMs = 90_000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (let last: unknown; ; await new Promise((resolve) => setTimeout(resolve, 150))) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = error; // as while a server is replaced
    }
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${patienceMs / 1000} s`, { cause: last });
  }
}

export interface Pod {
  name: string;
  phase: string;
  deleting: boolean;
}
export async function podsOf(namespace: string): Promise<Pod[]> {
  const { items } = JSON.parse(await kubectl('-n', namespace, 'get', 'pods', '-o', 'json')) as { items: Any[] };
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    phase: status.phase,
    deleting: metadata.deletionTimestamp !== undefined,
  }));
}

/** The first key, an admin's, which the tests use. */
export const KEY = `rgr_adminfortest_${'k'.repeat(32)}`;
const AUTHORIZED = { authorization: `Bearer ${KEY}` };

export class KubernetesWorld {
  readonly url: string;
  readonly #port: number;
  #forward: ChildProcess | null = null;
  #stopped = false;

  private constructor(port: number) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Applies the overlay and waits until a server answers. @param profiles of pods, in place of the overlay's. */
  static async start(image: string, profiles: object, settings: Record<string, string> = {}): Promise<KubernetesWorld> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    listener.close();
    const shipped = await kubectl('kustomize', OVERLAY);
    const changed = shipped
      .replaceAll('rigger:1', image)
      .replace(/profiles\.json: \|[^\n]*\n( {4}.*\n)+/, `profiles.json: |\n    ${JSON.stringify(profiles)}\n`)
      .replace(
        /^( +)(RIGGER_KUBERNETES_MAX_PODS: .*)$/m,
        (_, indent: string, line: string) =>
          `${indent}${line}${Object.entries({ RIGGER_BOOTSTRAP_KEY: KEY, RIGGER_CREATES_PER_MINUTE: '', ...settings })
            .map(([name, value]) => `\n${indent}${name}: ${JSON.stringify(value)}`)
            .join('')}`,
      );
    const first = changed.split(/^---$/m).filter((one) => /^kind: (Namespace|PersistentVolumeClaim)$/m.test(one));
    await apply(first.join('\n---\n'));
    await ownVolume(image);
    await apply(changed);
    const world = new KubernetesWorld(port);
    await kubectl('-n', 'rigger', 'rollout', 'status', 'deployment/rigger', '--timeout=120s');
    void world.#keepForwarding();
    await world.ready();
    return world;
  }

  /** Resolves once a server answers. */
  async ready(): Promise<void> {
    await until('a server that answers', async () => ((await fetch(`${this.url}/readyz`)).ok ? true : undefined));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forward?.kill();
    // Its pods go with their namespaces.
    await kubectl('delete', 'namespace', SESSIONS, 'rigger', '--wait=false');
  }

  /** A forwarded port ends with the server's pod. */
  async #keepForwarding(): Promise<void> {
    while (!this.#stopped) {
      const child = spawn('kubectl', ['-n', 'rigger', 'port-forward', 'service/rigger', `${this.#port}:3333`], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      this.#forward = child;
      const ended = once(child, 'exit');
      // It stays after its pod has gone, and says so at the next connection.
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (/lost connection|error/i.test(line)) child.kill();
      });
      await ended;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** Asks the API, again while no server answers; a request that changes something has one effect all the same. */
  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Any }> {
    const key = randomUUID();
    return until(
      `an answer to ${method} ${path}`,
      async () => {
        const response = await fetch(`${this.url}${path}`, {
          method,
          headers: {
            ...AUTHORIZED,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(method === 'POST' ? { 'idempotency-key': key, prefer: 'respond-async' } : {}),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(60_000),
        });
        if (response.status === 503 && response.headers.has('retry-after')) return undefined;
        const text = await response.text();
        return { status: response.status, body: text === '' ? null : JSON.parse(text) };
      },
      180_000,
    );
  }

  async create(request: object): Promise<Any> {
    const { status, body } = await this.call('POST', '/api/sessions', request);
    if (status !== 201 && status !== 200) throw new Error(`A session was refused: ${JSON.stringify(body)}`);
    return body;
  }

  /** Sends a message and does not wait for its answer. @returns the turn's id. */
  async post(session: string, prompt: string): Promise<string> {
    const { status, body } = await this.call('POST', `/api/sessions/${session}/message`, { prompt });
    if (status !== 202) throw new Error(`A message was refused: ${JSON.stringify(body)}`);
    return body.turn.id;
  }

  async events(session: string): Promise<Event[]> {
    return (await this.call('GET', `/api/sessions/${session}/events?limit=1000`)).body.events;
  }

  event(session: string, what: string, is: (event: Event) => boolean, patienceMs?: number): Promise<Event> {
    return until(what, async () => (await this.events(session)).find(is), patienceMs);
  }

  /** The turn once it has ended. */
  async turn(session: string, id: string): Promise<Any> {
    return until(`the end of the turn ${id}`, async () => {
      const { body: turn } = await this.call('GET', `/api/sessions/${session}/turns/${id}`);
      return ['queued', 'running'].includes(turn.status) ? undefined : turn;
    });
  }

  /** The pod that a session was last placed on. */
  async podOf(session: string): Promise<string> {
    const placed = (await this.events(session)).filter((event) => event.type === 'session.placed');
    return placed.at(-1)?.data.runner;
  }
}
