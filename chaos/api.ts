/** A client that does not give up: it asks again, at whichever server, until it has an answer that is one. */
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from './random.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
export type Json = any;

export interface Ask {
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs?: number;
  /** Which server to begin with; any other unless told. */
  at?: number;
}

export interface Answer {
  status: number;
  body: Json;
  /** The server that gave it. */
  at: number;
  tries: number;
}

const TIMEOUT_MS = 5_000;
const LAST_PAUSE_MS = 1_000;

export class Api {
  readonly #ports: readonly number[];
  readonly #random: Random;
  /** Aborts when nobody waits for answers any more. */
  readonly #signal: AbortSignal;

  constructor(ports: readonly number[], random: Random, signal: AbortSignal) {
    this.#ports = ports;
    this.#random = random;
    this.#signal = signal;
  }

  get servers(): number {
    return this.#ports.length;
  }

  anyServer(): number {
    return this.#random.int(0, this.#ports.length - 1);
  }

  otherThan(server: number): number {
    return this.#ports.length === 1 ? 0 : (server + 1) % this.#ports.length;
  }

  /** Opens an answer as it begins. Rejects when the connection breaks or stays silent for `timeoutMs`. */
  open(at: number, method: string, path: string, ask: Ask & { signal?: AbortSignal }): Promise<IncomingMessage> {
    const text = ask.body === undefined ? undefined : JSON.stringify(ask.body);
    return new Promise((resolve, reject) => {
      const sent = request({
        host: '127.0.0.1',
        port: this.#ports[at]!,
        method,
        path,
        agent: false,
        timeout: ask.timeoutMs ?? TIMEOUT_MS,
        signal: ask.signal ?? this.#signal,
        headers: {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...ask.headers,
        },
      });
      sent.once('timeout', () => sent.destroy(new Error('no word within the time')));
      sent.once('response', resolve);
      sent.on('error', reject);
      sent.end(text);
    });
  }

  async #once(at: number, method: string, path: string, ask: Ask): Promise<{ status: number; body: Json }> {
    const answer = await this.open(at, method, path, ask);
    let text = '';
    for await (const piece of answer.setEncoding('utf8')) text += piece;
    return { status: answer.statusCode ?? 0, body: text === '' ? null : JSON.parse(text) };
  }

  /**
   * Asks until there is an answer that trying again would not change: neither a broken connection, nor a 5xx, nor a problem
   * that says of itself that trying again can help. Rejects only when the run is over.
   */
  async insist(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    let at = ask.at ?? this.anyServer();
    for (let tries = 1; ; tries += 1) {
      this.#signal.throwIfAborted();
      const answer = await this.#once(at, method, path, ask).catch(() => null);
      if (answer !== null && answer.status < 500 && answer.body?.retry !== true) return { ...answer, at, tries };
      await pause(Math.min(LAST_PAUSE_MS, 50 * 2 ** Math.min(tries, 5)), undefined, { signal: this.#signal });
      at = this.otherThan(at);
    }
  }
}

/** Every stored event of a session, page by page. */
export async function wholeLog(api: Api, session: string): Promise<Json[]> {
  const all: Json[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { status, body } = await api.insist('GET', `/api/sessions/${session}/events?limit=500&after=${after}`);
    if (status !== 200) throw new Error(`The log of ${session} was answered with ${status} ${body?.code}`);
    all.push(...body.events);
    after = body.next;
  }
  return all;
}
