import { PATTERNS } from '../../format/patterns.ts';
import { cn } from '../../ui/cn.ts';
import { useForm } from './form-context.ts';

/** The four patterns, with when each is the one to take. */
export function PatternCards() {
  const { draft, change } = useForm();
  return (
    <fieldset>
      <legend className="sr-only">Pattern</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {PATTERNS.map(({ pattern, icon: Icon, name, when, after, examples }) => (
          <label
            key={pattern}
            className={cn(
              'flex cursor-pointer gap-3 rounded-lg border p-3 transition-colors duration-100 hover:border-line-strong has-focus-visible:outline-2 has-focus-visible:outline-accent',
              draft.pattern === pattern && 'border-accent bg-accent-soft hover:border-accent',
            )}
          >
            <input
              type="radio"
              name="pattern"
              value={pattern}
              checked={draft.pattern === pattern}
              onChange={() => change({ pattern })}
              className="sr-only"
            />
            <Icon
              className={cn('mt-0.5 size-4 shrink-0', draft.pattern === pattern ? 'text-accent' : 'text-ink-3')}
              aria-hidden
            />
            <span className="min-w-0">
              <span className="block font-medium text-sm">{name}</span>
              <span className="mt-0.5 block text-sm">{when}</span>
              <span className="mt-1 block text-ink-2 text-xs">{after}</span>
              <span className={cn('mt-1 block text-xs', draft.pattern === pattern ? 'text-ink-2' : 'text-ink-3')}>
                Such as {examples}.
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
