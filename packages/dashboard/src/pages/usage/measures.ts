import type { Usage } from '../../api/types.ts';
import { money } from '../../format/money.ts';
import { count } from '../../format/numbers.ts';
import type { Measure } from './search.ts';

type Sums = Usage['total'];

/** All tokens, of whatever price. */
export const tokensOf = (sums: Sums): number =>
  sums.inputTokens + sums.outputTokens + sums.cacheReadTokens + sums.cacheWrite5mTokens + sums.cacheWrite1hTokens;

/** The part of what went in that came from the cache. */
export function cachedShare(sums: Sums): number | null {
  const all = sums.inputTokens + sums.cacheReadTokens + sums.cacheWrite5mTokens + sums.cacheWrite1hTokens;
  return all === 0 ? null : sums.cacheReadTokens / all;
}

export const MEASURE: Record<Measure, { name: string; of: (sums: Sums) => number; format: (value: number) => string }> =
  {
    cost: { name: 'Cost', of: ({ cost }) => cost, format: money },
    tokens: { name: 'Tokens', of: tokensOf, format: count },
    calls: { name: 'Model calls', of: ({ calls }) => calls, format: count },
  };
