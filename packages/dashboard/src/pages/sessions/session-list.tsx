import { useElementScrollRestoration, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useCommands } from '../../app/commands.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { toastError } from '../../ui/toast.tsx';
import type { SessionFilter } from './filter.ts';
import type { Pages } from './pages.ts';
import { SessionCards } from './session-cards.tsx';
import { SessionTable } from './session-table.tsx';
import { useLiveRows, type useRows } from './use-rows.ts';
import type { Selection } from './use-selection.ts';

const ROW_PX = 40;
const CARD_PX = 92;
/** More is fetched when so few rows are left below. */
const AHEAD = 120;

interface Props {
  filter: SessionFilter;
  list: ReturnType<typeof useRows>;
  total: number | undefined;
  isWide: boolean;
  selection: Selection;
  /** The session that the keys are at. */
  cursor: string | null;
  onCursor: (id: string | null) => void;
}

/** The rows, of which those in sight are drawn and kept live; the next page comes before the end is reached. */
export function SessionList({ filter, list, total, isWide, selection, cursor, onCursor }: Props) {
  const { rows, data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const scroller = useRef<HTMLDivElement>(null);
  const entry = useElementScrollRestoration({ id: 'sessions' });
  const [first] = useState(entry?.scrollY ?? 0);
  const height = isWide ? ROW_PX : CARD_PX;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (n) => rows[n]!.id,
    overscan: 14,
    initialOffset: first,
  });
  useLayoutEffect(() => {
    if (first > 0 && scroller.current !== null) scroller.current.scrollTop = first;
  }, [first]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was measured for cards is not so for rows
  useLayoutEffect(() => virtual.measure(), [isWide]);
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  const more = hasNextPage && !isFetchingNextPage && !isFetchNextPageError && to >= rows.length - AHEAD;
  useEffect(() => {
    if (more) void fetchNextPage();
  }, [more, fetchNextPage]);
  useLiveRows(filter, data as Pages | undefined, from, to);

  const navigate = useNavigate();
  const open = (id: string) => void navigate({ to: '/sessions/$id', params: { id } });
  const go = (n: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, n))];
    if (row === undefined) return;
    onCursor(row.id);
    virtual.scrollToIndex(rows.indexOf(row));
    // It is there once it has been scrolled to.
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-id="${row.id}"]`)?.focus({ preventScroll: true }),
    );
  };
  const at = cursor === null ? -1 : rows.findIndex(({ id }) => id === cursor);
  useCommands([
    { id: 'next', title: 'Next session', group: 'List', keys: 'j', quiet: true, run: () => go(at + 1) },
    {
      id: 'previous',
      title: 'Previous session',
      group: 'List',
      keys: 'k',
      quiet: true,
      run: () => go(at < 0 ? 0 : at - 1),
    },
    {
      id: 'select',
      title: 'Select the session',
      group: 'List',
      keys: 'x',
      quiet: true,
      run: () => cursor !== null && selection.toggle(cursor),
    },
    { id: 'select all', title: 'Select all that are loaded', group: 'List', keys: 'mod+a', run: selection.toggleAll },
  ]);

  const List = isWide ? SessionTable : SessionCards;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the rows inside, which have the focus
    <div
      ref={scroller}
      data-scroll-restoration-id="sessions"
      className="min-h-0 flex-1 overflow-auto [contain:strict]"
      onKeyDown={(event) => {
        const row = event.target instanceof HTMLElement ? event.target.dataset.id : undefined;
        if (row === undefined) return;
        if (event.key === 'Enter') open(row);
        else if (event.key === 'ArrowDown') go(at + 1);
        else if (event.key === 'ArrowUp') go(at - 1);
        else return;
        event.preventDefault();
      }}
    >
      <List
        rows={rows}
        items={items}
        height={virtual.getTotalSize()}
        total={total}
        selection={selection}
        cursor={cursor}
        onOpen={open}
        onCursor={onCursor}
        scroller={scroller}
      />
      {isFetchingNextPage && (
        <div className="px-4 py-3 md:px-6" role="status">
          <span className="sr-only">Loading more</span>
          <Skeleton className="w-1/3" />
        </div>
      )}
      {isFetchNextPageError && !isFetchingNextPage && (
        <p className="flex items-center gap-3 px-4 py-3 text-sm md:px-6">
          <span className="text-bad">The next sessions could not be had.</span>
          <Button size="sm" onClick={() => void fetchNextPage().then(({ error }) => error && toastError(error))}>
            Try again
          </Button>
        </p>
      )}
    </div>
  );
}
