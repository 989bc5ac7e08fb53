/**
 * The pods of this installation as Kubernetes has them: listed once, then watched. A watch that ends is taken up where it ended; one whose
 * place in history is gone (410) begins with a new list; after a failure it waits longer each time, never beyond half a minute. A list
 * every few minutes mends what a watch has missed.
 */
import type { Logger } from 'pino';
import { type KubernetesApi, KubernetesError } from './api.ts';
import { observe, type PodJson, type SeenPod } from './observe.ts';

export interface PodWatchParts {
  api: KubernetesApi;
  path: string;
  selector: string;
  log: Logger;
  /** A pod is another than before, or gone; or all were listed. */
  onChange(): void;
}

/** The API server ends a watch after so long; asked for, so that a connection that died in silence is not waited on. */
const WATCH_SECONDS = 240;
/** What asks for the line to be tried, where nothing has come for longer than the API server lets a watch be. */
const SILENCE_MS = (WATCH_SECONDS + 30) * 1000;
const RELIST_MS = 300_000;
const PAGE = '500';
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 30_000;

interface List {
  metadata: { resourceVersion: string; continue?: string };
  items: PodJson[];
}
interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: PodJson & { code?: number; message?: string };
}

export class PodWatch {
  readonly #parts: PodWatchParts;
  #pods = new Map<string, SeenPod>();
  /** Pods whose end was seen, and how: they are not in the list any more. */
  readonly #gone = new Map<string, SeenPod>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #synced = false;

  constructor(parts: PodWatchParts) {
    this.#parts = parts;
  }

  /** Whether what it knows came from the cluster at all. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Pods as they were last seen. */
  get pods(): ReadonlyMap<string, SeenPod> {
    return this.#pods;
  }

  /** How a pod that is gone was last seen; null when it was never, or is there. */
  lastSeen(name: string): SeenPod | null {
    return this.#gone.get(name) ?? null;
  }

  /** Forgets those that are gone of which nobody will ask. */
  keepOnly(asked: ReadonlySet<string>): void {
    for (const name of this.#gone.keys()) if (!asked.has(name)) this.#gone.delete(name);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let pauseMs = FIRST_PAUSE_MS;
    let version: string | null = null;
    let listedAt = 0;
    while (!signal.aborted) {
      try {
        if (version === null || Date.now() - listedAt > RELIST_MS) {
          version = await this.#list();
          listedAt = Date.now();
        }
        version = await this.#watch(version);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (signal.aborted) return;
        const expired = error instanceof KubernetesError && error.status === 410;
        if (expired) {
          version = null;
          continue;
        }
        this.#parts.log.warn({ error: (error as Error).message, pauseMs }, 'The cluster’s pods cannot be watched');
        const asked = error instanceof KubernetesError ? (error.retryAfterMs ?? 0) : 0;
        await pause(Math.max(asked, pauseMs * (0.5 + Math.random() / 2)), signal);
        pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2);
      }
    }
  }

  async #list(): Promise<string> {
    const { api, path, selector } = this.#parts;
    const found = new Map<string, SeenPod>();
    let page: List | undefined;
    do {
      const from: string | undefined = page?.metadata.continue;
      page = await api.ask<List>(path, {
        query: { labelSelector: selector, limit: PAGE, ...(from ? { continue: from } : {}) },
        signal: this.#stop.signal,
      });
      for (const pod of page.items) found.set(pod.metadata.name, observe(pod));
    } while (page.metadata.continue);
    for (const [name, pod] of this.#pods) if (!found.has(name)) this.#gone.set(name, pod);
    this.#pods = found;
    this.#synced = true;
    this.#parts.onChange();
    return page.metadata.resourceVersion;
  }

  /** @returns where to go on. */
  async #watch(from: string): Promise<string> {
    const { api, path, selector } = this.#parts;
    let version = from;
    const silent = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, silent.signal]);
    const timer = setTimeout(() => silent.abort(new Error('The watch has fallen silent')), SILENCE_MS);
    try {
      const query = {
        watch: 'true',
        labelSelector: selector,
        resourceVersion: version,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(WATCH_SECONDS),
      };
      for await (const line of api.lines(path, { query, signal })) {
        timer.refresh();
        const { type, object } = JSON.parse(line) as WatchEvent;
        if (type === 'ERROR') throw new KubernetesError(object.code ?? 500, '', object.message ?? 'the watch failed');
        version = object.metadata.resourceVersion ?? version;
        if (type === 'BOOKMARK') continue;
        this.#take(type, observe(object));
      }
    } finally {
      clearTimeout(timer);
    }
    return version;
  }

  #take(type: WatchEvent['type'], pod: SeenPod): void {
    if (type === 'DELETED') {
      this.#pods.delete(pod.name);
      this.#gone.set(pod.name, pod);
    } else this.#pods.set(pod.name, pod);
    this.#parts.onChange();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
