import { Plus, X } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { cn } from './cn.ts';

/** Several short texts: written one after the other, or taken from what is suggested. */
export function ChipsInput({
  values,
  onChange,
  suggestions = [],
  placeholder,
  mono = false,
  ...control
}: Omit<ComponentProps<'input'>, 'value' | 'onChange'> & {
  values: string[];
  onChange: (values: string[]) => void;
  suggestions?: string[];
  /** For names that a program reads. */
  mono?: boolean;
}) {
  const [text, setText] = useState('');
  const add = (raw: string) => {
    const value = raw.trim();
    setText('');
    if (value !== '' && !values.includes(value)) onChange([...values, value]);
  };
  const left = suggestions.filter((one) => !values.includes(one));
  return (
    <div>
      <div className="flex min-h-8 flex-wrap items-center gap-1 rounded-md border border-line bg-surface px-1.5 py-1 focus-within:border-accent focus-within:outline-1 focus-within:outline-accent hover:border-line-strong has-aria-invalid:border-bad dark:bg-inset">
        {values.map((value) => (
          <span
            key={value}
            className={cn(
              'inline-flex h-5.5 max-w-full items-center rounded bg-hover pl-1.5 text-xs',
              mono && 'font-mono',
            )}
          >
            <span className="truncate">{value}</span>
            <button
              type="button"
              aria-label={`Remove ${value}`}
              onClick={() => onChange(values.filter((one) => one !== value))}
              className="p-1 text-ink-3 hover:text-ink"
            >
              <X className="size-3" />
            </button>
          </span>
        ))}
        <input
          {...control}
          value={text}
          placeholder={values.length === 0 ? placeholder : undefined}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => add(text)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
              event.preventDefault();
              add(text);
            } else if (event.key === 'Backspace' && text === '') onChange(values.slice(0, -1));
          }}
          className={cn('h-5.5 min-w-24 flex-1 bg-transparent px-1 text-sm outline-none', mono && 'font-mono text-xs')}
        />
      </div>
      {left.length > 0 && (
        <div className="mt-1.5 flex flex-wrap gap-1">
          {left.map((value) => (
            <button
              key={value}
              type="button"
              onClick={() => onChange([...values, value])}
              className={cn(
                'inline-flex h-6 items-center gap-1 rounded border border-dashed px-1.5 text-ink-2 text-xs hover:border-line-strong hover:bg-hover hover:text-ink',
                mono && 'font-mono',
              )}
            >
              <Plus className="size-3 text-ink-3" aria-hidden />
              {value}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
