/**
 * Who dials: a runner with the token that all of them share, or with a key that has the scope for it, or a pod with a token that is good for it alone. A pod runs what an agent runs;
 * whatever takes its token can do what that pod's runner may, which is to speak of the one session it holds.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Identity {
  /** The pod's name, which is its runner's id; null for a runner that shows the shared token. */
  pod: string | null;
  /** What kind of sessions a pod is for. */
  labels: string[];
  /** The key that was shown; null for a token. */
  keyId: string | null;
}

/** Reads an Authorization header; null for nobody that is known. */
export type Identify = (authorization: string | undefined) => Promise<Identity | null>;

export interface PodTokens {
  make(pod: string, labels: string[]): string;
  check(token: string): Identity | null;
}

const PREFIX = 'rgp';

/** @param secret what the servers of one database share. */
export function makePodTokens(secret: string): PodTokens {
  const sign = (text: string): string => createHmac('sha256', secret).update(`pod.${text}`).digest('base64url');
  return {
    make(pod, labels) {
      const body = `${pod}.${Buffer.from(JSON.stringify(labels)).toString('base64url')}`;
      return `${PREFIX}.${body}.${sign(body)}`;
    },
    check(token) {
      const [prefix, pod, labels, signature, rest] = token.split('.');
      if (prefix !== PREFIX || pod === undefined || labels === undefined || signature === undefined) return null;
      if (rest !== undefined || !equal(signature, sign(`${pod}.${labels}`))) return null;
      return { pod, labels: JSON.parse(Buffer.from(labels, 'base64url').toString()) as string[], keyId: null };
    },
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** @param keyOf the id of a key that lets runners join; null for anything else. */
export function makeIdentify(
  sharedToken: string,
  pods: PodTokens,
  keyOf: (token: string) => Promise<string | null>,
): Identify {
  return async (authorization) => {
    const [, token] = /^Bearer (.+)$/.exec(authorization ?? '') ?? [];
    if (token === undefined) return null;
    if (equal(token, sharedToken)) return { pod: null, labels: [], keyId: null };
    const pod = pods.check(token);
    if (pod !== null) return pod;
    const keyId = await keyOf(token);
    return keyId === null ? null : { pod: null, labels: [], keyId };
  };
}
