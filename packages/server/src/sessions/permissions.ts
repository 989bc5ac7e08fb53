/** What an answer to a request for permission does, and what becomes of one that nobody answers. Pure. */
import type { PermissionDecision } from '@rigger/runner/protocol';
import { RiggerError } from '../model/errors.ts';
import type { PermissionAnswer, PermissionKind, PermissionScope, PermissionStatus } from '../model/permissions.ts';
import type { PermissionRecord } from '../model/record.ts';

/** How a request ends. */
export interface Settlement {
  status: Exclude<PermissionStatus, 'pending'>;
  decision: PermissionDecision;
  scope: PermissionScope | null;
}

const TAKES: Record<PermissionKind, PermissionAnswer['behavior'][]> = {
  tool: ['allow', 'deny'],
  question: ['answer', 'deny'],
  elicitation: ['answer', 'deny'],
};

const DENIED = 'A person has denied this.';

type Asked = Pick<PermissionRecord, 'id' | 'kind' | 'input' | 'rules'>;

/** @throws RiggerError `invalid_request` for an answer that this kind of request does not take. */
export function settle(asked: Asked, answer: PermissionAnswer): Settlement {
  if (!TAKES[asked.kind].includes(answer.behavior))
    throw refusal('behavior', `a request of kind ${asked.kind} takes ${TAKES[asked.kind].join(' or ')}`);
  switch (answer.behavior) {
    case 'deny': {
      const { message = DENIED, interrupt } = answer;
      return { status: 'denied', decision: { behavior: 'deny', message, interrupt }, scope: null };
    }
    case 'allow': {
      const { scope, updatedInput } = answer;
      if (scope === 'session' && asked.rules.length === 0)
        throw refusal('scope', 'no rule covers the like of this call: allow it once');
      return {
        status: 'allowed',
        decision: {
          behavior: 'allow',
          ...(updatedInput === undefined ? {} : { updatedInput }),
          ...(scope === 'session' ? { rules: asked.rules } : {}),
        },
        scope,
      };
    }
    case 'answer': {
      const content = asked.kind === 'question' ? answered(asked, answer.answers) : answer.content;
      if (content === undefined) throw refusal('content', 'an elicitation is answered with content');
      return { status: 'answered', decision: { behavior: 'answer', content }, scope: null };
    }
  }
}

/** The input with which the tool that asks gives the answers to the agent. */
function answered({ input }: Asked, answers: Record<string, string> | undefined): Record<string, unknown> {
  if (answers === undefined) throw refusal('answers', 'a question is answered with answers');
  const questions = questionsOf(input);
  const unknown = Object.keys(answers).filter((text) => !questions.includes(text));
  if (unknown.length > 0) throw refusal('answers', `nobody asked: ${unknown.join('; ')}`);
  const open = questions.filter((text) => answers[text] === undefined);
  if (open.length > 0) throw refusal('answers', `without an answer: ${open.join('; ')}`);
  return { ...input, answers };
}

/** The texts of the questions that a call of AskUserQuestion asks. */
export function questionsOf({ questions }: Record<string, unknown>): string[] {
  if (!Array.isArray(questions)) return [];
  return questions.flatMap((one: { question?: unknown } | null) =>
    typeof one?.question === 'string' ? [one.question] : [],
  );
}

/** Nobody answered in time. */
export const expired = (): Settlement => ({
  status: 'expired',
  decision: { behavior: 'deny', message: 'Nobody answered in time, so this is denied.', interrupt: false },
  scope: null,
});

/** Nobody waits for the answer any more. */
export const withdrawn = (why: string): Settlement => ({
  status: 'withdrawn',
  decision: { behavior: 'deny', message: why, interrupt: false },
  scope: null,
});

const refusal = (member: string, message: string): RiggerError =>
  new RiggerError('invalid_request', {
    detail: `${member}: ${message}.`,
    extra: { issues: [{ path: member, message }] },
  });
