import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { statsQuery } from '../../api/queries.ts';
import type { SessionStatus } from '../../api/types.ts';
import { exactCount } from '../../format/numbers.ts';
import { sessionStatus } from '../../format/status.ts';
import { duration } from '../../format/time.ts';
import { Panel, Section } from '../../ui/section.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { StatusIcon } from '../../ui/status.tsx';
import type { UsageSearch } from './search.ts';

const STATUSES: SessionStatus[] = ['active', 'initializing', 'idle', 'completed', 'error', 'terminated'];

/** How many sessions were created in this time, and what became of them. */
export function Statuses({ search, time }: { search: UsageSearch; time: { from?: string; to?: string } }) {
  const { user, tag } = search;
  const query = {
    ...time,
    ...(user === undefined ? {} : { userId: user }),
    ...(tag === undefined ? {} : { tags: tag }),
  };
  const { data, error, refetch } = useQuery(statsQuery(query, 60_000));
  const most = data === undefined ? 1 : Math.max(1, ...STATUSES.map((status) => data.byStatus[status] ?? 0));
  return (
    <Section
      title="Sessions created"
      beside={data && `${exactCount(data.totalSessions)}, on average ${duration(data.avgSessionDuration)} long`}
    >
      <Panel className="py-1">
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} className="py-8" />
        ) : (
          <ul>
            {STATUSES.map((status) => {
              const shown = sessionStatus({ status, paused: false, pendingPermissions: 0 });
              const count = data?.byStatus[status];
              return (
                <li key={status}>
                  <Link
                    to="/sessions"
                    search={{
                      status,
                      ...(user === undefined ? {} : { user }),
                      ...(tag === undefined ? {} : { tags: tag }),
                    }}
                    className="grid h-8 grid-cols-[1rem_5.5rem_1fr_auto] items-center gap-2.5 px-4 text-sm hover:bg-hover focus-visible:-outline-offset-2"
                  >
                    <StatusIcon shown={{ ...shown, moves: false }} />
                    <span className="text-ink-2">{shown.word}</span>
                    <span className="h-1 overflow-hidden rounded-full bg-hover">
                      <span
                        className="block h-full rounded-full bg-accent"
                        style={{ width: `${((count ?? 0) / most) * 100}%` }}
                      />
                    </span>
                    {count === undefined ? (
                      <Skeleton className="w-8" />
                    ) : (
                      <span className="tnum min-w-8 text-right">{exactCount(count)}</span>
                    )}
                  </Link>
                </li>
              );
            })}
          </ul>
        )}
      </Panel>
    </Section>
  );
}
