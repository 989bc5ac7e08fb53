import { expect, test } from 'vitest';
import { EMPTY, toRequest } from './draft.ts';
import { PRESETS, presetDraft } from './presets.ts';

test('what was left empty is not asked for', () => {
  expect(toRequest({ ...EMPTY, allow: [] })).toEqual({ pattern: 'hybrid', config: {} });
});

test('a form that was filled in comes to the whole request', () => {
  const request = toRequest({
    ...EMPTY,
    pattern: 'single-container',
    description: ' Two players ',
    allow: ['Read'],
    ask: ['Bash(git push *)'],
    deny: ['WebFetch'],
    agents: [{ name: 'player1', description: '', systemPrompt: 'You are player1', tools: ['Read'] }],
    budget: '0.1',
    onBudget: 'pause',
    turns: '50',
    idle: '1.5',
    lifetime: '60',
    git: 'https://example.com/a.git',
    gitRef: 'main',
    network: ['example.com'],
    secrets: ['TOKEN'],
    servers: [
      { name: 'docs', type: 'http', target: 'https://mcp.example.com/mcp' },
      { name: 'local', type: 'stdio', target: 'npx -y  server' },
      { name: '', type: 'http', target: '' },
    ],
    tags: ['a'],
    user: 'ann',
    conversation: '123',
  });
  expect(request).toEqual({
    pattern: 'single-container',
    description: 'Two players',
    conversationId: 123,
    maxIdleTimeMs: 90_000,
    maxLifetimeMs: 3_600_000,
    maxBudgetUsd: 0.1,
    onBudget: 'pause',
    maxTurns: 50,
    tags: ['a'],
    userId: 'ann',
    config: {
      allowedTools: ['Read'],
      permissions: { ask: ['Bash(git push *)'], deny: ['WebFetch'] },
      customAgents: { player1: { systemPrompt: 'You are player1', allowedTools: ['Read'] } },
      source: { git: 'https://example.com/a.git', ref: 'main' },
      network: { allow: ['example.com'] },
      secrets: [{ name: 'TOKEN' }],
      mcpServers: {
        docs: { type: 'http', url: 'https://mcp.example.com/mcp' },
        local: { command: 'npx', args: ['-y', 'server'] },
      },
    },
  });
});

test('agents belong to the pattern that has them', () => {
  const agents = [{ name: 'a', description: '', systemPrompt: 'x', tools: [] }];
  expect(toRequest({ ...EMPTY, pattern: 'hybrid', agents }).config).not.toHaveProperty('customAgents');
});

test('every preset is of a pattern and has a first message', () => {
  for (const { id } of PRESETS) {
    const draft = presetDraft(id);
    expect(toRequest(draft).pattern).toBe(draft.pattern);
    expect(draft.prompt).not.toBe('');
  }
  expect(presetDraft('long-running').pattern).toBe('long-running');
  expect(presetDraft('no such preset')).toEqual(EMPTY);
});
