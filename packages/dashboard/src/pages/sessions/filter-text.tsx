import { Command } from 'cmdk';
import { Check, ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { filterButton } from './filter-choice.tsx';

const item =
  'flex h-8 cursor-default select-none items-center gap-2 rounded-md px-2 text-sm data-[selected=true]:bg-hover';

/** One or several of any number of values: suggested, or typed. */
export function FilterText({
  label,
  values,
  suggestions,
  many = false,
  onChange,
}: {
  label: string;
  values: string[];
  suggestions: string[];
  /** Whether several can be asked for, all of which must hold. */
  many?: boolean;
  onChange: (values: string[]) => void;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const typed = text.trim();
  const offered = [...new Set([...values, ...suggestions])];
  const take = (value: string) => {
    const next = values.includes(value) ? values.filter((one) => one !== value) : many ? [...values, value] : [value];
    onChange(next);
    setText('');
    if (!many) setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className={filterButton(values.length > 0)}>
          <span className={values.length === 0 ? '' : 'text-ink-2'}>{label}</span>
          {values.length > 0 && <span className="max-w-48 truncate font-medium">{values.join(' + ')}</span>}
          <ChevronDown className="size-3 text-ink-3" aria-hidden />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="z-50 w-64 animate-in rounded-lg border bg-raised shadow-pop"
        >
          <Command label={label} loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder={`${label}${offered.length > 0 ? ', or any other' : ''}`}
              className="h-9 w-full border-b bg-transparent px-3 text-sm outline-none"
            />
            <Command.List className="max-h-64 overflow-y-auto p-1">
              {offered.map((value) => (
                <Command.Item key={value} value={value} onSelect={() => take(value)} className={item}>
                  <span className="min-w-0 flex-1 truncate">{value}</span>
                  {values.includes(value) && <Check className="size-4 text-accent" aria-label="chosen" />}
                </Command.Item>
              ))}
              {typed !== '' && !offered.includes(typed) && (
                <Command.Item value={typed} onSelect={() => take(typed)} className={item}>
                  <span className="min-w-0 flex-1 truncate">“{typed}”</span>
                </Command.Item>
              )}
              {typed === '' && offered.length === 0 && (
                <p className="px-2 py-1.5 text-ink-3 text-xs">Type one, and press Enter.</p>
              )}
              {values.length > 0 && (
                <Command.Item
                  value={`any ${label}`}
                  onSelect={() => {
                    onChange([]);
                    setOpen(false);
                  }}
                  className={`${item} mt-1 border-t text-ink-2`}
                >
                  Any
                </Command.Item>
              )}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
