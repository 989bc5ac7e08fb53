import type { ReactNode } from 'react';
import { cn } from './cn.ts';

const WARNS_AT = 0.8;

/** A thin bar of how much of a limit is used. It warns from 80 %. */
export function Meter({
  label,
  share,
  value,
  title,
}: {
  label: string;
  /** Used, of 1; null where there is no limit. */
  share: number | null;
  /** What stands beside the label: `$0.34 of $1`. */
  value: ReactNode;
  title?: string;
}) {
  const used = share === null ? 0 : Math.min(1, Math.max(0, share));
  const tone = used >= 1 ? 'bg-bad' : used >= WARNS_AT ? 'bg-warn' : 'bg-accent';
  return (
    <div title={title}>
      <div className="flex items-baseline justify-between gap-3 text-xs">
        <span className="text-ink-3">{label}</span>
        <span className={cn('tnum text-ink-2', used >= 1 ? 'text-bad' : used >= WARNS_AT && 'text-warn')}>{value}</span>
      </div>
      {share !== null && (
        // biome-ignore lint/a11y/useSemanticElements: browsers draw a <meter> each in their own way
        <div
          role="meter"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(used * 100)}
          className="mt-1.5 h-1 overflow-hidden rounded-full bg-hover"
        >
          <div className={cn('h-full rounded-full', tone)} style={{ width: `${used * 100}%` }} />
        </div>
      )}
    </div>
  );
}
