/** Keys and tenants as the API shows them. */
import type { KeyView } from '../model/access.ts';
import type { KeyRecord, TenantRecord } from '../store/keys.ts';
import { prefixOf } from './keys.ts';

/** Never its hash. */
export const viewKey = ({ hash: _, previousHash: __, ...key }: KeyRecord): KeyView => ({
  ...key,
  prefix: prefixOf(key.id),
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  previousUntil: key.previousUntil === null || key.previousUntil < new Date() ? null : key.previousUntil.toISOString(),
});
export const viewTenant = ({ createdAt, ...tenant }: TenantRecord) => ({
  ...tenant,
  createdAt: createdAt.toISOString(),
});
