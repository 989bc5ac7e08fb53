/** Tokens of an OpenID Connect issuer, as callers: their claims say which tenant, which user and what they may. */
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Caller, DEFAULT_TENANT, SCOPES, type Scope } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';

export interface IssuerOptions {
  /** Its address; `/.well-known/openid-configuration` below it says where its keys are. */
  issuer: string;
  /** Whom a token must be for. */
  audience: string;
  /** The claims that say the tenant and the scopes; a path such as `realm_access.roles` goes into objects. */
  tenantClaim: string;
  scopeClaim: string;
}

export interface Issuer {
  /** @throws RiggerError `unauthorized`. */
  callerOf(token: string): Promise<Caller & { expiresAt: number }>;
}

const PATIENCE_MS = 5_000;
/** Anything else, as `none` and what is signed with a shared secret, is refused. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

function claimAt(claims: JWTPayload, path: string): unknown {
  if (path in claims) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (at, name) => (typeof at === 'object' && at !== null ? (at as JWTPayload)[name] : undefined),
      claims,
    );
}

/** The scopes in a claim: `rigger:write`, alone, in a list or in words with spaces between, with or without the prefix. */
export function scopesIn(claim: unknown): Scope[] {
  const words = (Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(/[\s,]+/) : []).map(String);
  return SCOPES.filter((scope) => words.includes(scope) || words.includes(`rigger:${scope}`));
}

/** The caller that verified claims speak of. Pure. @throws RiggerError `unauthorized`. */
export function callerFrom(claims: JWTPayload, options: IssuerOptions): Caller & { expiresAt: number } {
  const { sub, exp } = claims;
  if (sub === undefined || sub === '' || exp === undefined)
    throw new RiggerError('unauthorized', { detail: 'The token names nobody, or has no end.' });
  const tenant = claimAt(claims, options.tenantClaim) ?? DEFAULT_TENANT;
  if (typeof tenant !== 'string' || !/^[a-z0-9][a-z0-9_-]{0,62}$/.test(tenant))
    throw new RiggerError('unauthorized', { detail: `The token’s claim ${options.tenantClaim} names no tenant.` });
  const scopes = scopesIn(claimAt(claims, options.scopeClaim));
  return { tenant, scopes, keyId: null, name: sub, userId: sub, limits: {}, expiresAt: exp * 1_000 };
}

export function makeIssuer(options: IssuerOptions): Issuer {
  let keys: Promise<JWTVerifyGetKey> | null = null;
  const find = async (): Promise<JWTVerifyGetKey> => {
    const address = `${options.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const said = discovery.parse(await answer.json());
    return createRemoteJWKSet(new URL(said.jwks_uri), { timeoutDuration: PATIENCE_MS });
  };
  return {
    async callerOf(token) {
      keys ??= find();
      const known = await keys.catch((cause: unknown) => {
        keys = null;
        throw new RiggerError('unauthorized', { detail: 'The issuer of tokens cannot be reached.', cause });
      });
      const verified = await jwtVerify(token, known, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: ALGORITHMS,
        clockTolerance: 30,
      }).catch((cause: unknown) => {
        throw new RiggerError('unauthorized', { detail: 'The token is not good here.', cause });
      });
      return callerFrom(verified.payload, options);
    },
  };
}
