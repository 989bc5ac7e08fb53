/**
 * What a model call costs: list prices as data, a file of the operator's over them, and a rule for models in neither.
 *
 * Prices are USD per million tokens. Arithmetic is exact: millionths of nano-dollars until the sum of one call is rounded,
 * up, to a nano-dollar.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Nano, toNano } from './money.ts';

/** Tokens of one call. The classes do not overlap; thinking is output. */
export interface TokenCounts {
  input: number;
  output: number;
  /** Written to the prompt cache for five minutes, and for an hour. */
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  webSearches: number;
}

export const NO_TOKENS: TokenCounts = {
  input: 0,
  output: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheRead: 0,
  webSearches: 0,
};

const usd = z.number().min(0).max(100_000);
const rates = z.strictObject({ input: usd, output: usd, cacheWrite5m: usd, cacheWrite1h: usd, cacheRead: usd });
const price = rates.extend({
  /** Beyond so many tokens of prompt, cached ones included, every token of the call has these prices. */
  longPrompt: rates.extend({ above: z.number().int().min(1) }).optional(),
  /** All prices times this with `speed: "fast"`. */
  fast: z.number().min(1).optional(),
  /** Per search, USD. */
  webSearch: usd.optional(),
});
const file = z.strictObject({
  models: z.record(z.string().min(1), price).default({}),
  /** What a model costs that is named nowhere. */
  default: price.optional(),
});

export type Rates = z.infer<typeof rates>;
export type Price = z.infer<typeof price>;
type PriceFile = z.infer<typeof file>;

/** Writing to the cache costs 1.25 times the input for five minutes and twice for an hour; reading it mostly a tenth. */
const list = (input: number, output: number, cacheRead = input / 10): Rates => ({
  input,
  output,
  cacheWrite5m: input * 1.25,
  cacheWrite1h: input * 2,
  cacheRead,
});

/** From https://platform.claude.com/docs/en/about-claude/pricing as of 2026-10-24, by the name without its date. */
export const LIST_PRICES: Record<string, Price> = {
  'claude-fable-5-1': list(10, 50, 0.25),
  'claude-mythos-5-1': list(10, 50, 0.25),
  'claude-fable-5': list(10, 50),
  'claude-mythos-5': list(10, 50),
  'claude-opus-5-5': { ...list(4, 20, 0.2), fast: 2 },
  'claude-opus-5': list(5, 25),
  'claude-opus-4-8': list(5, 25),
  'claude-opus-4-7': list(5, 25),
  'claude-opus-4-6': list(5, 25),
  'claude-opus-4-5': list(5, 25),
  'claude-opus-4-1': list(15, 75),
  'claude-opus-4': list(15, 75),
  'claude-3-opus': list(15, 75),
  'claude-sonnet-5-5': list(2, 10, 0.1),
  'claude-sonnet-5': list(2, 10),
  'claude-sonnet-4-6': list(3, 15),
  'claude-sonnet-4-5': list(3, 15),
  'claude-sonnet-4': list(3, 15),
  'claude-3-7-sonnet': list(3, 15),
  'claude-3-5-sonnet': list(3, 15),
  'claude-haiku-5-5': { ...list(0.1, 0.5), longPrompt: { above: 100_000, ...list(0.5, 2.5) } },
  'claude-haiku-4-5': list(1, 5),
  'claude-3-5-haiku': list(0.8, 4),
  'claude-3-haiku': list(0.25, 1.25),
};

const WEB_SEARCH_USD = 0.01;
/** For a model whose price in fast mode is not listed: what fast mode has cost at most. */
const FAST_AT_MOST = 6;
/** All tokens, with `inference_geo: "us"`. In percent, as everything here is whole. */
const US_ONLY_PERCENT = 110n;

/** As providers write one model's name: with a date, a context window, a region or a revision. */
function plainName(model: string): string {
  return model
    .toLowerCase()
    .replace(/\[[^\]]*\]$/, '')
    .replace(/^(?:[a-z]+\.)?anthropic\./, '')
    .replace(/^anthropic\//, '')
    .replace(/-v\d+(?::\d+)?$/, '')
    .replace(/(?:-|@)\d{8}$/, '')
    .replace(/-latest$/, '')
    .replace(/-0$/, '');
}

/** What to do with a model that has no price. */
export type UnknownModels = 'refuse' | 'dearest';

export interface PriceBook {
  /** Null: a call to this model is to be refused. `listed` is false where its price is only assumed. */
  priceOf(model: string): { price: Price; listed: boolean } | null;
}

const dearest = (prices: Price[]): Price => prices.reduce((most, one) => (one.output > most.output ? one : most));

/** @param own read from the operator's file by `readPrices`; its names go before those of the list. */
export function makePriceBook(unknown: UnknownModels, own: PriceFile = { models: {} }): PriceBook {
  const all = { ...LIST_PRICES, ...own.models };
  const assumed = own.default ?? (unknown === 'refuse' ? null : dearest(Object.values(all)));
  return {
    priceOf(model) {
      const found = own.models[model] ?? all[plainName(model)];
      if (found !== undefined) return { price: found, listed: true };
      return assumed === null ? null : { price: assumed, listed: false };
    },
  };
}

/** Reads the operator's prices; throws an Error that names what is wrong in the file. */
export function readPrices(path: string): PriceFile {
  const parsed = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The prices in ${path} cannot be used:\n${lines.join('\n')}`);
}

/** What changes all prices of one call, as its `usage` says it. */
export interface Service {
  fast?: boolean;
  usOnly?: boolean;
}

const MILLION = 1_000_000n;

/** A stream is priced with every piece of it; there are few prices. */
const known = new Map<number, Nano>();
function nanoOf(usd: number): Nano {
  const found = known.get(usd) ?? toNano(usd);
  known.set(usd, found);
  return found;
}

/** The price of one call, rounded up to a nano-dollar. */
export function costOf(tokens: TokenCounts, price: Price, service: Service = {}): Nano {
  const prompt = tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h;
  const rate: Rates = price.longPrompt !== undefined && prompt > price.longPrompt.above ? price.longPrompt : price;
  const part = (count: number, usdPerMillion: number): bigint =>
    count === 0 ? 0n : BigInt(count) * nanoOf(usdPerMillion);
  let sum =
    part(tokens.input, rate.input) +
    part(tokens.output, rate.output) +
    part(tokens.cacheWrite5m, rate.cacheWrite5m) +
    part(tokens.cacheWrite1h, rate.cacheWrite1h) +
    part(tokens.cacheRead, rate.cacheRead);
  if (service.fast) sum = (sum * BigInt(Math.round((price.fast ?? FAST_AT_MOST) * 100))) / 100n;
  if (service.usOnly) sum = (sum * US_ONLY_PERCENT) / 100n;
  const searches = BigInt(tokens.webSearches) * toNano(price.webSearch ?? WEB_SEARCH_USD);
  return (sum + MILLION - 1n) / MILLION + searches;
}

/** A call of which nothing was heard is taken to have cost no more than was held back for it: an estimate spends nobody's limit. */
export const estimatedCost = (cost: Nano, held: Nano | null): Nano => (held !== null && cost > held ? held : cost);
