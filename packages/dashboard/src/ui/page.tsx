import type { ReactNode } from 'react';

/** The bar above a page: its name, what stands beside it, and what can be done. */
export const PageHeader = ({
  title,
  beside,
  actions,
}: {
  title: ReactNode;
  beside?: ReactNode;
  actions?: ReactNode;
}) => (
  <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 md:px-6">
    <h1 className="min-w-0 truncate font-semibold text-base">{title}</h1>
    {beside}
    {actions !== undefined && <div className="ml-auto flex items-center gap-2">{actions}</div>}
  </header>
);
