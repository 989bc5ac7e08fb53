import { describe, expect, test } from 'vitest';
import { sessionSpec } from '../protocol/index.ts';
import { demandAt, profileOf, shareOut, withOneMore } from './profiles.ts';

const spec = (over: object = {}, agent: object = {}) =>
  sessionSpec.parse({
    session: 's',
    epoch: 1,
    workingDirectory: '/workspace',
    gatewayToken: 't',
    agents: [{ name: 'main', options: { model: 'a', allowedTools: ['Bash'] }, sdkSessionId: null, ...agent }],
    allowance: { remainingTurns: null, remainingBudgetUsd: null },
    crew: false,
    startNow: [],
    ...over,
  });

describe('a process that was started beforehand', () => {
  test('serves any session that would have started it the same way', () => {
    const other = spec(
      { session: 'other', epoch: 7, gatewayToken: 'x', startNow: ['main'] },
      { options: { allowedTools: ['Bash'], model: 'a' } },
    );
    expect(profileOf(other)).toBe(profileOf(spec()));
  });

  test.each([
    ['another model', spec({}, { options: { model: 'b', allowedTools: ['Bash'] } })],
    ['another place for its workspace', spec({ workingDirectory: '/app' })],
    ['another image', spec({ image: 'python:3' })],
    ['less memory', spec({ resources: { memoryBytes: 1024 ** 3 } })],
    ['another limit of turns', spec({ allowance: { remainingTurns: 3, remainingBudgetUsd: null } })],
  ])('does not serve one with %s', (_what, other) => {
    expect(profileOf(other)).not.toBe(profileOf(spec()));
  });

  const bound = { name: 'a', env: 'A', placeholder: 'rigger_secret_0123', hosts: ['a.example'], git: null };
  test.each([
    ['history', spec({}, { sdkSessionId: 'x' })],
    ['files of another session', spec({ workspaceFrom: 'sess_1' })],
    ['a source', spec({ sourcePath: '/srv' })],
    ['a repository', spec({ gitSource: { url: 'https://a/b.git', ref: null, depth: null, secret: null } })],
    ['secrets', spec({ secrets: [bound] })],
    ['a way out', spec({ allow: ['a.example'] })],
    ['several agents', spec({ crew: true })],
    ['hooks', spec({}, { options: { settings: { hooks: {} } } })],
    ['settings of its workspace', spec({}, { options: { settingSources: ['project'] } })],
  ])('never serves one with %s', (_what, other) => {
    expect(profileOf(other)).toBeNull();
  });
});

describe('places are shared out by demand', () => {
  test('most to what is asked for most', () => {
    expect(shareOut(new Map([['a', 6], ['b', 2], ['c', 0.1]]), 4)).toEqual(new Map([['a', 3], ['b', 1]])); // biome-ignore format: a table
  });

  test('and none to what nobody asks for any more', () => {
    const long = 60 * 60_000;
    expect(demandAt(withOneMore(undefined, 0), 300_000)).toBe(0.5);
    expect(shareOut(new Map([['a', demandAt(withOneMore(undefined, 0), long)]]), 4).size).toBe(0);
  });
});
