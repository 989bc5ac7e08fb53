import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { cn } from './cn.ts';

const overlay = 'fixed inset-0 z-40 animate-in bg-black/30 dark:bg-black/55';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Said to those who cannot see the rest, or shown below the title. */
  description?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A dialog in the middle of the screen; on a phone at its lower edge. */
export function Dialog({ open, onOpenChange, title, description, children, className }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={cn(
            'fixed inset-x-2 bottom-2 z-50 outline-none mx-auto flex max-h-[85dvh] max-w-lg animate-in flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-pop sm:top-[18vh] sm:bottom-auto sm:max-h-[70vh]',
            className,
          )}
        >
          <div className="px-5 pt-4 pb-1">
            <Radix.Title className="font-semibold text-base">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description className="mt-1 text-ink-2 text-sm">{description}</Radix.Description>
            )}
          </div>
          <div className="min-h-0 overflow-y-auto px-5 pt-2 pb-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What comes in from the side on a narrow screen. */
export function Sheet({
  open,
  onOpenChange,
  title,
  side = 'right',
  children,
  className,
}: Props & { side?: 'left' | 'right' }) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Radix.Content
          aria-describedby={undefined}
          className={cn(
            'fixed inset-y-0 z-50 flex outline-none w-[min(26rem,92vw)] animate-in flex-col border-line bg-surface shadow-pop',
            side === 'right' ? 'right-0 border-l' : 'left-0 border-r',
            className,
          )}
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
          <Radix.Close asChild>
            <Button look="ghost" size="icon" aria-label="Close" className="absolute top-2 right-2">
              <X />
            </Button>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
