import { expect, test } from 'vitest';
import { countTokensRequest, parseRequest } from '../api/request.ts';
import { writeSummary } from './compaction.ts';
import { readConversation } from './conversation.ts';

// The shapes below were recorded from CLI 2.1.330.
const reminder = (text: string) => `<system-reminder>\n${text}\n</system-reminder>\n`;
const user = (...texts: string[]) => ({ role: 'user', content: texts.map((text) => ({ type: 'text', text })) });
const calls = (id: string) => ({ role: 'assistant', content: [{ type: 'tool_use', id, name: 'Bash', input: {} }] });
const answers = (id: string, content: string, is_error = false) => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content, is_error }],
});
const read = (messages: object[], rest: object = {}) =>
  readConversation(parseRequest(countTokensRequest, { model: 'm', messages, ...rest }));

test('the CLI’s reminders are neither prompt nor turn', () => {
  const seen = read([
    user(reminder('Today’s date is …'), 'hello\n'),
    { role: 'assistant', content: 'hi' },
    user(reminder('x')),
  ]);
  expect(seen).toMatchObject({ prompt: 'hello', prompts: ['hello'], stepIndex: 1 });
});

test('the step is the number of answers since the last prompt, and only results since then count', () => {
  const first = [user('one'), calls('a'), answers('a', 'A'), { role: 'assistant', content: 'done' }];
  const seen = read([...first, user('two'), calls('b'), answers('b', 'B', true)]);
  expect(seen).toMatchObject({ prompts: ['one', 'two'], stepIndex: 1, toolResults: [{ text: 'B', isError: true }] });
});

test('the working directory is found in a reminder and in a mid-conversation system message', () => {
  const environment = '# Environment\n - Primary working directory: /tmp/my work\n - Platform: linux';
  expect(read([user(reminder(environment), 'x')]).cwd).toBe('/tmp/my work');
  expect(read([user('x'), { role: 'system', content: environment }]).cwd).toBe('/tmp/my work');
  expect(read([user('x')]).cwd).toBeNull();
});

test('a message sent while the turn runs is remembered but does not restart the steps', () => {
  const note =
    'The user sent a new message while you were working:\nhurry up\n\nThis is how Claude Code surfaces messages';
  const inResult = read([user('go'), calls('a'), answers('a', `out\n\n${reminder(note)}`)]);
  expect(inResult).toMatchObject({ prompts: ['go', 'hurry up'], prompt: 'go', midTurn: ['hurry up'], stepIndex: 1 });
  expect(inResult.toolResults).toEqual([{ text: 'out', isError: false }]);
  const asSystem = read([user('go'), calls('a'), answers('a', 'out'), { role: 'system', content: note }]);
  expect(asSystem.midTurn).toEqual(['hurry up']);
});

test('a finished background agent is a tool result of the running turn', () => {
  const note = '<task-notification>\n<status>completed</status>\n<result>found it</result>\n</task-notification>';
  const seen = read([user('go'), { role: 'assistant', content: 'waiting' }, user(reminder(note))]);
  expect(seen).toMatchObject({ prompt: 'go', stepIndex: 1, toolResults: [{ text: 'found it' }] });
});

test('an interruption notice before the next prompt is not part of it', () => {
  const interrupted = {
    role: 'user',
    content: [
      ...answers('a', 'rejected', true).content,
      ...user('[Request interrupted by user for tool use]\n', 'next').content,
    ],
  };
  expect(read([user('go'), calls('a'), interrupted])).toMatchObject({ prompt: 'next', stepIndex: 0, toolResults: [] });
});

test('the prompts survive a compaction written by the offline model', () => {
  const summary = `This session is being continued from a previous conversation that ran out of context.\n\n${writeSummary(['one', 'two'])}`;
  const seen = read([{ role: 'user', content: summary }, { role: 'assistant', content: 'ok' }, user('three')]);
  expect(seen).toMatchObject({ prompts: ['one', 'two', 'three'], prompt: 'three', stepIndex: 0 });
});
