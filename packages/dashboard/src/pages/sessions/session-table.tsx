// biome-ignore-all lint/a11y/useSemanticElements: a <table> cannot leave out the rows that are not in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the focus, and what is in them has not
import { type Row as TableRow, useTable } from '@tanstack/react-table';
import type { VirtualItem } from '@tanstack/react-virtual';
import { memo, type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Session } from '../../api/types.ts';
import { sessionTitle } from '../../format/status.ts';
import { cn } from '../../ui/cn.ts';
import { type Act, usePending } from './bulk.ts';
import { useHiddenColumns } from './column-menu.tsx';
import { columns, columnsFor, features, LAYOUT, widthOf } from './columns.tsx';
import type { Selection } from './use-selection.ts';

export interface ListProps {
  rows: Session[];
  items: VirtualItem[];
  /** Of all rows together, in pixels. */
  height: number;
  total: number | undefined;
  selection: Selection;
  cursor: string | null;
  onOpen: (id: string) => void;
  onCursor: (id: string) => void;
  scroller: RefObject<HTMLDivElement | null>;
}

/** How wide the list is, in steps that matter: columns come when there is room for them. */
function useRoom(scroller: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(() => innerWidth - 240);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth / 20) * 20));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return width;
}

/** The table of a wide screen. It is given the rows in sight alone. */
export function SessionTable({ rows, items, height, total, selection, cursor, onOpen, onCursor, scroller }: ListProps) {
  const width = useRoom(scroller);
  const hidden = useHiddenColumns();
  const pending = usePending();
  const columnVisibility = useMemo(() => {
    const shown = columnsFor(width, hidden);
    return Object.fromEntries(Object.keys(LAYOUT).map((id) => [id, shown.has(id)]));
  }, [width, hidden]);
  const data = items.flatMap(({ index }) => rows[index] ?? []);
  const table = useTable({ features, columns, data, getRowId: ({ id }) => id, state: { columnVisibility } });
  const visible = table.getVisibleLeafColumns().map(({ id }) => id);
  const template = `36px ${visible.map(widthOf).join(' ')}`;
  const drawn = table.getRowModel().rows;
  const latest = useRef({ selection, onOpen, onCursor });
  latest.current = { selection, onOpen, onCursor };
  const toggle = useCallback((id: string, range: boolean) => latest.current.selection.toggle(id, range), []);
  const open = useCallback((id: string) => latest.current.onOpen(id), []);
  const point = useCallback((id: string) => latest.current.onCursor(id), []);
  return (
    <div
      role="grid"
      aria-label="Sessions"
      aria-multiselectable
      aria-rowcount={total === undefined ? -1 : total + 1}
      className="min-w-0"
    >
      <div role="rowgroup" className="sticky top-0 z-10 border-b bg-surface">
        <div
          role="row"
          aria-rowindex={1}
          className="grid h-9 items-center gap-x-4 px-4 text-ink-3 text-xs md:px-6"
          style={{ gridTemplateColumns: template }}
        >
          <span role="columnheader" className="flex">
            <input
              type="checkbox"
              aria-label="Select all that are loaded"
              checked={selection.all}
              ref={(box) => {
                if (box !== null) box.indeterminate = selection.ids.size > 0 && !selection.all;
              }}
              onChange={selection.toggleAll}
              className="size-4 accent-accent"
            />
          </span>
          {table.getHeaderGroups().flatMap(({ headers }) =>
            headers.map((header) => (
              <span
                key={header.id}
                role="columnheader"
                className={cn('truncate', LAYOUT[header.id]?.right && 'text-right')}
              >
                <table.FlexRender header={header} />
              </span>
            )),
          )}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height }}>
        {drawn.map((row, n) => (
          <Row
            key={row.id}
            row={row}
            shape={template}
            index={items[n]!.index}
            top={items[n]!.start}
            isSelected={selection.ids.has(row.id)}
            isCursor={row.id === cursor || (cursor === null && items[n]!.index === 0)}
            act={pending.get(row.id)}
            Cell={table.FlexRender}
            onToggle={toggle}
            onOpen={open}
            onPoint={point}
          />
        ))}
      </div>
    </div>
  );
}

type Drawn = TableRow<typeof features, Session>;
interface RowProps {
  row: Drawn;
  /** The columns, as they are laid out. */
  shape: string;
  index: number;
  top: number;
  isSelected: boolean;
  isCursor: boolean;
  act: Act | undefined;
  Cell: ReturnType<typeof useTable<typeof features, Session>>['FlexRender'];
  onToggle: (id: string, range: boolean) => void;
  onOpen: (id: string) => void;
  onPoint: (id: string) => void;
}

const DOING: Record<Act, string> = { terminate: 'Terminating…', delete: 'Deleting…' };

/** Drawn again only when something of it has changed: scrolling moves rows, and changes none. */
const Row = memo(
  function Row({ row, shape, index, top, isSelected, isCursor, act, Cell, onToggle, onOpen, onPoint }: RowProps) {
    const session = row.original;
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        tabIndex={isCursor ? 0 : -1}
        data-id={row.id}
        onFocus={() => onPoint(row.id)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) window.open(`/sessions/${row.id}`, '_blank', 'noopener');
          else onOpen(row.id);
        }}
        onKeyDown={() => {}}
        className={cn(
          'absolute inset-x-0 grid h-10 cursor-default items-center gap-x-4 border-b px-4 text-sm hover:bg-hover focus-visible:-outline-offset-2 md:px-6',
          isSelected && 'bg-accent-soft hover:bg-accent-soft',
          act !== undefined && 'text-ink-3 opacity-60',
        )}
        style={{ gridTemplateColumns: shape, transform: `translateY(${top}px)` }}
      >
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: only keeps a click of the box from opening the session */}
        <span role="gridcell" className="flex" onClick={(event) => event.stopPropagation()}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Select ${sessionTitle(session)}`}
            checked={isSelected}
            onChange={(event) => onToggle(row.id, (event.nativeEvent as MouseEvent).shiftKey === true)}
            className="size-4 accent-accent"
          />
        </span>
        {row.getVisibleCells().map((cell) => (
          <span
            key={cell.id}
            role="gridcell"
            className={cn('flex min-w-0 items-center', LAYOUT[cell.column.id]?.right && 'justify-end')}
          >
            {act !== undefined && cell.column.id === 'status' ? DOING[act] : <Cell cell={cell} />}
          </span>
        ))}
      </div>
    );
  },
  (a, b) =>
    a.row.original === b.row.original &&
    a.shape === b.shape &&
    a.index === b.index &&
    a.top === b.top &&
    a.isSelected === b.isSelected &&
    a.isCursor === b.isCursor &&
    a.act === b.act,
);
