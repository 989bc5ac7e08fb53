/**
 * Placeholders and what stands behind them. A sandbox holds placeholders only; a value is put in its place in the headers and
 * the address of a request to a host that the secret is bound to, as late as possible and nowhere else. Bodies pass as they are.
 */
import type { HostPattern, Target } from '../protocol/index.ts';
import { matches } from '../protocol/index.ts';

/** What a session may use, without its value. */
export interface BoundSecret {
  name: string;
  placeholder: string;
  hosts: HostPattern[];
}

/** A secret cannot be put in: it was removed, or the vault cannot be reached. */
export class SecretUnavailable extends Error {
  override readonly name = 'SecretUnavailable';
}

/** The secrets bound to a target; those that may travel unencrypted only where it is. */
export const boundTo = (secrets: BoundSecret[], target: Target, encrypted: boolean): BoundSecret[] =>
  secrets.filter(({ hosts }) => hosts.some((host) => host.plain !== encrypted && matches(host, target)));

export interface Filled {
  headers: string[];
  path: string;
  /** Names of the secrets that were put in. */
  used: string[];
}

/**
 * Puts values in the place of placeholders in raw headers (name, value, name, value …) and in a path with its query.
 * `Authorization: Basic` is looked into, for that is where git and many clients put a token.
 * @param reveal rejects with `SecretUnavailable`; asked only for what is there.
 */
export async function fillIn(
  raw: string[],
  path: string,
  secrets: BoundSecret[],
  reveal: (name: string) => Promise<string>,
): Promise<Filled> {
  const values = new Map<BoundSecret, string>();
  const used = (text: string) => secrets.filter(({ placeholder }) => text.includes(placeholder));
  const fill = async (text: string, encode: (value: string) => string = (value) => value): Promise<string> => {
    let filled = text;
    for (const secret of used(text)) {
      const value = values.get(secret) ?? (await reveal(secret.name));
      values.set(secret, value);
      filled = filled.replaceAll(secret.placeholder, () => encode(value));
    }
    return filled;
  };
  const headers: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const value = raw[index + 1]!;
    const basic = /^basic +([a-z0-9+/=_-]+)$/i.exec(value);
    if (basic === null) headers.push(raw[index]!, await fill(value));
    else {
      const credentials = Buffer.from(basic[1]!, 'base64').toString();
      const filled = await fill(credentials);
      headers.push(raw[index]!, filled === credentials ? value : `Basic ${Buffer.from(filled).toString('base64')}`);
    }
  }
  const filledPath = await fill(path, encodeURIComponent);
  return { headers, path: filledPath, used: [...values.keys()].map(({ name }) => name) };
}

/** Takes values out of what a host sends back in its headers: some echo what they were given. */
export function takeOut(raw: string[], values: Map<string, string>): string[] {
  if (values.size === 0) return raw;
  return raw.map((text, index) => {
    if (index % 2 === 0) return text;
    let taken = text;
    for (const [placeholder, value] of values) taken = taken.replaceAll(value, placeholder);
    return taken;
  });
}
