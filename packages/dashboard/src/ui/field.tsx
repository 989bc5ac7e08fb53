import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

const field =
  'w-full rounded-md border border-line bg-surface px-2.5 text-ink text-sm transition-colors duration-100 hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 disabled:opacity-50 dark:bg-inset';

export const Input = ({ className, ...rest }: ComponentProps<'input'>) => (
  <input className={cn(field, 'h-8', className)} {...rest} />
);
export const Textarea = ({ className, ...rest }: ComponentProps<'textarea'>) => (
  <textarea className={cn(field, 'py-2', className)} {...rest} />
);
export const Select = ({ className, ...rest }: ComponentProps<'select'>) => (
  <select className={cn(field, 'h-8 pr-7', className)} {...rest} />
);

/** A label above what it names. */
export const Label = ({ className, children, ...rest }: ComponentProps<'label'>) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: who uses it says which control by `htmlFor`
  <label className={cn('mb-1 block text-ink-2 text-xs', className)} {...rest}>
    {children}
  </label>
);
