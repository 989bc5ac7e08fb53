import { ChevronDown, type LucideIcon } from 'lucide-react';
import { cn } from '../../ui/cn.ts';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';

export const filterButton = (isSet: boolean) =>
  cn(
    'inline-flex h-7 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-md border px-2 text-xs transition-colors duration-100 hover:bg-hover',
    isSet ? 'bg-accent-soft' : 'text-ink-2',
  );

/** One of a few values, or any. */
export function FilterChoice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string | undefined;
  options: { value: string; word: string; icon?: LucideIcon }[];
  onChange: (value: string | undefined) => void;
}) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={filterButton(chosen !== undefined)}>
          <span className={chosen === undefined ? '' : 'text-ink-2'}>{label}</span>
          {chosen !== undefined && <span className="font-medium">{chosen.word}</span>}
          <ChevronDown className="size-3 text-ink-3" aria-hidden />
        </button>
      }
    >
      {options.map((option) => (
        <MenuItem
          key={option.value}
          {...(option.icon === undefined ? {} : { icon: option.icon })}
          checked={option.value === value}
          onSelect={() => onChange(option.value === value ? undefined : option.value)}
        >
          {option.word}
        </MenuItem>
      ))}
      {chosen !== undefined && (
        <>
          <MenuSeparator />
          <MenuItem onSelect={() => onChange(undefined)}>Any</MenuItem>
        </>
      )}
    </Menu>
  );
}
