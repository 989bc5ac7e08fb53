/** The words of a message, from the command line or from standard input. */
import { text } from 'node:stream/consumers';
import { UsageError } from '../exit-codes.ts';

/** `-`, or nothing where standard input is no terminal, reads it from there. @throws UsageError where there is none. */
export async function readPrompt(words: string[]): Promise<string> {
  const said = words.join(' ').trim();
  if (said !== '' && said !== '-') return said;
  if (process.stdin.isTTY && said !== '-')
    throw new UsageError('Say what is to be done: a prompt, or - to read it from standard input.');
  const read = (await text(process.stdin)).trim();
  if (read === '') throw new UsageError('Standard input held no prompt.');
  return read;
}
