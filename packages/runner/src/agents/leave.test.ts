import type { PermissionUpdate } from '@anthropic-ai/claude-agent-sdk';
import { describe, expect, test } from 'vitest';
import { oneLine, rulesFor, titleOf } from './leave.ts';

const rule = (toolName: string, ruleContent?: string): PermissionUpdate => ({
  type: 'addRules',
  rules: [ruleContent === undefined ? { toolName } : { toolName, ruleContent }],
  behavior: 'allow',
  destination: 'localSettings',
});
const folder = (directory: string): PermissionUpdate => ({
  type: 'addDirectories',
  directories: [directory],
  destination: 'session',
});
const edits: PermissionUpdate = { type: 'setMode', mode: 'acceptEdits', destination: 'session' };
const bash = (command: string, ...suggestions: PermissionUpdate[]) =>
  rulesFor('Bash', { command }, suggestions, '/workspace');

describe('what is alike', () => {
  test('is what the agent’s program says of each part of a command', () => {
    expect(bash('npm test; rm -rf x', rule('Bash', 'npm test *'), rule('Bash', 'rm -rf x'))).toEqual([
      'Bash(npm test *)',
      'Bash(rm -rf x)',
    ]);
  });

  test('is in the same folder: a command that writes elsewhere is not like one that writes here', () => {
    const here = bash('echo a > b', rule('Bash', 'echo a *'), folder('/workspace'));
    const there = bash('echo a > /etc/b', rule('Bash', 'echo a *'), folder('/etc'));
    expect(there.every((one) => here.includes(one))).toBe(false);
  });

  test('is the very same command where it cannot be read to its end, never a pattern that it looks like', () => {
    expect(bash('npm test $(id)')).toEqual(['Bash: npm test $(id)']);
    expect(bash('npm test *')).not.toEqual(bash('npm test', rule('Bash', 'npm test *')));
  });

  test('is any edit in the working folder, and in no other', () => {
    const write = (...suggestions: PermissionUpdate[]) =>
      rulesFor('Write', { file_path: '/workspace/a' }, suggestions, '/workspace');
    expect(write(edits)).toEqual(['Edit(//workspace/**)']);
    expect(write(edits, folder('/srv/'))).toEqual(['Edit(//srv/**)']);
    expect(write()).toEqual(['Write: /workspace/a']);
  });

  test('is the tool itself for any other', () => {
    expect(rulesFor('mcp__shop__order', { id: 1 }, [], '/workspace')).toEqual(['mcp__shop__order']);
    expect(rulesFor('mcp__shop__order', { id: 1 }, [rule('mcp__shop__order')], '/workspace')).toEqual([
      'mcp__shop__order',
    ]);
  });
});

describe('a title', () => {
  test('says what is done, and not how the agent describes it', () => {
    expect(titleOf('Bash', { command: 'rm -rf /', description: 'Lists files' })).toBe('Bash: rm -rf /');
    expect(titleOf('AskUserQuestion', { questions: [{ question: 'Which?' }] })).toBe('AskUserQuestion: Which?');
    expect(titleOf('mcp__shop__order', { id: 1 })).toBe('mcp__shop__order: {"id":1}');
  });

  test('is one line, and nothing in it can hide the rest', () => {
    expect(oneLine('a\r\nb\u202E c\u0007\u2028d')).toBe('a b c d');
    const long = oneLine(`${'x'.repeat(198)}\u{1F600}\u{1F600}`);
    expect(long).toHaveLength(200);
    expect(long.isWellFormed()).toBe(true);
  });
});
