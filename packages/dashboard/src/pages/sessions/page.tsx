import { getRouteApi, Link } from '@tanstack/react-router';
import { ListX, Plus, SearchX } from 'lucide-react';
import { useState } from 'react';
import { useTitle } from '../../app/title.ts';
import { useMedia } from '../../app/use-media.ts';
import { exactCount, plural } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { usePending } from './bulk.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ColumnMenu } from './column-menu.tsx';
import { isFiltered } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import type { Pages } from './pages.ts';
import { SessionList } from './session-list.tsx';
import { EmptyList, useRows, useTotal } from './use-rows.ts';
import { useSelection } from './use-selection.ts';
import { Views } from './views.tsx';

const route = getRouteApi('/sessions');

const CURL = (origin: string) => `curl -s ${origin}/api/sessions -H 'Content-Type: application/json' -d '{
  "pattern": "hybrid",
  "config": { "allowedTools": ["Read", "Bash"] } }'`;

/** Every session, filtered, searched, and ended or deleted many at a time. */
export function SessionsPage() {
  useTitle('Sessions');
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const isWide = useMedia('(min-width: 768px)');
  const list = useRows(filter);
  const { rows } = list;
  const total = useTotal(filter);
  const [cursor, setCursor] = useState<string | null>(null);
  const selection = useSelection(rows);
  const pending = usePending();
  const filtered = isFiltered(filter);
  const searching = rows.length === 0 && list.hasNextPage;
  return (
    <>
      <PageHeader
        title="Sessions"
        beside={
          <span className="tnum text-ink-3 text-xs" aria-live="polite">
            {pending.size > 0
              ? `${plural(pending.size, 'session')} to go`
              : total !== undefined
                ? exactCount(total)
                : filter.q !== undefined && !list.isPending
                  ? `${exactCount(rows.length)}${list.hasNextPage ? ' so far' : ''}`
                  : ''}
          </span>
        }
        actions={
          <>
            <Views filter={filter} />
            {isWide && <ColumnMenu />}
            <Button look="primary" asChild>
              <Link to="/new">
                <Plus /> <span className="max-sm:sr-only">New session</span>
              </Link>
            </Button>
          </>
        }
      />
      <FilterBar filter={filter} />
      {list.error !== null && list.data === undefined ? (
        <Failed error={list.error} onRetry={() => void list.refetch()}>
          {filtered && <Button onClick={() => void navigate({ search: {} })}>Without filters</Button>}
        </Failed>
      ) : list.isPending ? (
        <Waiting />
      ) : searching ? (
        <Waiting words="Looking through older sessions…" />
      ) : null}
      {list.data !== undefined && rows.length === 0 && <EmptyList filter={filter} data={list.data as Pages} />}
      {list.data !== undefined && rows.length === 0 && !list.hasNextPage ? (
        filtered ? (
          <Empty
            icon={SearchX}
            title="No session is like that"
            action={<Button onClick={() => void navigate({ search: {} })}>Show all sessions</Button>}
          >
            Nothing matches all of these filters. Deleted sessions are not listed.
          </Empty>
        ) : (
          <Empty
            icon={ListX}
            title="No session yet"
            action={
              <Button look="primary" asChild>
                <Link to="/new">
                  <Plus /> New session
                </Link>
              </Button>
            }
            curl={CURL(location.origin)}
          >
            A session is an agent with a workspace of its own.
          </Empty>
        )
      ) : (
        list.data !== undefined && (
          <SessionList
            key={JSON.stringify(filter)}
            filter={filter}
            list={list}
            total={total}
            isWide={isWide}
            selection={selection}
            cursor={cursor}
            onCursor={setCursor}
          />
        )
      )}
      <BulkBar selection={selection} />
    </>
  );
}

const Waiting = ({ words }: { words?: string }) => (
  <div className="min-h-0 flex-1 overflow-hidden" role="status">
    <p className={words === undefined ? 'sr-only' : 'px-4 py-3 text-ink-3 text-sm md:px-6'}>{words ?? 'Loading'}</p>
    {Array.from({ length: 14 }, (_, n) => n).map((n) => (
      <div key={n} className="flex h-10 items-center gap-6 border-b px-4 md:px-6">
        <Skeleton className="w-4" />
        <Skeleton style={{ width: `${34 - ((n * 7) % 13)}%` }} />
        <Skeleton className="ml-auto w-20 max-md:hidden" />
        <Skeleton className="w-20 max-md:hidden" />
        <Skeleton className="w-14" />
      </div>
    ))}
  </div>
);
