import type { Budget } from '../api/types.ts';

const PERIODS = { day: 'daily', month: 'monthly', total: 'whole' } as const;

/** Whose budget: `The daily budget of ann`. */
export function budgetName({ scope, period, userId, keyId }: Budget): string {
  const whose = scope === 'all' ? 'everybody' : scope === 'user' ? userId : `key ${keyId}`;
  return `The ${PERIODS[period]} budget of ${whose}`;
}
