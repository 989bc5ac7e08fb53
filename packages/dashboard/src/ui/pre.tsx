import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

/** Text as it is, which scrolls when it is too wide or too high: also by key, so it can have the focus. */
export const Pre = ({ className, children, ...rest }: ComponentProps<'pre'>) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
  <pre tabIndex={0} className={cn('overflow-auto', className)} {...rest}>
    {children}
  </pre>
);
