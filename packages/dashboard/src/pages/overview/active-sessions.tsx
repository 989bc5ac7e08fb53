import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionListQuery, statsQuery } from '../../api/queries.ts';
import type { Session } from '../../api/types.ts';
import { exactMoney, money } from '../../format/money.ts';
import { plural } from '../../format/numbers.ts';
import { PATTERN_WORDS, sessionStatus, sessionTitle } from '../../format/status.ts';
import { Panel, Section } from '../../ui/section.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';
import { Ago, Money } from '../../ui/values.tsx';

const SHOWN = 12;
const RECENT = 8;

/** Sessions at work, with what they cost; where none is, those that were last begun. */
export function ActiveSessions() {
  const { data: stats } = useQuery(statsQuery());
  const active = useQuery(sessionListQuery({ status: 'active', limit: SHOWN }, 2_000));
  const none = active.data?.sessions.length === 0;
  const recent = useQuery({ ...sessionListQuery({ limit: RECENT }), enabled: none });
  const { data, error, refetch } = none ? recent : active;
  const running = stats?.activeSessions ?? 0;
  return (
    <Section
      title={none ? 'Nothing is running' : 'Running'}
      beside={
        none
          ? 'The newest sessions:'
          : running > SHOWN
            ? `the newest ${SHOWN} of ${running.toLocaleString('en-US')}`
            : undefined
      }
      action={
        <Link to="/sessions" search={none ? {} : { status: 'active' }} className="text-ink-2 text-xs hover:text-ink">
          {none ? 'All sessions' : 'All that run'}
        </Link>
      }
    >
      <Panel>
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} className="py-8" />
        ) : data === undefined ? (
          [0, 1, 2].map((n) => (
            <div key={n} className="border-b px-4 py-3.5 last:border-0">
              <Skeleton className="w-2/3" />
            </div>
          ))
        ) : (
          <ul className="divide-y">
            {data.sessions.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Panel>
    </Section>
  );
}

function Row({ session }: { session: Session }) {
  const { maxBudgetUsd, totalCost, numTurns } = session;
  const share = maxBudgetUsd === null || maxBudgetUsd === 0 ? null : totalCost / maxBudgetUsd;
  const tone = share === null || share < 0.8 ? 'bg-accent' : share < 1 ? 'bg-warn' : 'bg-bad';
  return (
    <li>
      <Link
        to="/sessions/$id"
        params={{ id: session.id }}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2 lg:grid-cols-[minmax(0,1fr)_6.5rem_7.5rem_5rem]"
      >
        <span className="min-w-0">
          <span className="block truncate font-medium text-sm">{sessionTitle(session)}</span>
          <span className="block truncate text-ink-3 text-xs">
            {PATTERN_WORDS[session.pattern]}
            {numTurns > 0 && ` · ${plural(numTurns, 'turn')}`}
            {session.userId !== null && ` · ${session.userId}`}
          </span>
        </span>
        <Status shown={sessionStatus(session)} />
        <span className="min-w-0">
          <span className="tnum block text-ink-2 text-xs" title={exactMoney(totalCost)}>
            <Money usd={totalCost} />
            {maxBudgetUsd !== null && <span className="text-ink-3"> of {money(maxBudgetUsd)}</span>}
          </span>
          {share !== null && (
            <span className="mt-1 block h-1 overflow-hidden rounded-full bg-hover">
              <span className={`block h-full rounded-full ${tone}`} style={{ width: `${Math.min(1, share) * 100}%` }} />
            </span>
          )}
        </span>
        <Ago at={session.lastActivityAt} className="text-right text-ink-3 text-xs" />
      </Link>
    </li>
  );
}
