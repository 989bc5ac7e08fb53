/** What the audit log has of a session before and after a change: what people set and what they see of its state. */
import { isDeepStrictEqual } from 'node:util';
import { toUsd } from '../model/money.ts';
import type { SessionRecord } from '../model/record.ts';

/** What of it another is after a change; null and null where nothing is. */
export function auditedChange(before: SessionRecord, after: SessionRecord): { before: unknown; after: unknown } {
  const [was, is] = [Object.entries(auditedOf(before)), Object.entries(auditedOf(after))];
  const moved = new Set(is.flatMap(([name, value], n) => (isDeepStrictEqual(value, was[n]![1]) ? [] : [name])));
  if (moved.size === 0) return { before: null, after: null };
  const only = (entries: [string, unknown][]) => Object.fromEntries(entries.filter(([name]) => moved.has(name)));
  return { before: only(was), after: only(is) };
}

export const auditedOf = (session: SessionRecord) => ({
  pattern: session.pattern,
  status: session.status,
  statusReason: session.statusReason,
  userId: session.userId,
  tags: session.tags,
  description: session.description,
  maxBudgetUsd: session.maxBudgetUsd === null ? null : toUsd(session.maxBudgetUsd),
  maxTurns: session.maxTurns,
  maxIdleTimeMs: session.maxIdleTimeMs,
  maxLifetimeMs: session.maxLifetimeMs,
  onBudget: session.onBudget,
  paused: session.paused,
});
