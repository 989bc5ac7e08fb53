import { printedKeys } from '../app/commands.ts';
import { cn } from './cn.ts';

/** A shortcut as it is printed on the keys. On a button of the accent's colour it has the button's, and is no part of its name. */
export function Keys({ keys, on, className = '' }: { keys: string; on?: 'accent'; className?: string }) {
  return (
    <span className={cn('inline-flex gap-0.5', className)} aria-hidden={on === 'accent' ? true : undefined}>
      {printedKeys(keys).map((key) => (
        <kbd
          key={key}
          className={cn(
            'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded border px-1 font-sans text-2xs leading-none',
            on === 'accent' ? 'border-current text-current' : 'border-line bg-inset text-ink-3',
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
