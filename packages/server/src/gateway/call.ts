/** One model call: read, estimated, carried to an endpoint, measured as its answer passes, and settled before that ends. */
import type { Readable } from 'node:stream';
import { type Nano, toUsd } from '../model/money.ts';
import { costOf, estimatedCost, NO_TOKENS, type Price, type Service, type TokenCounts } from '../model/prices.ts';
import type { CallEnd, Line } from '../store/ledger.ts';
import type { Books } from './books.ts';
import { UsageReader } from './usage.ts';

/** What a request says that matters to its price. */
export interface Asked {
  model: string;
  stream: boolean;
  maxTokens: number;
  /** Characters of text in the prompt. */
  characters: number;
  /** Whether the conversation has been answered before. */
  goesOn: boolean;
}

/** Strings of these members are no text: a picture in base64 is a hundred times longer than its tokens. */
const NO_TEXT = new Set(['data', 'signature', 'type', 'id', 'tool_use_id', 'media_type']);

/** Null when it is not a request of the Messages API. */
export function readAsked(body: Buffer): Asked | null {
  let said: { model?: unknown; stream?: unknown; max_tokens?: unknown; messages?: unknown } | null;
  try {
    said = JSON.parse(body.toString());
  } catch {
    return null;
  }
  if (typeof said?.model !== 'string') return null;
  return {
    model: said.model,
    stream: said.stream === true,
    maxTokens: typeof said.max_tokens === 'number' ? said.max_tokens : 0,
    characters: textIn(said),
    goesOn:
      Array.isArray(said.messages) &&
      said.messages.some((message: { role?: unknown } | null) => message?.role === 'assistant'),
  };
}

function textIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + textIn(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const [name, member] of Object.entries(value)) if (!NO_TEXT.has(name)) sum += name.length + textIn(member);
  return sum;
}

/** Output that is paid ahead: so often, and no more often, a stream asks whether there is more money. */
const AHEAD_TOKENS = 1_000;

/**
 * What a call costs at least, all of its prompt cached; what it will probably cost; and what it is taken to have used if
 * nothing is heard of it. Agents keep a conversation that goes on in the provider's cache; a new one is yet to be written there.
 */
export function estimate(asked: Asked, price: Price): { least: Nano; likely: Nano; tokens: TokenCounts } {
  const size = Math.ceil(asked.characters / 4);
  const prompt = { ...NO_TOKENS, ...(asked.goesOn ? { cacheRead: size } : { input: size }) };
  return {
    least: costOf({ ...NO_TOKENS, cacheRead: Math.floor(asked.characters / 8), output: 1 }, price),
    likely: costOf({ ...prompt, output: Math.min(asked.maxTokens, AHEAD_TOKENS) }, price),
    tokens: { ...prompt, output: 1 },
  };
}

const PERIODS = { day: 'today', month: 'this month', total: 'in all' };
const WHOSE = {
  session: 'this session',
  user: 'this user',
  key: 'this key',
  all: 'this tenant',
  installation: 'this installation',
};

export const spentMessage = ({ scope, period, spent, limit }: Line): string =>
  `Budget exceeded: ${WHOSE[scope]} may spend $${toUsd(limit)} ${PERIODS[period]} and has spent $${toUsd(spent)}.`;

const LAST_EVENT = 'event: message_stop';
const cutEvent = (message: string): string =>
  `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'billing_error', message } })}\n\n`;

/** Kept trying while the database is away; the caller's answer waits, as it may not end before its row is written. */
export type Insist = <T>(work: () => Promise<T>) => Promise<T>;

export interface OpenCall {
  id: string;
  sessionId: string;
  price: Price;
  /** Held back for it so far; null where nothing limits it. */
  held: Nano | null;
  /** What it is taken to have used when it was sent and no answer came. */
  expected: TokenCounts;
  began: number;
}

export interface Answer {
  status: number;
  requestId: string | null;
  upstream: string;
}

type Outcome = CallEnd['outcome'];

/** Longer than a runner takes to end an agent. */
const GONE_PATIENCE_MS = 10_000;

/** Waits for a caller that is being ended; one that is not after a while is answered all the same. */
export async function untilGone(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, GONE_PATIENCE_MS);
    gone.addEventListener(
      'abort',
      () => {
        clearTimeout(late);
        resolve();
      },
      { once: true },
    );
  });
}

