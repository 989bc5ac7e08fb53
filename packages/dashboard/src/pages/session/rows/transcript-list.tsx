import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Row } from '../../../transcript/rows.ts';
import { Button } from '../../../ui/button.tsx';
import { cn } from '../../../ui/cn.ts';
import { RowView } from './row.tsx';

/** Near enough to the end to be there. */
const AT_END_PX = 60;
const CHARACTERS_PER_LINE = 90;

/** A first guess at a row's height: it is measured once it is drawn. */
function guess(row: Row | undefined): number {
  switch (row?.kind) {
    case 'text':
      return 28 + 22 * Math.ceil(row.text.length / CHARACTERS_PER_LINE);
    case 'prompt':
      return 120;
    case 'turn-end':
      return 56;
    case 'permission':
      return row.answer === null ? 190 : 32;
    default:
      return 34;
  }
}

/** The room before a row: tool calls stand close together, what is said stands apart. */
const GAP: Record<Row['kind'], string> = {
  prompt: 'pt-6',
  text: 'pt-3',
  thinking: 'pt-1',
  tool: 'pt-1',
  'turn-end': 'pt-5',
  notice: 'pt-1',
  permission: 'pt-3',
};

const SAID = new Set<Row['kind']>(['text', 'thinking', 'tool']);
/** Whether it is worth saying whose a row is. */
const speaks = (row: Row, before: Row | undefined): boolean =>
  SAID.has(row.kind) && !(before !== undefined && SAID.has(before.kind) && before.agent === row.agent);

/**
 * The rows, of which only those in sight are drawn. It follows what is new while the reader is at the end, and holds still while
 * they are not.
 */
export function TranscriptList({
  rows,
  selected,
  label,
  speakers = false,
  className,
}: {
  rows: Row[];
  /** The event that is pointed at. */
  selected?: number;
  label: string;
  /** Whether each row says whose it is, where another's came before. */
  speakers?: boolean;
  className?: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (n) => guess(rows[n]),
    getItemKey: (n) => rows[n]!.key,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    overscan: 6,
    paddingStart: 8,
    paddingEnd: 32,
  });
  const filled = rows.length > 0;
  useLayoutEffect(() => {
    if (filled) virtual.scrollToEnd();
  }, [filled, virtual]);

  const at = selected === undefined ? -1 : rows.findLastIndex((row) => row.seq !== 0 && row.seq <= selected);
  const pointed = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (at < 0 || pointed.current === selected) return;
    pointed.current = selected;
    virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, selected, virtual]);

  const [away, setAway] = useState<string | null>(null);
  const follow = () => {
    const last = rows.at(-1)?.key ?? null;
    setAway((before) => (virtual.isAtEnd(AT_END_PX) ? null : (before ?? last)));
  };
  const below = away === null ? 0 : rows.length - 1 - rows.findLastIndex((row) => row.key === away);

  return (
    <div className={cn('relative min-h-0 min-w-0 flex-1', className)}>
      <section
        ref={scroller}
        onScroll={follow}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
        tabIndex={0}
        aria-label={label}
        data-transcript
        className="h-full overflow-y-auto overflow-x-hidden outline-none [overflow-anchor:none]"
      >
        <div className="relative mx-auto w-full max-w-3xl px-4 md:px-10" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]!;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                data-kind={row.kind}
                className={cn('absolute inset-x-4 top-0 md:inset-x-10', GAP[row.kind])}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {item.index === at && (
                  <span aria-hidden className="absolute top-1 bottom-0 -left-3 w-0.5 rounded bg-accent" />
                )}
                {speakers && speaks(row, rows[item.index - 1]) && (
                  <p className="mb-0.5 font-medium text-ink-3 text-xs">{row.agent}</p>
                )}
                <Drawn row={row} />
              </div>
            );
          })}
        </div>
      </section>
      {away !== null && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            size="sm"
            onClick={() => virtual.scrollToEnd()}
            className="pointer-events-auto animate-in rounded-full bg-raised px-3 shadow-pop"
          >
            <ArrowDown />
            {below > 0 ? `${below} new below` : 'To the end'}
          </Button>
        </div>
      )}
    </div>
  );
}

const Drawn = memo(({ row }: { row: Row }) => <RowView row={row} />);
