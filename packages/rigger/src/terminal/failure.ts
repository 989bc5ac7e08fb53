/** Errors as one line, and the code that the command ends with. */
import { RiggerApiError, RiggerConnectionError } from '@rigger/client';
import { EXIT, UsageError } from '../exit-codes.ts';
import { clean } from './clean.ts';

export interface Failure {
  line: string;
  exit: number;
}

const sentence = (text: string): string => (/[.!?)]$/.test(text) ? text : `${text}.`);

/** What went wrong, its code, and how to mend it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RiggerConnectionError)
    return {
      exit: EXIT.unreachable,
      line: `${error.message} Start a server with “rigger serve”, or name yours with --server, --context or RIGGER_URL. (unreachable)`,
    };
  if (error instanceof RiggerApiError) {
    const { message, remedy, code } = error;
    const words = [sentence(clean(message)), ...(remedy === undefined ? [] : [sentence(remedy)])];
    return { exit: EXIT.failed, line: `${words.join(' ')} (${code})` };
  }
  if (error instanceof UsageError) return { exit: EXIT.usage, line: error.message };
  const { message = String(error), remedy } = error as { message?: string; remedy?: unknown };
  return { exit: EXIT.failed, line: typeof remedy === 'string' ? `${sentence(message)} ${remedy}` : message };
}
