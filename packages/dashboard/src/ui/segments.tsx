import { cn } from './cn.ts';

/** One of a few, side by side. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T | undefined;
  options: (readonly [value: T, word: string])[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset aria-label={label} className="flex h-7 items-center rounded-md bg-inset p-0.5 dark:bg-hover">
      {options.map(([one, word]) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === value}
          onClick={() => onChange(one)}
          className={cn(
            'h-6 whitespace-nowrap rounded px-2 text-xs transition-colors duration-100',
            one === value
              ? 'bg-surface font-medium text-ink shadow-sm dark:bg-line-strong'
              : 'text-ink-2 hover:text-ink',
          )}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
}
