import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toDecimal, toNano, toUsd } from './money.ts';

test('a sum of tenths is exact', () => {
  expect(toUsd(Array.from({ length: 10 }, () => toNano(0.1)).reduce((sum, cost) => sum + cost))).toBe(1);
});

test('a decimal text comes back as it was, also below a cent and below zero', () => {
  for (const text of ['0.000000001', '-3.050000000', '123456789.000000000']) expect(toDecimal(toNano(text))).toBe(text);
});

test('any amount of nano-dollars survives the way to the database and back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (nano) => toNano(toDecimal(nano)) === nano),
  );
});
