/** One effect for a request that comes twice under one `Idempotency-Key`, at once, after a restart or at another server. */
import { createHash } from 'node:crypto';
import { DEFAULT_TENANT } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import type { Tx } from '../store/database.ts';
import { type KeptRequest, takeKey } from '../store/idempotency.ts';

/** What a client calls its request, and what it asks for. */
export interface RequestKey {
  key: string;
  body: unknown;
}

/** How long a key is remembered at least. */
export const KEY_KEPT_MS = 7 * 86_400_000;

/** What keys of a tenant's requests that create sessions are for; keys of messages are for their session's id. */
export const creating = (tenant: string): string => (tenant === DEFAULT_TENANT ? 'create' : `create ${tenant}`);

/** The same for bodies that say the same, in whatever order their members come. */
function hashOf(body: unknown): string {
  const sorted = JSON.stringify(body, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(sorted).digest('base64url');
}

/**
 * Takes the key within the transaction that has the request's effect. @returns the earlier request that has it, whose answer
 * is to be given again in place of another effect, or null.
 * @throws RiggerError `idempotency_key_reused` when that one asked for something else.
 */
export async function takeOnce(
  tx: Tx,
  scope: string,
  request: RequestKey | undefined,
  kept: Omit<KeptRequest, 'requestHash'>,
): Promise<KeptRequest | null> {
  if (request === undefined) return null;
  const requestHash = hashOf(request.body);
  const earlier = await takeKey(tx, scope, request.key, { ...kept, requestHash });
  if (earlier !== null && earlier.requestHash !== requestHash)
    throw new RiggerError('idempotency_key_reused', { extra: { key: request.key, id: earlier.sessionId } });
  return earlier;
}
