/** Values as they are shown everywhere: short, with the exact one on hover. */
import { useNow } from '../app/now.ts';
import { exactMoney, money } from '../format/money.ts';
import { count, exactCount } from '../format/numbers.ts';
import { exactTime, relative } from '../format/time.ts';
import { cn } from './cn.ts';

/** How long ago, kept right while it is shown. */
export function Ago({ at, className }: { at: string; className?: string }) {
  const now = useNow(5_000);
  return (
    <time dateTime={at} title={exactTime(at)} className={cn('tnum whitespace-nowrap', className)}>
      {relative(at, now)}
    </time>
  );
}

export const Money = ({ usd, className }: { usd: number; className?: string }) => (
  <span className={cn('tnum', className)} title={exactMoney(usd)}>
    {money(usd)}
  </span>
);

export const Tokens = ({ n, className }: { n: number; className?: string }) => (
  <span className={cn('tnum', className)} title={`${exactCount(n)} tokens`}>
    {count(n)}
  </span>
);
