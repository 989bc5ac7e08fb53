/** Sealing of secrets at rest: AES-256-GCM with a key that the database never sees. Pure but for randomness. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealed {
  sealed: Buffer;
  keyId: string;
}

export interface Sealer {
  /** @param about authenticated with it: what is sealed for one name does not open for another. */
  seal(text: string, about: string): Sealed;
  /** @throws SealBroken when no key here made it, or it was changed. */
  open(sealed: Sealed, about: string): string;
}

export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** @param keys of 32 bytes: the first seals, all open. */
export function makeSealer(keys: [Buffer, ...Buffer[]]): Sealer {
  const ids = keys.map((key) => createHash('sha256').update('rigger vault').update(key).digest('hex').slice(0, 16));
  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keys[0], nonce).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { sealed, keyId: ids[0]! };
    },
    open({ sealed, keyId }, about) {
      const key = keys[ids.indexOf(keyId)];
      if (key === undefined)
        throw new SealBroken(
          'It was sealed with another key than RIGGER_VAULT_KEY names; list the former one there too.',
        );
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString();
      } catch (cause) {
        throw new SealBroken('What is stored was changed, or belongs to another name.', { cause });
      }
    },
  };
}

/**
 * Keys as settings write them: 32 bytes in base64 or hex, separated by commas, the one that seals first.
 * @throws Error for what is no such key; says nothing of it.
 */
export function readVaultKeys(text: string): [Buffer, ...Buffer[]] {
  const keys = text.split(',').map((part, index) => {
    const written = part.trim();
    const key = /^[0-9a-f]{64}$/i.test(written) ? Buffer.from(written, 'hex') : Buffer.from(written, 'base64');
    if (key.length !== 32)
      throw new Error(
        `Vault key ${index + 1} is not 32 bytes in base64 or hex; make one with: openssl rand -base64 32`,
      );
    return key;
  });
  return keys as [Buffer, ...Buffer[]];
}
