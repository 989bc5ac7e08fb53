/** What commands print on standard output: tables for people, JSON for programs. */
import { type Command, Option } from 'commander';
import { clean } from './clean.ts';
import { bold } from './style.ts';

export interface JsonOptions {
  json?: boolean;
}

/** `--json`, `--no-json`: a list is JSON by itself where it does not go to a terminal. */
export const addListOptions = (command: Command): Command =>
  command
    .option('--json', 'one JSON object a line; the default where the output is no terminal')
    .addOption(new Option('--no-json', 'a table, also where the output is no terminal'));

export const addJsonOption = (command: Command): Command => command.option('--json', 'print JSON');

const wantsJson = ({ json }: JsonOptions): boolean => json ?? process.stdout.isTTY !== true;

export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** Prints rows of cells, the first of them headings, in columns. */
export function printTable(rows: string[][]): void {
  const cells = rows.map((row) => row.map((cell) => clean(cell).replace(/[\n\t]/g, ' ')));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const room = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  cells.forEach((row, index) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
    const shown = line.length > room ? `${line.slice(0, room - 1)}…` : line;
    console.log(index === 0 ? bold(shown) : shown);
  });
}

/** A list: JSON lines, or a table, or what to say where it is empty. */
export function printList<T>(
  items: readonly T[],
  options: JsonOptions,
  headings: string[],
  row: (item: T) => string[],
  empty: string,
): void {
  if (wantsJson(options)) for (const item of items) printJson(item);
  else if (items.length === 0) console.log(empty);
  else printTable([headings, ...items.map(row)]);
}
