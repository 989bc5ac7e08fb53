import type { Shown, Tone } from '../format/status.ts';
import { cn } from './cn.ts';

const INK: Record<Tone, string> = {
  quiet: 'text-ink-3',
  accent: 'text-accent',
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
};
export const toneInk = (tone: Tone): string => INK[tone];

export function StatusIcon({ shown, className }: { shown: Shown; className?: string }) {
  const { icon: Icon } = shown;
  return (
    <Icon
      aria-hidden
      className={cn('size-4 shrink-0', INK[shown.tone], shown.moves && 'motion-safe:animate-spin-slow', className)}
    />
  );
}

/** Icon, word and colour together. */
export function Status({ shown, className, title }: { shown: Shown; className?: string; title?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-sm', className)} title={title}>
      <StatusIcon shown={shown} />
      <span className={shown.tone === 'quiet' ? 'text-ink-2' : INK[shown.tone]}>{shown.word}</span>
    </span>
  );
}
