import { Brain, ChevronRight } from 'lucide-react';
import { Markdown } from '../../../code/markdown.tsx';
import { duration } from '../../../format/time.ts';
import type { ThinkingRow } from '../../../transcript/rows.ts';
import { cn } from '../../../ui/cn.ts';
import { useOpened } from '../opened.ts';

/** What the agent thought, folded. While it thinks, the last of it is in sight. */
export function ThinkingLine({ row }: { row: ThinkingRow }) {
  const [open, toggle] = useOpened(row.key);
  const last = row.growing === true ? row.text.trim().split('\n').at(-1) : undefined;
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        className="group -mx-2 flex w-[calc(100%+1rem)] min-w-0 items-center gap-2 rounded-md px-2 py-1 text-left text-ink-3 text-sm transition-colors duration-100 hover:bg-hover"
      >
        <Brain aria-hidden className={cn('size-4 shrink-0', row.growing && 'animate-pulse-soft')} />
        <span className="shrink-0">{row.growing === true ? 'Thinking' : 'Thought'}</span>
        <span className="min-w-0 truncate italic">{last}</span>
        <span className="tnum ml-auto flex items-center gap-1.5 text-2xs">
          {row.durationMs !== null && row.durationMs >= 1_000 && duration(row.durationMs)}
          <ChevronRight
            aria-hidden
            className={cn(
              'size-3.5 transition-transform duration-100',
              open ? 'rotate-90' : 'opacity-40 group-hover:opacity-100',
            )}
          />
        </span>
      </button>
      {open && (
        <div className="my-1 ml-2 border-line-strong border-l pl-4 text-ink-2">
          <Markdown text={row.text} growing={row.growing === true} className="text-sm" />
        </div>
      )}
    </div>
  );
}
