import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

const button = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors duration-100 disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-accent text-accent-ink hover:brightness-110',
        plain: 'border border-line bg-surface text-ink hover:bg-hover dark:bg-raised dark:hover:bg-hover',
        ghost: 'text-ink-2 hover:bg-hover hover:text-ink',
        danger: 'bg-bad text-accent-ink hover:brightness-110',
        dangerGhost: 'text-bad hover:bg-bad-soft',
      },
      size: {
        sm: 'h-7 px-2 text-xs',
        md: 'h-8 px-3 text-sm',
        icon: 'size-8',
        iconSm: 'size-7',
      },
    },
    defaultVariants: { look: 'plain', size: 'md' },
  },
);

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof button> {
  /** Draws its child, a link perhaps, as a button. */
  asChild?: boolean;
}

export function Button({ look, size, asChild = false, className, ...rest }: ButtonProps) {
  const Part = asChild ? Slot.Root : 'button';
  return <Part {...(asChild ? {} : { type: 'button' })} className={cn(button({ look, size }), className)} {...rest} />;
}
