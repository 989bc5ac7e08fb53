/** Lines of a change, numbered on both sides. Pure. */
import { structuredPatch } from 'diff';

export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'gap';
  text: string;
  before: number | null;
  after: number | null;
}

export interface Hunk {
  oldStart: number;
  newStart: number;
  lines: string[];
}

/** The lines of hunks as a patch has them; a gap stands between two. */
export function linesOfHunks(hunks: readonly Hunk[]): DiffLine[] {
  const lines: DiffLine[] = [];
  for (const [n, hunk] of hunks.entries()) {
    if (n > 0) lines.push({ kind: 'gap', text: '', before: null, after: null });
    let [before, after] = [hunk.oldStart, hunk.newStart];
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line.startsWith('+')) lines.push({ kind: 'added', text, before: null, after: after++ });
      else if (line.startsWith('-')) lines.push({ kind: 'removed', text, before: before++, after: null });
      else if (line.startsWith(' ') || line === '')
        lines.push({ kind: 'same', text, before: before++, after: after++ });
    }
  }
  return lines;
}

const CONTEXT = 3;

/** The hunks between two texts. */
export const hunksBetween = (before: string, after: string): Hunk[] =>
  structuredPatch('a', 'b', before, after, '', '', { context: CONTEXT }).hunks;

export const countChanges = (lines: readonly DiffLine[]): { added: number; removed: number } => ({
  added: lines.filter(({ kind }) => kind === 'added').length,
  removed: lines.filter(({ kind }) => kind === 'removed').length,
});
