import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toNano } from './money.ts';
import { costOf, LIST_PRICES, makePriceBook, NO_TOKENS, readPrices } from './prices.ts';

const sonnet = LIST_PRICES['claude-sonnet-4-5']!;

describe('the cost of a call', () => {
  test('is each class of tokens at its own price', () => {
    const tokens = {
      input: 1000,
      output: 2000,
      cacheWrite5m: 3000,
      cacheWrite1h: 4000,
      cacheRead: 5000,
      webSearches: 2,
    };
    expect(costOf(tokens, sonnet)).toBe(toNano('0.06975') + toNano('0.02'));
  });

  test('is exact where floating point is not: three calls of a third cost what one whole does, to a nano-dollar each', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 20 }), (counts) => {
        const apart = counts.reduce((sum, input) => sum + costOf({ ...NO_TOKENS, input }, sonnet), 0n);
        const together = costOf({ ...NO_TOKENS, input: counts.reduce((a, b) => a + b) }, sonnet);
        expect(apart - together).toBeGreaterThanOrEqual(0n);
        expect(apart - together).toBeLessThan(BigInt(counts.length));
      }),
    );
  });

  test('follows the length of the prompt where the model’s price does, cached tokens counted', () => {
    const haiku = LIST_PRICES['claude-haiku-5-5']!;
    expect(costOf({ ...NO_TOKENS, input: 1_000, cacheRead: 99_000, output: 100 }, haiku)).toBe(toNano('0.00114'));
    expect(costOf({ ...NO_TOKENS, input: 1_001, cacheRead: 99_000, output: 100 }, haiku)).toBe(toNano('0.0057005'));
  });

  test('is multiplied by what the usage says of fast mode and of inference in the US', () => {
    const opus = LIST_PRICES['claude-opus-5-5']!;
    const tokens = { ...NO_TOKENS, output: 1000 };
    expect(costOf(tokens, opus, { fast: true })).toBe(toNano('0.04'));
    expect(costOf(tokens, opus, { usOnly: true })).toBe(toNano('0.022'));
  });
});

describe('the price of a model', () => {
  const book = makePriceBook('refuse');

  test.each([
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5[1m]', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5'],
    ['claude-opus-4-5@20251101', 'claude-opus-4-5'],
    ['claude-3-5-haiku-latest', 'claude-3-5-haiku'],
    ['claude-opus-4-0', 'claude-opus-4'],
  ])('%s is %s', (name, plain) => {
    expect(book.priceOf(name)).toEqual({ price: LIST_PRICES[plain], listed: true });
  });

  test('that nobody knows is refused, or assumed to be the dearest there is', () => {
    expect(book.priceOf('llama-9')).toBeNull();
    expect(makePriceBook('dearest').priceOf('llama-9')).toEqual({
      price: LIST_PRICES['claude-opus-4-1'],
      listed: false,
    });
  });

  test('is what the operator’s file says, for names as they are written there, and for the rest by its default', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'rigger-prices-')), 'prices.json');
    const free = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
    writeFileSync(
      path,
      JSON.stringify({ models: { 'llama-9': free, 'claude-opus-5': { ...free, output: 1 } }, default: sonnet }),
    );
    const own = makePriceBook('refuse', readPrices(path));
    expect(own.priceOf('llama-9')?.price.input).toBe(0);
    expect(own.priceOf('claude-opus-5-20260724')?.price.output).toBe(1);
    expect(own.priceOf('other')).toEqual({ price: sonnet, listed: false });
  });

  test('in a file that is wrong is refused by name', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'rigger-prices-')), 'prices.json');
    writeFileSync(path, JSON.stringify({ models: { 'llama-9': { input: -1 } } }));
    expect(() => readPrices(path)).toThrow(/models\.llama-9\.input/);
  });
});
