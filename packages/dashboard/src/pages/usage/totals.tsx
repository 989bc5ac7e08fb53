import type { ReactNode } from 'react';
import type { Usage } from '../../api/types.ts';
import { money } from '../../format/money.ts';
import { percent } from '../../format/numbers.ts';
import { Skeleton } from '../../ui/states.tsx';
import { Money, Tokens } from '../../ui/values.tsx';
import { cachedShare } from './measures.ts';

/** The sums of the time that is looked at. */
export function Totals({ total }: { total: Usage['total'] | undefined }) {
  const cached = total === undefined ? null : cachedShare(total);
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line md:grid-cols-5">
      <Tile label="Cost" beside={total && total.estimatedCost > 0 ? `${money(total.estimatedCost)} est.` : undefined}>
        {total && <Money usd={total.cost} />}
      </Tile>
      <Tile label="Model calls">{total?.calls.toLocaleString('en-US')}</Tile>
      <Tile label="Tokens in, not cached">
        {total && <Tokens n={total.inputTokens + total.cacheWrite5mTokens + total.cacheWrite1hTokens} />}
      </Tile>
      <Tile label="Tokens in, from the cache" beside={cached === null ? undefined : percent(cached)}>
        {total && <Tokens n={total.cacheReadTokens} />}
      </Tile>
      <Tile label="Tokens out" wide>
        {total && <Tokens n={total.outputTokens} />}
      </Tile>
    </dl>
  );
}

const Tile = ({
  label,
  beside,
  wide = false,
  children,
}: {
  label: string;
  beside?: string | undefined;
  wide?: boolean;
  children: ReactNode;
}) => (
  <div className={`bg-surface px-4 py-3 ${wide ? 'max-md:col-span-2' : ''}`}>
    <dt className="truncate text-ink-3 text-xs">{label}</dt>
    <dd className="mt-1 flex items-baseline gap-2">
      {children === undefined ? (
        <Skeleton className="my-1 h-5 w-16" />
      ) : (
        <span className="tnum font-semibold text-xl">{children}</span>
      )}
      {beside !== undefined && <span className="tnum truncate text-ink-3 text-xs">{beside}</span>}
    </dd>
  </div>
);
