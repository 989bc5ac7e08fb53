import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ERRORS } from '../packages/server/src/model/errors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

test.each(documents)('every path and link that %s names exists', (name) => {
  const text = readFileSync(join(root, name), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => join(dirname(name), match[1]!));
  const paths = [...text.matchAll(/`((?:packages|docs|scripts|bench|test|examples)\/[\w./-]+)`/g)].map(
    (match) => match[1]!,
  );
  for (const path of [...links, ...paths]) expect(existsSync(join(root, path)), `${name} names ${path}`).toBe(true);
});

test('every test that RELIABILITY.md names is there, by its title', () => {
  const text = readFileSync(join(root, 'docs/RELIABILITY.md'), 'utf8');
  const named = [...text.matchAll(/`([\w./-]+(?:\.test|\/conformance(?:-\w+)?)\.ts)`: “([^”]+)”/g)];
  expect(named.length).toBeGreaterThan(30);
  for (const [, file, title] of named)
    expect(readFileSync(join(root, file!), 'utf8'), `${file} has no test “${title}”`).toContain(`'${title}'`);
});

test('API_SESSIONS.md lists every error with its status', () => {
  const text = readFileSync(join(root, 'docs/API_SESSIONS.md'), 'utf8');
  for (const [code, { status }] of Object.entries(ERRORS)) expect(text).toContain(`| \`${code}\` | ${status} |`);
});
