/** What an agent asks, and what a person's few letters mean as an answer. Pure. */
import type { Permission, PermissionAnswer } from '@rigger/client';
import { brief, clean } from './clean.ts';

export interface Question {
  question: string;
  header?: string;
  multiSelect?: boolean;
  options?: { label: string; description?: string }[];
}

export const questionsOf = ({ input }: Pick<Permission, 'input'>): Question[] =>
  Array.isArray(input.questions)
    ? (input.questions as Question[]).filter((one) => typeof one?.question === 'string')
    : [];

/** The lines with which a request for permission is shown. */
export function askedLines({ kind, title, reason, agent }: Permission): string[] {
  const who = agent === 'main' ? '' : `${agent}: `;
  if (kind === 'question') return [`? ${who}the agent asks`];
  const lines = [`? ${who}${clean(title)}`];
  if (reason !== null) lines.push(`  ${brief(reason, 200)}`);
  return lines;
}

export const questionLines = (question: Question): string[] => [
  `  ${clean(question.question)}${question.multiSelect ? ' (several with commas)' : ''}`,
  ...(question.options ?? []).map(
    ({ label, description }, index) =>
      `    ${index + 1}  ${clean(label)}${description === undefined ? '' : `: ${brief(description, 100)}`}`,
  ),
];

export const LEAVE_HINT = '[y] once  [s] for the session  [n] no, or n and why';

/** @returns the answer to a tool that asks, or null for what was not understood. */
export function leaveOf(said: string): PermissionAnswer | null {
  const [, letter, rest = ''] = /^(\S+)\s*(.*)$/s.exec(said.trim()) ?? [];
  switch (letter?.toLowerCase()) {
    case 'y':
    case 'yes':
      return rest === '' ? { behavior: 'allow', scope: 'once' } : null;
    case 's':
    case 'session':
      return rest === '' ? { behavior: 'allow', scope: 'session' } : null;
    case 'n':
    case 'no':
      return { behavior: 'deny', ...(rest === '' ? {} : { message: rest }) };
    default:
      return null;
  }
}

/** Numbers mean the options of a question; anything else is an answer in words. Null for nothing. */
export function choiceOf({ options = [], multiSelect = false }: Question, said: string): string | null {
  const text = said.trim();
  if (text === '') return null;
  const labelOf = (one: string): string => options[Number(one.trim()) - 1]?.label ?? one.trim();
  return multiSelect ? text.split(',').map(labelOf).join(', ') : labelOf(text);
}
