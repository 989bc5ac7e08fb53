/** Keys: `rgr_` + the id by which one is found + `_` + what nobody can guess. Only its hash is kept. Pure but for randomness. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Letters and digits only, so that a double click takes a key whole. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
/** 190 bits. */
const SECRET_LENGTH = 32;
const KEY = new RegExp(`^rgr_([0-9A-Za-z]{${ID_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH}}$`);

/** Each of the alphabet's letters as likely as the next: bytes beyond a multiple of its length are thrown away. */
function random(length: number): string {
  let text = '';
  while (text.length < length)
    for (const byte of randomBytes(length * 2))
      if (byte < 248 && text.length < length) text += ALPHABET[byte % ALPHABET.length];
  return text;
}

export interface MadeKey {
  id: string;
  /** The whole key, for its owner and nobody else. */
  key: string;
  hash: Buffer;
}

/** @param id of the key that it takes the place of; absent: a new one. */
export function makeKey(id: string = random(ID_LENGTH)): MadeKey {
  const key = `rgr_${id}_${random(SECRET_LENGTH)}`;
  return { id, key, hash: hashOf(key) };
}

export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();
export const prefixOf = (id: string): string => `rgr_${id}_`;

/** The id in what looks like a key; null for anything else. */
export const idOf = (key: string): string | null => KEY.exec(key)?.[1] ?? null;

/** What is kept of a key. */
export interface KeptKey {
  hash: Buffer;
  previousHash: Buffer | null;
  previousUntil: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** Whether a key may be used at all. */
export const isGood = ({ expiresAt, revokedAt }: KeptKey, now: Date): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt > now);

/** Whether this is the key, in time that does not depend on how much of it is right. */
export function matches(kept: KeptKey, key: string, now: Date): boolean {
  const hash = hashOf(key);
  const current = timingSafeEqual(hash, kept.hash);
  const { previousHash, previousUntil } = kept;
  const former =
    previousHash !== null && previousUntil !== null && previousUntil > now && timingSafeEqual(hash, previousHash);
  return (current || former) && isGood(kept, now);
}
