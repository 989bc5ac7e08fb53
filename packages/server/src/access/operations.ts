/** Keys, tenants and the audit log, as their routes and commands use them. */
import { type AuditEntry, type AuditQuery, type Caller, DEFAULT_TENANT, type KeyRequest } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import { type ChainState, listAudit, verifyAudit } from '../store/audit.ts';
import { type Db, databaseTime, type Tx, transact } from '../store/database.ts';
import {
  ensureTenant,
  findKey,
  findTenant,
  insertKey,
  type KeyRecord,
  listKeys,
  listTenants,
  putTenant,
  type TenantRecord,
  updateKey,
} from '../store/keys.ts';
import { record } from './actor.ts';
import { hashOf, idOf, makeKey } from './keys.ts';

/** What of a key the audit log has. */
const shown = ({ id, tenant, name, scopes, limits, expiresAt, revokedAt, previousUntil }: KeyRecord) => ({
  id,
  tenant,
  name,
  scopes,
  limits,
  expiresAt,
  revokedAt,
  previousUntil,
});

const isOperator = ({ tenant }: Caller): boolean => tenant === DEFAULT_TENANT;

/** Whose keys a caller means: its own tenant's unless the operator says another. @throws RiggerError `forbidden`. */
function tenantMeant(caller: Caller, asked: string | undefined): string {
  if (asked === undefined || asked === caller.tenant) return caller.tenant;
  if (isOperator(caller)) return asked;
  throw new RiggerError('forbidden', {
    detail: 'Keys of other tenants are the operator’s.',
    extra: { needs: `a key of the tenant ${DEFAULT_TENANT}` },
  });
}

/** Those of one tenant; `*`, for the operator, those of all. @throws RiggerError `forbidden`. */
export function keys(db: Db, caller: Caller, asked?: string): Promise<KeyRecord[]> {
  const tenant = tenantMeant(caller, asked);
  return listKeys(db, tenant === '*' ? null : tenant);
}

/**
 * Makes a key. @returns it, which is kept nowhere.
 * @throws RiggerError `forbidden`, also for a scope that its maker does not have; `invalid_request`.
 */
export async function createKey(
  db: Db,
  caller: Caller,
  request: KeyRequest,
): Promise<{ record: KeyRecord; key: string }> {
  const tenant = tenantMeant(caller, request.tenant);
  if (request.scopes.includes('runner') && !isOperator(caller))
    throw new RiggerError('forbidden', {
      detail: 'Runners serve all tenants: the operator makes their keys.',
      extra: { needs: `a key of the tenant ${DEFAULT_TENANT}` },
    });
  const { id, key, hash } = makeKey();
  const made = await transact(db, async (tx) => {
    const expiresAt = request.expiresAt === undefined ? null : new Date(request.expiresAt);
    if (expiresAt !== null && expiresAt <= (await databaseTime(tx)))
      throw new RiggerError('invalid_request', {
        detail: 'The key would have expired already.',
        extra: { issues: [{ path: 'expiresAt', message: 'must be in the future' }] },
      });
    await ensureTenant(tx, tenant);
    const { name, scopes, limits = {} } = request;
    const made = await insertKey(tx, { id, tenant, name, scopes, limits, hash, createdBy: caller.name, expiresAt });
    await record(tx, { target: id, after: shown(made) });
    return made;
  });
  return { record: made, key };
}

/** The key of this id if it is the caller's tenant's, or the caller the operator. @throws RiggerError `key_not_found`. */
async function ownKey(tx: Tx, caller: Caller, id: string): Promise<KeyRecord> {
  const found = await findKey(tx, id, { lock: true });
  if (found === null || (found.tenant !== caller.tenant && !isOperator(caller)))
    throw new RiggerError('key_not_found', { extra: { id } });
  return found;
}

/** @throws RiggerError `key_not_found`, also for one that is revoked. */
export async function rotateKey(
  db: Db,
  caller: Caller,
  id: string,
  overlapMs: number,
): Promise<{ record: KeyRecord; key: string }> {
  const { key, hash } = makeKey(id);
  const rotated = await transact(db, async (tx) => {
    const before = await ownKey(tx, caller, id);
    if (before.revokedAt !== null) throw new RiggerError('key_not_found', { detail: 'It is revoked.', extra: { id } });
    const now = await databaseTime(tx);
    const previousUntil = new Date(now.getTime() + overlapMs);
    const after = await updateKey(tx, id, { hash, previousHash: before.hash, previousUntil });
    await record(tx, { target: id, before: shown(before), after: shown(after) });
    return after;
  });
  return { record: rotated, key };
}

/** Revokes a key for good; twice is fine. @throws RiggerError `key_not_found`. */
export function revokeKey(db: Db, caller: Caller, id: string): Promise<KeyRecord> {
  return transact(db, async (tx) => {
    const before = await ownKey(tx, caller, id);
    if (before.revokedAt !== null) return before;
    const after = await updateKey(tx, id, { revokedAt: await databaseTime(tx) });
    await record(tx, { target: id, before: shown(before), after: shown(after) });
    return after;
  });
}

/** Has the operator's own key of the settings be there. A revoked one stays revoked. @returns whether it was made now. */
export function ensureBootstrapKey(db: Db, key: string): Promise<boolean> {
  return transact(db, async (tx) => {
    const id = idOf(key)!;
    const hash = hashOf(key);
    const found = await findKey(tx, id, { lock: true });
    if (found !== null) {
      if (!found.hash.equals(hash)) await updateKey(tx, id, { hash });
      return false;
    }
    await ensureTenant(tx, DEFAULT_TENANT);
    const scopes: KeyRecord['scopes'] = ['admin', 'runner'];
    const name = 'bootstrap';
    await insertKey(tx, {
      id,
      tenant: DEFAULT_TENANT,
      name,
      scopes,
      limits: {},
      hash,
      createdBy: 'settings',
      expiresAt: null,
    });
    return true;
  });
}

export const tenants = (db: Db): Promise<TenantRecord[]> => listTenants(db);

export function setTenant(db: Db, request: Pick<TenantRecord, 'id' | 'limits' | 'retention'>): Promise<TenantRecord> {
  return transact(db, async (tx) => {
    const before = await findTenant(tx, request.id);
    const after = await putTenant(tx, request);
    const told = (one: TenantRecord | null) => (one === null ? null : { limits: one.limits, retention: one.retention });
    await record(tx, { target: request.id, before: told(before), after: told(after) });
    return after;
  });
}

/** One page, the newest first. `next`: give it as `before`; null at the end. */
export async function auditOf(
  db: Db,
  tenant: string,
  query: AuditQuery,
): Promise<{ entries: AuditEntry[]; next: number | null }> {
  const found = await listAudit(db, tenant, { ...query, limit: query.limit + 1 });
  const entries = found
    .slice(0, query.limit)
    .map(({ tenant: _, position: __, at, ...entry }) => ({ ...entry, at: at.toISOString() }));
  return { entries, next: found.length > query.limit ? (entries.at(-1)?.n ?? null) : null };
}

export const verify = (db: Db): Promise<ChainState> => verifyAudit(db);