/** Keeps account of one call that is open. */
export class Meter {
  readonly #call: OpenCall;
  readonly #books: Books;
  readonly #insist: Insist;
  readonly #reader = new UsageReader();
  #firstByteMs: number | null = null;
  #settled = false;

  constructor(call: OpenCall, books: Books, insist: Insist) {
    this.#call = call;
    this.#books = books;
    this.#insist = insist;
  }

  get #sinceBegan(): number {
    return Math.round(performance.now() - this.#call.began);
  }

  #cost(tokens: TokenCounts, service: Service): Nano {
    return costOf(tokens, this.#call.price, service);
  }

  /** Settles a call that was refused, or that its caller gave up before an answer came: that is paid for all the same. */
  async without(outcome: 'error' | 'aborted', answer: Answer | null): Promise<void> {
    if (outcome === 'error') await this.#settle(outcome, answer, NO_TOKENS, false);
    else {
      const { expected, held } = this.#call;
      await this.#settle(outcome, answer, expected, true, estimatedCost(this.#cost(expected, {}), held));
    }
  }

  /** Measures an answer that came whole. */
  async whole(body: Buffer, answer: Answer): Promise<void> {
    this.#firstByteMs = this.#sinceBegan;
    this.#reader.whole(body.toString());
    await this.#settle('done', answer, this.#reader.tokens, !this.#reader.settled);
  }

  /**
   * Passes an answer on as it streams. Its last bytes follow its row in the ledger; where the money ends, so does the stream,
   * with an event that says why. @param gone whether the caller is. @param stop ends the upstream's.
   */
  async *stream(
    body: Readable,
    answer: Answer,
    gone: AbortSignal,
    stop: () => void,
  ): AsyncGenerator<Uint8Array | string> {
    const reader = this.#reader;
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        this.#firstByteMs ??= this.#sinceBegan;
        reader.stream(chunk);
        if (!(await this.#covered())) {
          stop();
          const goesOn = await this.#settle('cut', answer, reader.tokens, !reader.settled);
          // An agent that is being ended, or whose turn is to wait, must not take this for the turn's own end.
          if (!goesOn) await untilGone(gone);
          yield cutEvent('Budget exceeded: there is no money left for more of this answer.');
          return;
        }
        if (!reader.over) {
          yield chunk;
          continue;
        }
        // Only the very end waits for the ledger: a short answer comes in one piece.
        const end = Math.max(0, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).lastIndexOf(LAST_EVENT));
        if (end > 0) yield chunk.subarray(0, end);
        await this.#settle('done', answer, reader.tokens, !reader.settled);
        yield chunk.subarray(end);
      }
      if (!reader.over && reader.error === null) throw new Error('The model endpoint broke its answer off.');
    } finally {
      stop();
      await this.#settle(gone.aborted ? 'aborted' : 'error', answer, reader.tokens, !reader.settled);
    }
  }

  /** Whether what it has cost so far is held back, or can be. */
  async #covered(): Promise<boolean> {
    const { held } = this.#call;
    if (held === null) return true;
    const { tokens, service } = this.#reader;
    const needed = this.#cost(tokens, service) - held;
    if (needed <= 0n) return true;
    const likely = needed + this.#cost({ ...NO_TOKENS, output: AHEAD_TOKENS }, service);
    const more = await this.#insist(() => this.#books.more(this.#call, needed, likely, tokens));
    this.#call.held = held + more;
    return more >= needed;
  }

  async #settle(
    outcome: Outcome,
    answer: Answer | null,
    tokens: TokenCounts,
    estimated: boolean,
    cost = this.#cost(tokens, this.#reader.service),
  ): Promise<boolean> {
    if (this.#settled) return true;
    this.#settled = true;
    const end: CallEnd = {
      id: this.#call.id,
      outcome,
      httpStatus: answer?.status ?? null,
      upstream: answer?.upstream ?? null,
      requestId: answer?.requestId ?? null,
      firstByteMs: this.#firstByteMs,
      totalMs: this.#sinceBegan,
      tokens: { ...tokens },
      cost,
      estimated: estimated && (tokens.input > 0 || tokens.output > 0),
    };
    return this.#insist(() => this.#books.settle(this.#call.sessionId, end));
  }
}
