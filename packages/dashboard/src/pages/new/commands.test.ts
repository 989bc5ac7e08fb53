import { RiggerApiError } from '@rigger/client';
import { expect, test } from 'vitest';
import { clientOf, curlOf } from './commands.ts';
import { wrongFields } from './issues.ts';

const what = {
  origin: 'http://host',
  request: { pattern: 'hybrid' as const, description: "it's" },
  prompt: "Don't",
  files: ['a b/c.txt'],
};

test('a command has its quotes kept apart from those of the shell', () => {
  const curl = curlOf(what);
  expect(curl).toContain(`"it'\\''s"`);
  expect(curl).toContain("/files/a%20b/c.txt --data-binary @'a b/c.txt'");
  expect(curl).toContain(`"Don'\\''t"`);
  expect(curlOf({ ...what, prompt: '', files: [] })).not.toContain('ID=');
});

test('the program does the same', () => {
  expect(clientOf(what)).toContain('readFile("a b/c.txt")');
  expect(clientOf({ ...what, files: [] })).not.toContain('readFile');
});

test('what the server finds wrong stands at the field that it is about', () => {
  const error = new RiggerApiError(400, {
    code: 'invalid_request',
    issues: [
      { path: 'maxBudgetUsd', message: 'Too small' },
      { path: 'config.network.allow.0', message: 'a host' },
      { path: 'config.customAgents.a b', message: 'letters only' },
      { path: 'config.source.ref', message: 'no ref' },
      { path: 'config.allowedTools.1', message: 'Too small' },
    ],
  } as never);
  expect(wrongFields(error)).toEqual({
    fields: {
      budget: 'Too small',
      network: 'a host',
      agents: 'a b: letters only',
      gitRef: 'no ref',
      allow: 'Too small',
    },
    rest: false,
  });
});

test('what is about no field is told by itself', () => {
  expect(wrongFields(new RiggerApiError(503, { code: 'database_unavailable' } as never))).toEqual({
    fields: {},
    rest: true,
  });
  expect(
    wrongFields(new RiggerApiError(404, { code: 'secret_not_found', title: 'Secret not found' } as never)),
  ).toEqual({
    fields: { secrets: 'Secret not found' },
    rest: false,
  });
  expect(wrongFields(null)).toEqual({ fields: {}, rest: false });
});
