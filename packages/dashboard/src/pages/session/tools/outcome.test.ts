import { describe, expect, test } from 'vitest';
import { countChanges } from '../../../code/diff.ts';
import { describe as describeTool } from './describe.ts';
import { changeOf, foundOf, picturesOf, readOf, runOf, wordsOf } from './outcome.ts';

const text = (words: string) => [{ type: 'text', text: words }];

describe('what a tool answered', () => {
  test('of a shell command: its output, its errors and its exit code', () => {
    expect(runOf({ state: 'done', content: [], structured: { stdout: 'a', stderr: 'b' } })).toEqual({
      output: 'a',
      errors: 'b',
      exitCode: 0,
      interrupted: false,
    });
    expect(runOf({ state: 'failed', content: text('Exit code 3\nno\nway'), structured: null })).toMatchObject({
      output: 'no\nway',
      exitCode: 3,
    });
    expect(runOf({ state: 'unknown', content: [], structured: null }).exitCode).toBeNull();
    expect(runOf({ state: 'done', content: [], structured: { stdout: '', interrupted: true } }).exitCode).toBeNull();
  });

  test('of an edit: the lines as the patch has them, or as they would be', () => {
    const input = { file_path: '/w/a', old_string: 'one\ntwo', new_string: 'one\n2\nthree' };
    expect(countChanges(changeOf({ name: 'Edit', input, structured: null }))).toEqual({ added: 2, removed: 1 });
    const hunk = { oldStart: 7, newStart: 7, lines: [' a', '-b', '+c'] };
    expect(changeOf({ name: 'Edit', input, structured: { structuredPatch: [hunk] } })).toEqual([
      { kind: 'same', text: 'a', before: 7, after: 7 },
      { kind: 'removed', text: 'b', before: 8, after: null },
      { kind: 'added', text: 'c', before: null, after: 8 },
    ]);
    const several = { edits: [input, input] };
    expect(changeOf({ name: 'MultiEdit', input: several, structured: null }).some(({ kind }) => kind === 'gap')).toBe(
      true,
    );
  });

  test('of a new file: all of its lines', () => {
    const lines = changeOf({ name: 'Write', input: { content: 'a\nb\n' }, structured: { structuredPatch: [] } });
    expect(countChanges(lines)).toEqual({ added: 2, removed: 0 });
  });

  test('of a file that was read: its text without the numbers, and where it begins', () => {
    expect(readOf({ content: text('12\tlet a;\n13\tlet b;'), structured: null })).toEqual({
      text: 'let a;\nlet b;',
      firstLine: 12,
    });
    expect(readOf({ content: text('plain'), structured: null })).toEqual({ text: 'plain', firstLine: 1 });
  });

  test('of a search: the lines by file', () => {
    expect(foundOf({ content: text('src/a.js:3:one\nsrc/a.js:9:two\nb.js:1:x'), structured: null })).toEqual([
      {
        path: 'src/a.js',
        lines: [
          { number: 3, text: 'one' },
          { number: 9, text: 'two' },
        ],
      },
      { path: 'b.js', lines: [{ number: 1, text: 'x' }] },
    ]);
    expect(foundOf({ content: text('No files found'), structured: null })).toEqual([]);
  });

  test('never a picture of a kind that could act', () => {
    const picture = (media_type: string) => ({ type: 'image', source: { type: 'base64', media_type, data: 'AA==' } });
    expect(picturesOf([picture('image/png'), picture('image/svg+xml')])).toEqual(['data:image/png;base64,AA==']);
  });

  test('without the marks around an error', () => {
    expect(wordsOf(text('<tool_use_error>Error: No such tool</tool_use_error>'))).toBe('No such tool');
  });
});

describe('a call in one line', () => {
  test.each([
    ['Bash', { command: 'npm test\nnpm run x' }, 'Bash npm test'],
    ['Read', { file_path: '/workspace/src/a.ts', offset: 10, limit: 5 }, 'Read src/a.ts:10–14'],
    ['Edit', { file_path: '/etc/hosts' }, 'Edit /etc/hosts'],
    ['Task', { description: 'Look', subagent_type: 'Explore' }, 'Agent Explore Look'],
    [
      'TodoWrite',
      { todos: [{ status: 'completed' }, { status: 'in_progress', activeForm: 'Doing' }] },
      'Todo 1 of 2 done: Doing',
    ],
    ['mcp__git__log', { branch: 'main' }, 'git · log main'],
    ['Unknown', { n: 1, words: 'hi' }, 'Unknown hi'],
  ])('%s', (name, input, line) => {
    const shown = describeTool({ name, input: input as Record<string, unknown> }, '/workspace');
    expect(`${shown.name} ${shown.argument}`).toBe(line);
  });
});
