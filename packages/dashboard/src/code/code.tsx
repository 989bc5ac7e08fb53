import type { ReactNode } from 'react';
import { cn } from '../ui/cn.ts';
import { Pre } from '../ui/pre.tsx';
import { type Line, useHighlighted } from './highlight.ts';

/** The pieces of one line. */
export const Tokens = ({ line }: { line: Line }): ReactNode =>
  line.map((token, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line are their places in it
    <span key={n} className={token.className}>
      {token.text}
    </span>
  ));

/** Code with its colours and, if asked for, the numbers of its lines. */
export function Code({
  code,
  language,
  firstLine,
  className,
}: {
  code: string;
  language: string | null;
  /** The number of the first line; absent: no numbers. */
  firstLine?: number;
  className?: string;
}) {
  const coloured = useHighlighted(code, language);
  const lines: Line[] = coloured ?? code.split('\n').map((text) => [{ text, className: '' }]);
  const shown = lines.length > 1 && lines.at(-1)?.every(({ text }) => text === '') ? lines.slice(0, -1) : lines;
  const digits = firstLine === undefined ? 0 : String(firstLine + shown.length - 1).length;
  return (
    <Pre className={cn('py-2 text-xs leading-5', className)}>
      <code className="block w-max min-w-full">
        {shown.map((line, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are their numbers
          <div key={n} className="flex min-h-5 px-3">
            {firstLine !== undefined && (
              <span
                aria-hidden
                style={{ width: `${digits}ch` }}
                className="mr-4 shrink-0 select-none text-right text-ink-3"
              >
                {firstLine + n}
              </span>
            )}
            <span className="whitespace-pre">
              <Tokens line={line} />
            </span>
          </div>
        ))}
      </code>
    </Pre>
  );
}
