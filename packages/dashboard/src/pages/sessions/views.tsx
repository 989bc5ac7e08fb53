import { useNavigate } from '@tanstack/react-router';
import { Bookmark, BookmarkPlus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useKept } from '../../app/kept.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input, Label } from '../../ui/field.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import { filterWords, isFiltered, readFilter, type SessionFilter } from './filter.ts';

interface View {
  name: string;
  filter: SessionFilter;
}

const BUILT_IN: View[] = [
  { name: 'All', filter: {} },
  { name: 'Running', filter: { status: 'active' } },
  { name: 'Failed', filter: { status: 'error' } },
  { name: 'Waiting for money', filter: { paused: true } },
];

/** What a browser kept, as far as it can still be understood. */
function readViews(text: string): View[] {
  try {
    const kept = JSON.parse(text) as { name?: unknown; filter?: Record<string, unknown> }[];
    return kept.flatMap(({ name, filter }) =>
      typeof name === 'string' ? [{ name, filter: readFilter(filter ?? {}) }] : [],
    );
  } catch {
    return [];
  }
}

/** Filters under a name, kept by this browser; each is an address that can be sent to others. */
export function Views({ filter }: { filter: SessionFilter }) {
  const navigate = useNavigate();
  const [text, setText] = useKept('views', '[]');
  const [name, setName] = useState<string | null>(null);
  const id = useId();
  const views = readViews(text);
  const go = (to: SessionFilter) => void navigate({ to: '/sessions', search: to });
  const same = (other: SessionFilter) => JSON.stringify(readFilter({ ...other })) === JSON.stringify(filter);
  const current = [...BUILT_IN.slice(1), ...views].find((view) => same(view.filter));
  const save = () => {
    const called = (name ?? '').trim();
    if (called === '') return;
    setText(JSON.stringify([...views.filter((view) => view.name !== called), { name: called, filter }]));
    setName(null);
    toast({ title: `Saved as “${called}”` });
  };
  const remove = (view: View) => {
    setText(JSON.stringify(views.filter((other) => other.name !== view.name)));
    toast({ title: `“${view.name}” is no longer kept`, undo: () => setText(text) });
  };
  return (
    <>
      <Menu
        trigger={
          <Button look="ghost" aria-label={current === undefined ? 'Views' : `Views: ${current.name}`}>
            <Bookmark /> <span className="max-w-32 truncate max-sm:sr-only">{current?.name ?? 'Views'}</span>
          </Button>
        }
      >
        {BUILT_IN.map((view) => (
          <MenuItem key={view.name} checked={same(view.filter)} onSelect={() => go(view.filter)}>
            {view.name}
          </MenuItem>
        ))}
        {views.length > 0 && (
          <>
            <MenuSeparator />
            <MenuLabel>Saved in this browser</MenuLabel>
          </>
        )}
        {views.map((view) => (
          <MenuItem key={view.name} checked={same(view.filter)} onSelect={() => go(view.filter)}>
            {view.name}
          </MenuItem>
        ))}
        <MenuSeparator />
        {current !== undefined && views.includes(current) ? (
          <MenuItem icon={X} onSelect={() => remove(current)}>
            Forget “{current.name}”
          </MenuItem>
        ) : (
          <MenuItem icon={BookmarkPlus} disabled={!isFiltered(filter)} onSelect={() => setName(filterWords(filter))}>
            Save this filter…
          </MenuItem>
        )}
      </Menu>
      <Dialog
        open={name !== null}
        onOpenChange={(open) => !open && setName(null)}
        title="Save this filter"
        description="It is kept in this browser. Its address can be sent to others as it is."
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <Label htmlFor={id}>Name</Label>
          <Input
            id={id}
            autoFocus
            value={name ?? ''}
            onChange={(event) => setName(event.target.value)}
            maxLength={60}
          />
          <div className="mt-4 flex justify-end gap-2">
            <Button onClick={() => setName(null)}>Cancel</Button>
            <Button look="primary" type="submit" disabled={(name ?? '').trim() === ''}>
              Save
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
