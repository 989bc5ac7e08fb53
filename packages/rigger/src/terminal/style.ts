/** Colours where a person looks: on a terminal, and not where NO_COLOR is set. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

export const style = (format: Format, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(format, text, { stream });

export const dim = (text: string, stream?: NodeJS.WriteStream): string => style('dim', text, stream);
export const bold = (text: string, stream?: NodeJS.WriteStream): string => style('bold', text, stream);
