import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { statsQuery } from '../../api/queries.ts';
import { useCommands } from '../../app/commands.ts';
import { PATTERN_WORDS, sessionStatus } from '../../format/status.ts';
import { Button } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { isFiltered, PATTERN_NAMES, type SessionFilter, STATUS_NAMES, tagsOf } from './filter.ts';
import { FilterChoice } from './filter-choice.tsx';
import { FilterText } from './filter-text.tsx';

const TYPED_MS = 250;

/** Everything by which the list can be narrowed. It is all in the address. */
export function FilterBar({ filter }: { filter: SessionFilter }) {
  const navigate = useNavigate();
  const { data: stats } = useQuery({ ...statsQuery({}, 30_000) });
  const set = (change: { [K in keyof SessionFilter]: SessionFilter[K] | undefined }) => {
    const next = { ...filter, ...change };
    const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as SessionFilter;
    void navigate({ to: '/sessions', search: kept });
  };
  const tags = tagsOf(filter);
  return (
    <div className="flex shrink-0 items-center gap-2 border-b px-4 py-2 max-md:flex-wrap md:px-6">
      <SearchBox filter={filter} />
      <div className="flex min-w-0 items-center gap-1.5 overflow-x-auto py-0.5 max-md:w-full">
        <FilterChoice
          label="Status"
          value={filter.status}
          options={STATUS_NAMES.map((status) => {
            const { word, icon } = sessionStatus({ status, paused: false, pendingPermissions: 0 });
            return { value: status, word, icon };
          })}
          onChange={(status) => set({ status: STATUS_NAMES.find((name) => name === status) })}
        />
        <FilterChoice
          label="Pattern"
          value={filter.pattern}
          options={PATTERN_NAMES.map((pattern) => ({ value: pattern, word: PATTERN_WORDS[pattern] }))}
          onChange={(pattern) => set({ pattern: PATTERN_NAMES.find((name) => name === pattern) })}
        />
        <FilterText
          label="User"
          values={filter.user === undefined ? [] : [filter.user]}
          suggestions={Object.keys(stats?.byUser ?? {})}
          onChange={([user]) => set({ user })}
        />
        <FilterText
          label="Tag"
          many
          values={tags}
          suggestions={Object.keys(stats?.byTag ?? {})}
          onChange={(next) => set({ tags: next.length === 0 ? undefined : next.join(',') })}
        />
        <FilterText
          label="Conversation"
          values={filter.conversation === undefined ? [] : [filter.conversation]}
          suggestions={[]}
          onChange={([conversation]) => set({ conversation })}
        />
        {filter.runner !== undefined && (
          <Chip label="On runner" value={filter.runner} onRemove={() => set({ runner: undefined })} />
        )}
        {filter.paused && <Chip label="Waiting for" value="money" onRemove={() => set({ paused: undefined })} />}
        {isFiltered(filter) && (
          <Button look="ghost" size="sm" onClick={() => void navigate({ to: '/sessions', search: {} })}>
            Clear
          </Button>
        )}
      </div>
    </div>
  );
}

const Chip = ({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) => (
  <span className="inline-flex h-7 shrink-0 items-center gap-1 rounded-md border bg-accent-soft pl-2 text-xs">
    <span className="text-ink-2">{label}</span> <span className="max-w-40 truncate font-medium">{value}</span>
    <button
      type="button"
      aria-label={`Not ${label.toLowerCase()} ${value}`}
      onClick={onRemove}
      className="p-1.5 text-ink-3 hover:text-ink"
    >
      <X className="size-3" />
    </button>
  </span>
);

/** Words are searched for once they are written, not at every letter. */
function SearchBox({ filter }: { filter: SessionFilter }) {
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(filter.q ?? '');
  const sent = useRef(filter.q ?? '');
  useCommands([
    {
      id: 'search sessions',
      title: 'Search sessions',
      group: 'List',
      keys: '/',
      icon: Search,
      run: () => box.current?.focus(),
    },
  ]);
  // What comes from elsewhere, as by the way back, is shown; what is being written is not overwritten.
  useEffect(() => {
    if ((filter.q ?? '') === sent.current) return;
    sent.current = filter.q ?? '';
    setText(filter.q ?? '');
  }, [filter.q]);
  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      const q = text.trim();
      sent.current = q;
      void navigate({
        to: '/sessions',
        search: ({ q: _, ...rest }) => ({ ...(rest as SessionFilter), ...(q === '' ? {} : { q }) }),
        replace: true,
      });
    }, TYPED_MS);
    return () => clearTimeout(timer);
  }, [text, navigate]);
  return (
    <search className="relative w-full shrink-0 md:w-72">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-3" aria-hidden />
      <input
        ref={box}
        type="search"
        aria-label="Search in description, id, tags and user"
        placeholder="Description, id, tag, user"
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (text === '') box.current?.blur();
          else setText('');
        }}
        className="h-8 w-full rounded-md border border-line bg-surface pr-8 pl-8 text-sm hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 dark:bg-inset [&::-webkit-search-cancel-button]:hidden"
      />
      {text === '' ? (
        <Keys keys="/" className="pointer-events-none absolute top-1.5 right-2 max-md:hidden" />
      ) : (
        <button
          type="button"
          aria-label="Search for nothing"
          onClick={() => setText('')}
          className="absolute top-1 right-1 p-1 text-ink-3 hover:text-ink"
        >
          <X className="size-4" />
        </button>
      )}
    </search>
  );
}
