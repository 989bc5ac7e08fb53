import { ChevronRight } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';

/** What is needed now and then: folded, and says what is set in it. */
export function Disclosure({
  title,
  summary,
  isWrong,
  children,
}: {
  title: string;
  /** What is set, in a few words; empty: nothing. */
  summary: string;
  /** What is wrong in it must be seen. */
  isWrong: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (isWrong) setOpen(true);
  }, [isWrong]);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="group border-t">
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 text-sm [&::-webkit-details-marker]:hidden">
        <ChevronRight
          className="size-4 shrink-0 text-ink-3 transition-transform duration-100 group-open:rotate-90"
          aria-hidden
        />
        <span className="shrink-0 font-medium">{title}</span>
        <span className="min-w-0 truncate text-ink-3 text-xs">{summary}</span>
      </summary>
      <div className="pt-1 pb-5 sm:pl-6">{children}</div>
    </details>
  );
}
