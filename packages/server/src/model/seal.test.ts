import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeSealer, readVaultKeys, SealBroken } from './seal.ts';

const former = randomBytes(32);
const present = randomBytes(32);

test('what was sealed opens again, and is not to be read from outside', () => {
  const sealer = makeSealer([present]);
  const sealed = sealer.seal('ghp_secret', 'github');
  expect(sealed.sealed.includes('ghp_secret')).toBe(false);
  expect(sealer.open(sealed, 'github')).toBe('ghp_secret');
  expect(sealer.seal('ghp_secret', 'github').sealed.equals(sealed.sealed)).toBe(false);
});

test('under another name, changed, or without its key it does not open', () => {
  const sealer = makeSealer([present]);
  const sealed = sealer.seal('ghp_secret', 'github');
  expect(() => sealer.open(sealed, 'gitlab')).toThrow(SealBroken);
  const changed = Buffer.from(sealed.sealed);
  changed[14]! ^= 1;
  expect(() => sealer.open({ ...sealed, sealed: changed }, 'github')).toThrow(SealBroken);
  expect(() => makeSealer([former]).open(sealed, 'github')).toThrow(/another key/);
});

test('a former key still opens what it sealed', () => {
  const sealed = makeSealer([former]).seal('ghp_secret', 'github');
  expect(makeSealer([present, former]).open(sealed, 'github')).toBe('ghp_secret');
});

test('keys are read in base64 and hex, and what is none is refused without being shown', () => {
  expect(readVaultKeys(`${present.toString('base64')}, ${former.toString('hex')}`)).toEqual([present, former]);
  expect(() => readVaultKeys('hunter2')).toThrow(/^(?!.*hunter2).*32 bytes/);
});
