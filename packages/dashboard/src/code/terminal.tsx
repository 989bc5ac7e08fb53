import Anser from 'anser';
import { useState } from 'react';
import { plural } from '../format/numbers.ts';
import { cn } from '../ui/cn.ts';
import { Pre } from '../ui/pre.tsx';

/** Colours of a terminal as classes: the eight, of which bright ones look the same. */
const FOREGROUND: Record<string, string> = {
  'ansi-black': 'text-ink-3',
  'ansi-red': 'text-bad',
  'ansi-green': 'text-good',
  'ansi-yellow': 'text-warn',
  'ansi-blue': 'text-accent',
  'ansi-magenta': 'code-keyword',
  'ansi-cyan': 'code-type',
  'ansi-white': 'text-ink',
};
const classOf = ({ fg, decorations }: { fg: string | null; decorations: string[] }): string =>
  cn(
    fg === null ? '' : (FOREGROUND[fg.replace('-bright', '')] ?? ''),
    decorations.includes('bold') && 'font-semibold',
    decorations.includes('dim') && 'opacity-70',
    decorations.includes('italic') && 'italic',
    decorations.includes('underline') && 'underline',
  );

const SHOWN_LINES = 200;
/** What moves the cursor or names the window says nothing on a page. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what terminals are told with
const MOVES = /\u001b\[[0-9;?]*[A-HJKSTfhlnsu]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[()][A-B0-2]/g;

/** The last text of lines that were written over, as progress bars are. */
const overwritten = (text: string): string =>
  text.includes('\r')
    ? text
        .split('\n')
        .map((line) => line.replace(/\r+$/, '').split('\r').at(-1))
        .join('\n')
    : text;

/** What a program wrote, with its colours. Of very much only the end, until all of it is asked for. */
export function TerminalText({ text, className }: { text: string; className?: string }) {
  const [all, setAll] = useState(false);
  const clean = overwritten(text.replace(MOVES, ''));
  const lines = clean.split('\n');
  const cut = !all && lines.length > SHOWN_LINES * 1.2;
  const shown = cut ? lines.slice(-SHOWN_LINES).join('\n') : clean;
  return (
    <>
      {cut && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="px-3 pt-2 text-ink-3 text-xs underline-offset-2 hover:text-ink hover:underline"
        >
          Show the {plural(lines.length - SHOWN_LINES, 'line')} before
        </button>
      )}
      <Pre className={cn('whitespace-pre-wrap break-words px-3 py-2 text-xs leading-5', className)}>
        {Anser.ansiToJson(shown, { use_classes: true, json: true, remove_empty: true }).map((part, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces are their places
          <span key={n} className={classOf(part)}>
            {part.content}
          </span>
        ))}
      </Pre>
    </>
  );
}
