import type { SessionEvent } from '@rigger/client';
import { expect, test } from 'vitest';
import { tools } from '../commands/session-options.ts';
import { complaintOf } from '../node-version.ts';
import { brief, clean } from './clean.ts';
import { choiceOf, leaveOf } from './permission-words.ts';
import { Transcript } from './transcript.ts';
import { bytes, span, toMs } from './units.ts';

test('what an agent writes cannot reach into the terminal', () => {
  const title = '\u001b]0;gotcha\u0007';
  const clipboard = '\u001b]52;c;Z290Y2hh\u0007';
  expect(clean(`${title}a${clipboard}\u001b[2Jb\u009b31mc\rd\u0008\u0000\te\r\nf`)).toBe('abcd\te\nf');
  expect(brief('one\ttwo\nthree', 5)).toBe('one …');
});

test('a few letters allow or deny a tool, and anything else is asked again', () => {
  expect(leaveOf('y')).toEqual({ behavior: 'allow', scope: 'once' });
  expect(leaveOf(' S ')).toEqual({ behavior: 'allow', scope: 'session' });
  expect(leaveOf('n not on main')).toEqual({ behavior: 'deny', message: 'not on main' });
  expect(leaveOf('no')).toEqual({ behavior: 'deny' });
  // Words that merely begin so are a message gone astray, and no leave.
  for (const said of ['', 'maybe', 'yes please do it differently', 'yesterday']) expect(leaveOf(said)).toBeNull();
});

test('a number means an option of a question, several where it takes several, and words mean themselves', () => {
  const question = { question: 'Which?', options: [{ label: 'Red' }, { label: 'Blue' }] };
  expect(choiceOf(question, '2')).toBe('Blue');
  expect(choiceOf(question, ' green ')).toBe('green');
  expect(choiceOf(question, '3')).toBe('3');
  expect(choiceOf(question, '')).toBeNull();
  expect(choiceOf({ ...question, multiSelect: true }, '1, 2')).toBe('Red, Blue');
});

test('words that came as they were said are not said again when the whole message comes', () => {
  const said: string[] = [];
  const transcript = new Transcript(
    { words: (text) => said.push(text), endWords: () => said.push('|'), note: (line) => said.push(`[${line}]`) },
    false,
  );
  const delta = (event: object) =>
    transcript.take({ type: 'sdk.delta', agent: 'main', turnId: 't', data: { type: 'stream_event', event } });
  const message = (content: object[]) =>
    transcript.take({
      type: 'sdk.message',
      agent: 'main',
      turnId: 't',
      data: { type: 'assistant', message: { id: 'm1', content } },
    } as unknown as SessionEvent);
  delta({ type: 'message_start', message: { id: 'm1' } });
  for (const text of ['Hel', 'lo']) delta({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
  message([{ type: 'text', text: 'Hello' }]);
  message([{ type: 'tool_use', id: 'u1', name: 'Bash', input: { command: 'ls' } }]);
  // Where the connection broke in between, what is missing is added.
  delta({ type: 'message_start', message: { id: 'm1' } });
  delta({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'By' } });
  message([{ type: 'text', text: 'Bye now' }]);
  expect(said.join('')).toBe('Hello|[→ Bash  ls]Bye now|');
});

test('numbers and times are read and written as people do', () => {
  expect([0, 999, 1_500, 2_000_000].map(bytes)).toEqual(['0 B', '999 B', '1.5 KB', '2.0 MB']);
  expect([0, 59_999, 60_000, 7_200_000, 200_000_000].map(span)).toEqual(['0s', '59s', '1m', '2h', '2d']);
  expect(['30s', '1.5h', '250', '2d', 'soon', '-1s'].map(toMs)).toEqual([
    30_000,
    5_400_000,
    250,
    172_800_000,
    null,
    null,
  ]);
});

test('tools are named with commas between, and a rule keeps its own', () => {
  expect(tools('Read, Edit,Bash(npm test,npm run *)', ['Grep'])).toEqual([
    'Grep',
    'Read',
    'Edit',
    'Bash(npm test,npm run *)',
  ]);
});

test('a Node that is too old is told what it needs', () => {
  expect(complaintOf('v20.20.2')).toContain('22.19 or newer, and this is v20.20.2');
  expect(complaintOf('v22.18.9')).not.toBeNull();
  for (const version of ['v22.19.0', 'v23.0.0', 'v24.21.0']) expect(complaintOf(version)).toBeNull();
});
