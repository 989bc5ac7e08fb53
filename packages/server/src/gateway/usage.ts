/** Reads what a model call used from its answer as it passes, whole or streamed. It changes nothing of what passes. */
import { createParser } from 'eventsource-parser';
import { NO_TOKENS, type Service, type TokenCounts } from '../model/prices.ts';

/** `usage` of the Messages API, as far as it is priced; a stream says it in parts, each final for the members it names. */
interface WireUsage {
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_creation?: { ephemeral_5m_input_tokens?: number | null; ephemeral_1h_input_tokens?: number | null } | null;
  server_tool_use?: { web_search_requests?: number | null } | null;
  inference_geo?: string | null;
  speed?: string | null;
}

interface WireEvent {
  type?: string;
  message?: { usage?: WireUsage };
  usage?: WireUsage;
  delta?: { text?: string; thinking?: string; partial_json?: string };
}

/** Of text that streams before its tokens are counted: about so many characters are one. */
const CHARACTERS_PER_TOKEN = 4;

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

export class UsageReader {
  readonly #tokens: TokenCounts = { ...NO_TOKENS };
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({ onEvent: ({ data }) => this.#event(data) });
  readonly service: Service = {};
  #characters = 0;
  /** The provider has said what was used in all. */
  settled = false;
  /** The answer has come to its end in order. */
  over = false;
  /** The provider broke the answer off with this. */
  error: string | null = null;

  /** Takes the next bytes of a streamed answer. */
  stream(chunk: Uint8Array): void {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Takes the answer of a call that was not streamed. */
  whole(body: string): void {
    const said = parse(body) as { usage?: WireUsage } | null;
    if (said?.usage === undefined) return;
    this.#take(said.usage);
    this.settled = true;
    this.over = true;
  }

  /** What has been used so far. Output that streams is estimated by its length until the provider has counted it. */
  get tokens(): TokenCounts {
    if (this.settled) return this.#tokens;
    const streamed = Math.ceil(this.#characters / CHARACTERS_PER_TOKEN);
    return { ...this.#tokens, output: Math.max(this.#tokens.output, streamed) };
  }

  #event(data: string): void {
    const event = parse(data) as WireEvent | null;
    switch (event?.type) {
      case 'message_start':
        return this.#take(event.message?.usage);
      case 'content_block_delta': {
        const { text, thinking, partial_json: json } = event.delta ?? {};
        this.#characters += (text ?? thinking ?? json ?? '').length;
        return;
      }
      case 'message_delta':
        this.#take(event.usage);
        this.settled = event.usage?.output_tokens !== undefined;
        return;
      case 'message_stop':
        this.over = true;
        return;
      case 'error':
        this.error = data;
    }
  }

  #take(usage: WireUsage | undefined): void {
    if (usage === undefined) return;
    const tokens = this.#tokens;
    tokens.input = count(usage.input_tokens) ?? tokens.input;
    tokens.output = count(usage.output_tokens) ?? tokens.output;
    tokens.cacheRead = count(usage.cache_read_input_tokens) ?? tokens.cacheRead;
    tokens.webSearches = count(usage.server_tool_use?.web_search_requests) ?? tokens.webSearches;
    const written = count(usage.cache_creation_input_tokens);
    const anHour = count(usage.cache_creation?.ephemeral_1h_input_tokens);
    if (anHour !== undefined) tokens.cacheWrite1h = anHour;
    // Where the classes are not told apart, what is not known to be for an hour is for five minutes.
    if (written !== undefined) tokens.cacheWrite5m = Math.max(0, written - tokens.cacheWrite1h);
    else tokens.cacheWrite5m = count(usage.cache_creation?.ephemeral_5m_input_tokens) ?? tokens.cacheWrite5m;
    if (usage.speed === 'fast') this.service.fast = true;
    if (usage.inference_geo === 'us') this.service.usOnly = true;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
