import { type Figure, short, verdict } from './figures.ts';

const HEAD = ['measure', 'figure', 'Rigger', 'bare SDK', 'unit', 'n', 'target', ''];
const RIGHT = new Set([2, 3, 5]);

/** The figures as a table for a terminal and for Markdown. */
export function asTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure, index) => [
    figures[index - 1]?.measure === figure.measure ? '' : figure.measure,
    figure.name,
    short(figure.rigger),
    short(figure.bare),
    figure.unit,
    String(figure.count),
    targetText(figure),
    verdict(figure),
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length), 3));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => (RIGHT.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (RIGHT.has(column) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  return [line(HEAD), rule, ...rows.map(line)].join('\n');
}

function targetText({ target, unit }: Figure): string {
  if (target === null) return '';
  const sign = target.wanted === 'at most' ? '≤' : '≥';
  return `${sign} ${short(target.limit)} ${unit}${target.from === undefined ? '' : ` (${target.from})`}`;
}
