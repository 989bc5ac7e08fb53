import { describe, expect, test } from 'vitest';
import { permissionAnswer } from '../model/permissions.ts';
import { expired, questionsOf, settle, withdrawn } from './permissions.ts';

const tool = { id: 'perm_1', kind: 'tool' as const, input: { command: 'ls' }, rules: ['Bash(ls *)'] };
const question = {
  id: 'perm_2',
  kind: 'question' as const,
  input: { questions: [{ question: 'Which?' }, { question: 'When?' }] },
  rules: [],
};
const elicitation = { id: 'perm_3', kind: 'elicitation' as const, input: { message: 'Size?' }, rules: [] };
const answer = (asked: Parameters<typeof settle>[0], body: object) => settle(asked, permissionAnswer.parse(body));
const refused = (path: string) =>
  expect.objectContaining({
    code: 'invalid_request',
    extra: expect.objectContaining({ issues: [expect.objectContaining({ path })] }),
  });

describe('an answer', () => {
  test('allows a tool once, with what it is given, or for the session by the rules that were shown', () => {
    expect(answer(tool, { behavior: 'allow' })).toEqual({
      status: 'allowed',
      scope: 'once',
      decision: { behavior: 'allow' },
    });
    expect(answer(tool, { behavior: 'allow', updatedInput: { command: 'ls -a' } }).decision).toEqual({
      behavior: 'allow',
      updatedInput: { command: 'ls -a' },
    });
    expect(answer(tool, { behavior: 'allow', scope: 'session' })).toEqual({
      status: 'allowed',
      scope: 'session',
      decision: { behavior: 'allow', rules: ['Bash(ls *)'] },
    });
  });

  test('for the session is refused where no rule covers the like of it', () => {
    expect(() => answer({ ...tool, rules: [] }, { behavior: 'allow', scope: 'session' })).toThrow(refused('scope'));
  });

  test('denies whatever was asked, with words of its own or ours', () => {
    for (const asked of [tool, question, elicitation])
      expect(answer(asked, { behavior: 'deny', message: 'no' })).toEqual({
        status: 'denied',
        scope: null,
        decision: { behavior: 'deny', message: 'no', interrupt: false },
      });
    expect(answer(tool, { behavior: 'deny' }).decision).toMatchObject({ message: expect.stringMatching(/denied/) });
  });

  test('gives every question an answer and no other', () => {
    const answers = { 'Which?': 'this', 'When?': 'now' };
    expect(answer(question, { behavior: 'answer', answers })).toEqual({
      status: 'answered',
      scope: null,
      decision: { behavior: 'answer', content: { ...question.input, answers } },
    });
    expect(() => answer(question, { behavior: 'answer', answers: { 'Which?': 'this' } })).toThrow(refused('answers'));
    expect(() => answer(question, { behavior: 'answer', answers: { ...answers, 'Who?': 'me' } })).toThrow(
      refused('answers'),
    );
    expect(() => answer(question, { behavior: 'answer' })).toThrow(refused('answers'));
  });

  test('is not taken where its kind does not fit', () => {
    expect(() => answer(tool, { behavior: 'answer', answers: {} })).toThrow(refused('behavior'));
    expect(() => answer(question, { behavior: 'allow' })).toThrow(refused('behavior'));
    expect(() => answer(elicitation, { behavior: 'allow' })).toThrow(refused('behavior'));
    expect(() => answer(elicitation, { behavior: 'answer' })).toThrow(refused('content'));
  });
});

test('what nobody answers is denied, whichever way it ends', () => {
  for (const ended of [expired(), withdrawn('over')])
    expect(ended.decision).toMatchObject({ behavior: 'deny', interrupt: false });
});

test('questions are found in whatever an agent called the tool with', () => {
  expect(questionsOf({})).toEqual([]);
  expect(questionsOf({ questions: [null, { question: 1 }, { question: 'Q' }] })).toEqual(['Q']);
});
