import { type ReactNode, useId } from 'react';
import { cn } from './cn.ts';

/** What scrolls below a page's bar. */
export const PageBody = ({ children, className }: { children: ReactNode; className?: string }) => (
  <div className="min-h-0 flex-1 overflow-y-auto">
    <div className={cn('mx-auto w-full max-w-[110rem] p-4 md:p-6', className)}>{children}</div>
  </div>
);

/** A part of a page below a heading of its own. */
export function Section({
  title,
  beside,
  action,
  id,
  className,
  children,
}: {
  title: ReactNode;
  /** Quiet words beside the title. */
  beside?: ReactNode;
  action?: ReactNode;
  /** Where a link to it goes. */
  id?: string;
  className?: string;
  children: ReactNode;
}) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} id={id} className={cn('min-w-0 scroll-mt-4', className)}>
      <div className="mb-2 flex min-h-7 flex-wrap items-center gap-x-2 gap-y-1">
        <h2 id={heading} className="whitespace-nowrap font-medium text-sm">
          {title}
        </h2>
        {beside !== undefined && <span className="min-w-0 flex-1 truncate text-ink-3 text-xs">{beside}</span>}
        {action !== undefined && <div className="ml-auto flex items-center gap-2">{action}</div>}
      </div>
      {children}
    </section>
  );
}

/** Rows that belong together, in one frame. */
export const Panel = ({ children, className }: { children: ReactNode; className?: string }) => (
  <div className={cn('overflow-hidden rounded-lg border bg-surface', className)}>{children}</div>
);
