import { SecretUnavailable } from '../egress/secrets.ts';
import { SECRET_PATH } from '../protocol/index.ts';
import { askLeased, type LeaseAccess } from './leased.ts';

/** A value is asked for again after so long: a new one is then in use, and a removed one in use no more. */
const KEPT_MS = 30_000;

/** Values of one session's secrets from the server, held in memory for a moment. Rejects with `SecretUnavailable`. */
export function serverSecrets(access: LeaseAccess): (name: string) => Promise<string> {
  const known = new Map<string, { value: Promise<string>; until: number }>();

  async function ask(name: string): Promise<string> {
    const answer = await askLeased(access, SECRET_PATH, { name }).catch((cause: unknown) => {
      throw new SecretUnavailable('the server does not answer', { cause });
    });
    if (!answer.ok) throw new SecretUnavailable(`the server does not give ${name} (${answer.status})`);
    return ((await answer.json()) as { value: string }).value;
  }

  return (name) => {
    const held = known.get(name);
    if (held !== undefined && held.until > Date.now()) return held.value;
    const value = ask(name);
    known.set(name, { value, until: Date.now() + KEPT_MS });
    value.catch(() => known.delete(name));
    return value;
  };
}
