/** A transcript on standard output and error: the agent's words on the one, all else on the other. */

import { style } from './style.ts';
import type { Paper, Tone } from './transcript.ts';

const COLOURS: Record<Tone, Parameters<typeof style>[0] | null> = {
  plain: null,
  dim: 'dim',
  tool: 'cyan',
  warning: 'yellow',
  error: 'red',
};

export const toned = (line: string, tone: Tone, stream: NodeJS.WriteStream): string => {
  const colour = COLOURS[tone];
  return colour === null ? line : style(colour, line, stream);
};

/**
 * So that `rigger run … > answer.txt` has the answer, and a terminal everything.
 * @param before called before anything is printed, to take away what waits for it
 */
export function standardPaper(before: () => void = () => {}): Paper {
  const { stdout, stderr } = process;
  let isMidLine = false;
  const endWords = (): void => {
    if (isMidLine) stdout.write('\n');
    isMidLine = false;
  };
  return {
    words(text) {
      if (text === '') return;
      before();
      stdout.write(text);
      isMidLine = !text.endsWith('\n');
    },
    endWords,
    note(line, tone) {
      before();
      endWords();
      stderr.write(`${toned(`  ${line}`, tone, stderr)}\n`);
    },
  };
}
