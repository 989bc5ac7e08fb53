import { type ReactNode, useId } from 'react';
import { cn } from './cn.ts';
import { Label } from './field.tsx';

interface Control {
  id: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
}

/** A control with its label, what there is to know of it, and what is wrong with it. */
export function Labelled({
  label,
  hint,
  wrong,
  className,
  children,
}: {
  label: string;
  hint?: ReactNode;
  wrong?: string | undefined;
  className?: string;
  children: (control: Control) => ReactNode;
}) {
  const id = useId();
  const told = wrong !== undefined || hint !== undefined;
  return (
    <div className={cn('min-w-0', className)} data-wrong={wrong === undefined ? undefined : ''}>
      <Label htmlFor={id}>{label}</Label>
      {children({ id, 'aria-invalid': wrong !== undefined, 'aria-describedby': told ? `${id}-told` : undefined })}
      {told && (
        <p id={`${id}-told`} className={cn('mt-1 text-xs', wrong === undefined ? 'text-ink-3' : 'text-bad')}>
          {wrong ?? hint}
        </p>
      )}
    </div>
  );
}
