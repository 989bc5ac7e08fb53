import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleX, Wallet } from 'lucide-react';
import type { ReactNode } from 'react';
import { budgetsQuery, permissionsQuery, sessionListQuery } from '../../api/queries.ts';
import type { Budget, Session } from '../../api/types.ts';
import { useNow } from '../../app/now.ts';
import { budgetName } from '../../format/budgets.ts';
import { money } from '../../format/money.ts';
import { sessionTitle } from '../../format/status.ts';
import { Panel, Section } from '../../ui/section.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { Ago } from '../../ui/values.tsx';
import { PausedRow } from './paused-row.tsx';
import { PermissionRow } from './permission-row.tsx';

const DAY_MS = 86_400_000;
const PERMISSIONS = 10;
const FAILURES = 5;

/** What waits for a human: requests first, then what stands still for want of money, then what failed. */
export function NeedsYou() {
  const permissions = useQuery(permissionsQuery);
  const paused = useQuery(sessionListQuery({ paused: 'true', limit: 20 }));
  const failed = useQuery(sessionListQuery({ status: 'error', limit: 100 }));
  const budgets = useQuery(budgetsQuery);
  const since = useNow(60_000) - DAY_MS;
  const failures = failed.data?.sessions.filter(({ completedAt }) => Date.parse(completedAt ?? '') > since) ?? [];
  const spent = budgets.data?.filter((budget) => budget.spentUsd >= budget.limitUsd) ?? [];
  const waiting = permissions.data ?? [];
  const stopped = paused.data?.sessions ?? [];
  const error = permissions.error ?? paused.error ?? failed.error;
  const loading = permissions.isPending || paused.isPending || failed.isPending;
  const count = waiting.length + stopped.length + spent.length;
  const atLeast = failures.length === failed.data?.sessions.length && (failed.data?.nextCursor ?? null) !== null;
  const firstTool = waiting.find(({ kind }) => kind === 'tool')?.id;
  const many = failures.length > FAILURES;
  return (
    <Section
      id="needs-you"
      title="Needs you"
      beside={
        loading
          ? undefined
          : [
              count > 0 && `${count} waiting`,
              failures.length > 0 && `${failures.length}${atLeast ? ' or more' : ''} failed in 24 hours`,
            ]
              .filter(Boolean)
              .join(' · ')
      }
    >
      <Panel>
        {error !== null && !permissions.data ? (
          <Failed error={error} onRetry={() => void permissions.refetch()} className="py-8" />
        ) : loading ? (
          <div className="px-4 py-3.5">
            <Skeleton className="w-1/2" />
          </div>
        ) : count + failures.length === 0 ? (
          <p className="px-4 py-3 text-ink-3 text-sm">
            Nothing. No agent waits for you, and nothing failed in the last 24 hours.
          </p>
        ) : (
          <ul className="divide-y">
            {waiting.slice(0, PERMISSIONS).map((permission) => (
              <PermissionRow key={permission.id} permission={permission} isFirst={permission.id === firstTool} />
            ))}
            {waiting.length > PERMISSIONS && (
              <More>{waiting.length - PERMISSIONS} more requests follow when these are answered.</More>
            )}
            {spent.map((budget) => (
              <SpentBudget key={budget.id} budget={budget} />
            ))}
            {stopped.map((session) => (
              <PausedRow key={session.id} session={session} />
            ))}
            {failures.slice(0, FAILURES).map((session) => (
              <FailedRow key={session.id} session={session} />
            ))}
            {many && (
              <More>
                <Link to="/sessions" search={{ status: 'error' }} className="hover:text-ink hover:underline">
                  All that failed
                </Link>
              </More>
            )}
          </ul>
        )}
      </Panel>
    </Section>
  );
}

const More = ({ children }: { children: ReactNode }) => <li className="px-4 py-2 text-ink-3 text-xs">{children}</li>;

const FailedRow = ({ session }: { session: Session }) => (
  <li>
    <Link
      to="/sessions/$id"
      params={{ id: session.id }}
      className="flex items-center gap-3 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2"
    >
      <CircleX className="size-4 shrink-0 text-bad" aria-hidden />
      <span className="min-w-0 flex-1 truncate text-sm">
        <span className="font-medium">{sessionTitle(session)}</span>
        <span className="text-ink-3"> failed</span>
      </span>
      <Ago at={session.completedAt ?? session.lastActivityAt} className="text-ink-3 text-xs" />
    </Link>
  </li>
);

const SpentBudget = ({ budget }: { budget: Budget }) => (
  <li>
    <Link
      to="/usage"
      hash="budgets"
      className="flex items-center gap-3 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2"
    >
      <Wallet className="size-4 shrink-0 text-warn" aria-hidden />
      <span className="line-clamp-2 min-w-0 flex-1 text-sm">
        <span className="font-medium">{budgetName(budget)} is spent</span>
        <span className="text-ink-3">
          {' '}
          {money(budget.spentUsd)} of {money(budget.limitUsd)}: further model calls are refused
        </span>
      </span>
    </Link>
  </li>
);
