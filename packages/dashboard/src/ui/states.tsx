/** The states that every page has: nothing there, not there yet, and gone wrong. */
import { CircleAlert, type LucideIcon, RotateCw, WifiOff } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { tell } from '../api/client.ts';
import { Button } from './button.tsx';
import { cn } from './cn.ts';
import { CopyButton } from './copy.tsx';
import { Pre } from './pre.tsx';

/** Nothing there: what this is, one thing to do, and the request that does the same. */
export function Empty({
  icon: Icon,
  title,
  children,
  action,
  curl,
  className,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  curl?: string;
  className?: string;
}) {
  return (
    <div className={cn('mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center', className)}>
      <Icon className="mb-3 size-6 text-ink-3" aria-hidden />
      <h2 className="font-medium text-base">{title}</h2>
      {children !== undefined && <p className="mt-1 text-balance text-ink-2 text-sm">{children}</p>}
      {action !== undefined && <div className="mt-4 flex gap-2">{action}</div>}
      {curl !== undefined && (
        <div className="relative mt-5 w-full rounded-lg border border-line bg-inset text-left">
          <Pre className="p-3 pr-10 text-2xs text-ink-2 leading-5">{curl}</Pre>
          <CopyButton text={curl} label="Copy the command" className="absolute top-1.5 right-1.5 bg-inset" />
        </div>
      )}
    </div>
  );
}

/** What went wrong, its code, what to do about it, and the request's id, for whoever looks into the server's log. */
export function Failed({
  error,
  onRetry,
  className,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  className?: string;
  children?: ReactNode;
}) {
  const { title, detail, remedy, code, requestId, unreachable } = tell(error);
  const Icon = unreachable ? WifiOff : CircleAlert;
  return (
    <div role="alert" className={cn('mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center', className)}>
      <Icon className="mb-3 size-6 text-bad" aria-hidden />
      <h2 className="font-medium text-base">{title}</h2>
      {detail !== null && detail !== title && <p className="mt-1 text-ink-2 text-sm">{detail}</p>}
      {remedy !== null && <p className="mt-1 text-ink-2 text-sm">{remedy}</p>}
      <div className="mt-4 flex gap-2">
        {onRetry !== undefined && (
          <Button onClick={onRetry}>
            <RotateCw /> Try again
          </Button>
        )}
        {children}
      </div>
      {code !== null && (
        <p className="mt-4 font-mono text-2xs text-ink-3">
          {code}
          {requestId !== null && (
            <>
              {' · request '}
              <span className="select-all">{requestId}</span>
            </>
          )}
        </p>
      )}
    </div>
  );
}

/** A grey bar of the shape of what is to come. */
export const Skeleton = ({ className, style }: { className?: string; style?: CSSProperties }) => (
  <span aria-hidden className={cn('block h-4 animate-pulse-soft rounded bg-hover', className)} style={style} />
);
