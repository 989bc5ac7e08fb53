/** Text of agents and files, which may hold anything, made fit for a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** All of `Cc` but the tab and the line feed. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;

/** Without what moves cursors, sets titles or writes clipboards; line ends and tabs stay. */
export const clean = (text: string): string =>
  stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(CONTROLS, '');

/** The first line, not longer than so many characters. */
export function brief(text: string, length: number): string {
  const line = clean(text).trim().split('\n')[0]!.replaceAll('\t', ' ');
  return line.length > length ? `${line.slice(0, Math.max(length - 1, 1))}…` : line;
}
