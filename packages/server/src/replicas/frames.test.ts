import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode, type Line } from './frames.ts';

const delta = (text: string): Line => ['delta', 'sess_1', { agent: 'main', turnId: null, data: { text } }];

test('whatever is said comes out in its order, and no payload is larger than PostgreSQL takes', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }).map(delta),
    fc.nat().map((seq): Line => ['changed', 'sess_1', seq, null, false]),
    fc.constant<Line>(['hello', true]),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 2_000, max: 7_900 }), (lines, maxBytes) => {
      const payloads = encode('srv_1', lines, maxBytes);
      for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(maxBytes);
      expect(payloads.flatMap((payload) => decode(payload).lines)).toEqual(lines);
      expect(payloads.every((payload) => decode(payload).from === 'srv_1')).toBe(true);
    }),
  );
});

test('a delta that no payload can hold is left out, and what comes with it is said', () => {
  const lines: Line[] = [['hello', false], delta('x'.repeat(9_000)), ['deleted', 'sess_1']];
  expect(encode('srv_1', lines, 7_900).flatMap((payload) => decode(payload).lines)).toEqual([lines[0], lines[2]]);
});

test('nothing to say is nothing said', () => {
  expect(encode('srv_1', [], 7_900)).toEqual([]);
});
