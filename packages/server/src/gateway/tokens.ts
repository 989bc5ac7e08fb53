import { createHmac, timingSafeEqual } from 'node:crypto';

/** Session tokens: they open the model gateway for one session under one lease, and need no look-up to be checked. */
export interface SessionTokens {
  make(session: string, epoch: number): string;
  /** What stands for a secret of the vault in a session's sandbox. */
  placeholder(session: string, name: string): string;
  /** Null when the token was not made here or has been changed. */
  check(token: string): { session: string; epoch: number } | null;
}

export function makeSessionTokens(secret: string): SessionTokens {
  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    placeholder: (session, name) =>
      `rigger_secret_${createHmac('sha256', secret).update(`placeholder.${session}.${name}`).digest('hex').slice(0, 32)}`,
    make(session, epoch) {
      const body = `${session}.${epoch}`;
      return `rgs.${body}.${sign(body)}`;
    },
    check(token) {
      const [prefix, session, epoch, signature, rest] = token.split('.');
      if (
        prefix !== 'rgs' ||
        session === undefined ||
        epoch === undefined ||
        signature === undefined ||
        rest !== undefined
      )
        return null;
      const expected = Buffer.from(sign(`${session}.${epoch}`));
      const given = Buffer.from(signature);
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
      return { session, epoch: Number(epoch) };
    },
  };
}
