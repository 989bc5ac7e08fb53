import { cn } from '../ui/cn.ts';
import { Pre } from '../ui/pre.tsx';
import { Tokens } from './code.tsx';
import type { DiffLine } from './diff.ts';
import { type Line, useHighlighted } from './highlight.ts';

const LOOK = {
  same: '',
  gap: 'bg-inset',
  added: 'bg-good-soft',
  removed: 'bg-bad-soft',
};
const SIGN = { same: ' ', gap: ' ', added: '+', removed: '−' };

/** A change, line by line. Each side is coloured by itself, as the code that it was and that it is. */
export function DiffView({ lines, language }: { lines: DiffLine[]; language: string | null }) {
  const side = (which: 'added' | 'removed') => lines.filter(({ kind }) => kind === 'same' || kind === which);
  const [was, is] = [side('removed'), side('added')];
  const wasLines = useHighlighted(was.map(({ text }) => text).join('\n'), language);
  const isLines = useHighlighted(is.map(({ text }) => text).join('\n'), language);
  const coloured = new Map<DiffLine, Line>();
  if (wasLines !== null) for (const [n, line] of was.entries()) coloured.set(line, wasLines[n] ?? []);
  if (isLines !== null) for (const [n, line] of is.entries()) coloured.set(line, isLines[n] ?? []);
  const digits = String(lines.reduce((most, { before, after }) => Math.max(most, before ?? 0, after ?? 0), 0)).length;
  const number = (n: number | null) => (
    <span aria-hidden style={{ width: `${digits}ch` }} className="shrink-0 select-none text-right text-ink-3">
      {n ?? ''}
    </span>
  );
  return (
    <Pre className="text-xs leading-5">
      <code className="block w-max min-w-full py-1">
        {lines.map((line, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are their places
          <div key={n} className={cn('flex min-h-5 gap-3 px-3', LOOK[line.kind])}>
            {number(line.before)}
            {number(line.after)}
            <span
              className={cn(
                'select-none',
                line.kind === 'added' ? 'text-good' : line.kind === 'removed' ? 'text-bad' : 'text-ink-3',
              )}
            >
              {SIGN[line.kind]}
            </span>
            <span className="whitespace-pre">
              <Tokens line={coloured.get(line) ?? [{ text: line.text, className: '' }]} />
            </span>
          </div>
        ))}
      </code>
    </Pre>
  );
}
