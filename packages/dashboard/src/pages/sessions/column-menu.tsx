import { Columns3 } from 'lucide-react';
import { useMemo, useSyncExternalStore } from 'react';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLabel } from '../../ui/menu.tsx';
import { COLUMN_NAMES } from './columns.tsx';

const KEY = 'rigger.sessions.hidden';
const listeners = new Set<() => void>();
const read = (): string => localStorage.getItem(KEY) ?? '';
function toggle(id: string): void {
  const hidden = new Set(read().split(',').filter(Boolean));
  if (!hidden.delete(id)) hidden.add(id);
  localStorage.setItem(KEY, [...hidden].join());
  for (const listener of listeners) listener();
}

/** Columns that this reader does not want, as this browser keeps it. */
export function useHiddenColumns(): ReadonlySet<string> {
  const kept = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read);
  return useMemo(() => new Set(kept.split(',')), [kept]);
}

export function ColumnMenu() {
  const hidden = useHiddenColumns();
  return (
    <Menu
      trigger={
        <Button look="ghost" size="icon" aria-label="Columns">
          <Columns3 />
        </Button>
      }
    >
      <MenuLabel>Columns, where there is room</MenuLabel>
      {COLUMN_NAMES.map(([id, name]) => (
        <MenuItem key={id} checked={!hidden.has(id)} onSelect={() => toggle(id)}>
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}
