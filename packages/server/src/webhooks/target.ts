/** Which addresses a webhook may have. What a name leads to is looked at when it is connected to, each time: see `send.ts`. */
import { isIP } from 'node:net';
import { type Exceptions, mayReach } from '@rigger/runner/protocol';

export interface TargetRules {
  /** Whether plain HTTP is allowed. */
  http: boolean;
  /** Private addresses that are allowed. */
  exceptions: Exceptions;
}

/** The address that a URL's host is, in whatever way it was written; null for a name. */
export function addressOf(url: URL): string | null {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? null : host;
}

/** Why a URL cannot be a target, in words for its owner; null: it can. */
export function refusalOf(text: string, { http, exceptions }: TargetRules): string | null {
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(http && url.protocol === 'http:')) return 'must be https';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.hash !== '') return 'must not have a fragment';
  const address = addressOf(url);
  const local = /^(.+\.)?localhost\.?$/i.test(url.hostname);
  if (address === null ? local && !mayReach('127.0.0.1', exceptions) : !mayReach(address, exceptions))
    return 'must not lead to a private or local address; RIGGER_WEBHOOK_PRIVATE lists exceptions';
  return null;
}
