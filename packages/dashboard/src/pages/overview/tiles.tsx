import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { latencyQuery } from '../../api/queries.ts';
import type { SessionStats } from '../../api/types.ts';
import { useNow } from '../../app/now.ts';
import { useWaiting } from '../../app/waiting.ts';
import { exactCount } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { cn } from '../../ui/cn.ts';
import { Skeleton } from '../../ui/states.tsx';
import { Money } from '../../ui/values.tsx';
import { midnight, useLastDay, useSpend } from './day.ts';

/** The numbers, each of which leads to what it counts. */
export function Tiles({ stats }: { stats: SessionStats | undefined }) {
  const { count } = useWaiting();
  const { data: spend } = useSpend();
  const { from } = useLastDay();
  const { data: latency } = useQuery(latencyQuery({ from }));
  const today = midnight(useNow(60_000));
  const spentToday = spend?.rows.reduce(
    (sum, { hour, cost }) => (Date.parse(hour ?? '') >= today ? sum + cost : sum),
    0,
  );
  const firstByte = latency?.total.firstByteMs;
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 xl:grid-cols-6">
      <Tile label="Running" to="/sessions" search={{ status: 'active' }}>
        {stats && exactCount(stats.activeSessions)}
      </Tile>
      <Tile label="Idle or parked" to="/sessions" search={{ status: 'idle' }}>
        {stats && exactCount(stats.idleSessions)}
      </Tile>
      <Tile label="Starting" to="/sessions" search={{ status: 'initializing' }}>
        {stats && exactCount(stats.byStatus.initializing ?? 0)}
      </Tile>
      <Tile label={count === 1 ? 'Waits for you' : 'Wait for you'} to="/" hash="needs-you" warns={count > 0}>
        {exactCount(count)}
      </Tile>
      <Tile label="Spent today" to="/usage" search={{ range: 'today' }}>
        {spentToday !== undefined && <Money usd={spentToday} />}
      </Tile>
      <Tile
        label="First token, median"
        to="/usage"
        search={{ range: '24h' }}
        hash="latency"
        beside={firstByte ? `95 %: ${duration(firstByte.p95)}` : undefined}
      >
        {latency && (firstByte ? duration(firstByte.p50) : '–')}
      </Tile>
    </div>
  );
}

function Tile({
  label,
  warns = false,
  beside,
  children,
  ...link
}: Pick<LinkProps, 'to' | 'search' | 'hash'> & {
  label: string;
  warns?: boolean;
  beside?: string | undefined;
  /** The number; undefined while it is on its way. */
  children: ReactNode;
}) {
  return (
    <Link {...link} className="bg-surface px-4 py-3 hover:bg-hover focus-visible:-outline-offset-2">
      <p className="truncate text-ink-3 text-xs">{label}</p>
      <p className="mt-1 flex items-baseline gap-2">
        {children === undefined || children === false ? (
          <Skeleton className="my-1 h-5 w-14" />
        ) : (
          <span className={cn('tnum whitespace-nowrap font-semibold text-xl', warns && 'text-warn')}>{children}</span>
        )}
        {beside !== undefined && <span className="tnum truncate text-ink-3 text-xs">{beside}</span>}
      </p>
    </Link>
  );
}
