import { Check, type LucideIcon } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';
import { Keys } from './keys.tsx';

/** A menu below its trigger, which must take a ref. */
export function Menu({
  trigger,
  align = 'end',
  children,
}: {
  trigger: ReactNode;
  align?: 'start' | 'end';
  children: ReactNode;
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[60vh] min-w-44 max-w-80 animate-in overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-pop"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  icon: Icon,
  keys,
  danger = false,
  checked,
  onSelect,
  disabled = false,
  children,
}: {
  icon?: LucideIcon;
  keys?: string;
  danger?: boolean;
  checked?: boolean;
  onSelect: () => void;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Item
      disabled={disabled}
      onSelect={onSelect}
      className={cn(
        'flex h-8 cursor-default select-none items-center gap-2 rounded-md px-2 text-sm outline-none data-disabled:opacity-45 data-highlighted:bg-hover',
        danger && 'text-bad data-highlighted:bg-bad-soft',
      )}
    >
      {Icon !== undefined && <Icon className={cn('size-4 shrink-0', !danger && 'text-ink-3')} aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked === true && <Check className="size-4 text-accent" aria-label="chosen" />}
      {keys !== undefined && <Keys keys={keys} />}
    </Radix.Item>
  );
}

export const MenuSeparator = () => <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-2xs text-ink-3">{children}</Radix.Label>
);
