import { Link } from '@tanstack/react-router';
import { List, X } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { wordOf } from './groups.tsx';
import { FILTERS, type FilterName, type UsageSearch } from './search.ts';

const NAMES: Record<FilterName, string> = {
  pattern: 'Pattern',
  model: 'Model',
  user: 'User',
  tag: 'Tag',
  session: 'Session',
};

/** What is looked at alone, each with a way back. */
export function Filters({ search }: { search: UsageSearch }) {
  const set = FILTERS.filter((name) => search[name] !== undefined);
  if (set.length === 0) return null;
  const { pattern, user, tag } = search;
  const listed = { ...(pattern && { pattern: pattern as 'hybrid' }), ...(user && { user }), ...(tag && { tags: tag }) };
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b px-4 py-2 md:px-6">
      <span className="text-ink-3 text-xs">Only</span>
      {set.map((name) => {
        const { [name]: value, ...rest } = search;
        return (
          <span key={name} className="inline-flex h-7 items-center gap-1 rounded-md border bg-accent-soft pl-2 text-xs">
            <span className="text-ink-2">{NAMES[name]}</span>
            <span className="max-w-60 truncate font-medium">{wordOf(name, value ?? null)}</span>
            <Link
              to="/usage"
              search={rest}
              aria-label={`Not only ${NAMES[name].toLowerCase()} ${value}`}
              className="p-1.5 text-ink-3 hover:text-ink"
            >
              <X className="size-3" />
            </Link>
          </span>
        );
      })}
      {Object.keys(listed).length > 0 && (
        <Button look="ghost" size="sm" asChild>
          <Link to="/sessions" search={listed}>
            <List /> In the list of sessions
          </Link>
        </Button>
      )}
    </div>
  );
}
