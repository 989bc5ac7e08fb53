import { Link } from '@tanstack/react-router';
import { PATTERN_WORDS, sessionStatus, sessionTitle } from '../../format/status.ts';
import { cn } from '../../ui/cn.ts';
import { Status } from '../../ui/status.tsx';
import { Ago } from '../../ui/values.tsx';
import { usePending } from './bulk.ts';
import { Cost, Tags } from './columns.tsx';
import type { ListProps } from './session-table.tsx';

/** The list of a narrow screen. */
export function SessionCards({ rows, items, height, total, selection }: ListProps) {
  const pending = usePending();
  return (
    <ul aria-label="Sessions" className="relative" style={{ height }}>
      {items.map(({ index, key, start }) => {
        const session = rows[index]!;
        const act = pending.get(session.id);
        const isSelected = selection.ids.has(session.id);
        return (
          <li
            key={key}
            aria-setsize={total ?? -1}
            aria-posinset={index + 1}
            className={cn(
              'absolute inset-x-0 flex h-[92px] border-b',
              isSelected && 'bg-accent-soft',
              act !== undefined && 'opacity-60',
            )}
            style={{ transform: `translateY(${start}px)` }}
          >
            <label className="flex w-11 shrink-0 items-start justify-center pt-3.5">
              <input
                type="checkbox"
                aria-label={`Select ${sessionTitle(session)}`}
                checked={isSelected}
                onChange={() => selection.toggle(session.id)}
                className="size-4 accent-accent"
              />
            </label>
            <Link
              to="/sessions/$id"
              params={{ id: session.id }}
              className="grid min-w-0 flex-1 content-center gap-1 py-2 pr-4 focus-visible:-outline-offset-2"
            >
              <span className="truncate font-medium text-sm">{sessionTitle(session)}</span>
              <span className="flex items-center gap-3">
                <Status shown={sessionStatus(session)} className="text-xs" />
                <span className="min-w-0 truncate text-ink-3 text-xs">{PATTERN_WORDS[session.pattern]}</span>
                <span className="ml-auto text-sm">
                  <Cost session={session} />
                </span>
              </span>
              <span className="flex items-center gap-3">
                {session.tags.length > 0 && <Tags tags={session.tags} className="min-w-0" />}
                {session.userId !== null && (
                  <span className="min-w-0 truncate text-ink-3 text-xs">{session.userId}</span>
                )}
                <Ago at={session.lastActivityAt} className="ml-auto text-ink-3 text-xs" />
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
