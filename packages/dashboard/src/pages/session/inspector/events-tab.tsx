import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { SessionLog } from '../../../api/log.ts';
import type { SessionEvent } from '../../../api/types.ts';
import { exactCount } from '../../../format/numbers.ts';
import { clockTime, exactTime } from '../../../format/time.ts';
import { Button } from '../../../ui/button.tsx';
import { cn } from '../../../ui/cn.ts';
import { CopyButton } from '../../../ui/copy.tsx';
import type { SessionSearch } from '../search.ts';
import { JsonView } from '../tools/bodies.tsx';

/** The kind of an event: its type, and what a message of the SDK is. */
const kindOf = ({ type, data }: SessionEvent): string =>
  type === 'sdk.message'
    ? ['sdk', data.type, data.type === 'system' ? data.subtype : ''].filter(Boolean).join(' ')
    : type;

/** The log as it is: nothing hidden, the newest last. */
export function EventsTab({ log, search, onOlder }: { log: SessionLog; search: SessionSearch; onOlder: () => void }) {
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const { events } = log;
  const kinds = useMemo(() => {
    const counts = new Map<string, number>();
    for (const event of events) counts.set(kindOf(event), (counts.get(kindOf(event)) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }, [events]);
  const shown = useMemo(
    () => (search.type === undefined ? events : events.filter((event) => kindOf(event) === search.type)),
    [events, search.type],
  );
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    getItemKey: (n) => shown[n]!.seq,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 40,
    overscan: 10,
  });
  const at = search.event === undefined ? -1 : shown.findIndex(({ seq }) => seq === search.event);
  const pointed = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (at < 0 || pointed.current === search.event) return;
    pointed.current = search.event;
    virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, search.event, virtual]);
  const set = (patch: Partial<SessionSearch>) =>
    void navigate({ to: '.', search: (before: SessionSearch) => ({ ...before, ...patch }), replace: true });
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center gap-2 border-b p-2">
        <select
          aria-label="Which events"
          value={search.type ?? ''}
          onChange={(event) =>
            set({ type: event.target.value === '' ? undefined : event.target.value } as SessionSearch)
          }
          className="h-7 min-w-0 flex-1 rounded-md border bg-surface px-1.5 text-xs dark:bg-inset"
        >
          <option value="">All events ({exactCount(events.length)})</option>
          {kinds.map(([kind, n]) => (
            <option key={kind} value={kind}>
              {kind} ({exactCount(n)})
            </option>
          ))}
        </select>
        {log.before > 0 && (
          <Button size="sm" disabled={log.older === 'loading'} onClick={onOlder}>
            {log.older === 'loading' ? 'Loading…' : `${exactCount(log.before)} older`}
          </Button>
        )}
      </div>
      <section
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
        tabIndex={0}
        aria-label="Events"
        className="min-h-0 flex-1 overflow-y-auto [overflow-anchor:none]"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const event = shown[item.index]!;
            const open = event.seq === search.event;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <button
                  type="button"
                  aria-expanded={open}
                  onClick={() => set({ event: open ? undefined : event.seq } as SessionSearch)}
                  title={exactTime(event.at)}
                  className={cn(
                    'flex h-7 w-full items-center gap-2.5 px-3 text-left text-xs hover:bg-hover',
                    open && 'bg-hover',
                  )}
                >
                  <span className="tnum w-9 shrink-0 text-right text-ink-3">{event.seq}</span>
                  <span className="min-w-0 flex-1 truncate font-mono">{kindOf(event)}</span>
                  <span className="truncate text-ink-3">{event.agent}</span>
                  <span className="tnum text-ink-3">{clockTime(event.at)}</span>
                </button>
                {open && (
                  <div className="relative border-y bg-inset">
                    <JsonView value={event} className="max-h-112" />
                    <CopyButton
                      text={() => JSON.stringify(event, null, 2)}
                      label="Copy the event"
                      className="absolute top-1 right-1"
                    />
                  </div>
                )}
              </div>
            );
          })}
        </div>
      </section>
    </div>
  );
}
