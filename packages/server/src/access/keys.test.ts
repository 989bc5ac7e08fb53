import { expect, test } from 'vitest';
import { hashOf, idOf, isGood, type KeptKey, makeKey, matches } from './keys.ts';

const NOW = new Date('2026-11-28T12:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const kept = (over: Partial<KeptKey> = {}): KeptKey => ({
  hash: hashOf('x'),
  previousHash: null,
  previousUntil: null,
  expiresAt: null,
  revokedAt: null,
  ...over,
});

test('a key has its id in it, and each is another', () => {
  const keys = Array.from({ length: 200 }, () => makeKey());
  for (const { id, key } of keys) expect(idOf(key)).toBe(id);
  expect(new Set(keys.map(({ key }) => key)).size).toBe(200);
  expect(keys[0]!.key).toMatch(/^rgr_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}$/);
});

test('what is no key has no id', () => {
  const { key } = makeKey();
  for (const wrong of ['', 'rgr_', key.slice(0, -1), `${key}x`, key.replace('rgr', 'sk'), `${key}\n`])
    expect(idOf(wrong)).toBeNull();
});

test('a key matches its own hash and no other', () => {
  const [one, two] = [makeKey(), makeKey()];
  expect(matches(kept({ hash: one.hash }), one.key, NOW)).toBe(true);
  expect(matches(kept({ hash: one.hash }), two.key, NOW)).toBe(false);
});

test('a rotated key is good for its overlap, and the new one beside it', () => {
  const former = makeKey();
  const now = makeKey(former.id);
  const rotated = kept({ hash: now.hash, previousHash: former.hash, previousUntil: later(1_000) });
  expect([former, now].map(({ key }) => matches(rotated, key, NOW))).toEqual([true, true]);
  expect([former, now].map(({ key }) => matches(rotated, key, later(1_000)))).toEqual([false, true]);
});

test('a key that is revoked or has expired matches nothing, however right it is', () => {
  const { key, hash } = makeKey();
  expect(matches(kept({ hash, revokedAt: later(-1) }), key, NOW)).toBe(false);
  expect(matches(kept({ hash, expiresAt: NOW }), key, NOW)).toBe(false);
  expect(isGood(kept({ expiresAt: later(1) }), NOW)).toBe(true);
});
