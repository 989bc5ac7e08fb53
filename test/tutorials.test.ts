/** Tutorials do what they say: every command and program in them is run against a real server, and prints what they show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rigger, startRigger } from '../packages/rigger/test/harness.ts';
import { blocksOf, printedLike, runDocument } from './snippets.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/tutorials');
const tutorials = readdirSync(folder).filter((name) => name.endsWith('.md'));

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger();
});
afterAll(() => rigger?.stop());

test('there is one for each pattern', () => {
  expect(tutorials.map((name) => name.replace('.md', ''))).toEqual([
    'ephemeral',
    'hybrid',
    'long-running',
    'single-container',
  ]);
});

describe.each(tutorials)('%s', (name) => {
  const markdown = readFileSync(join(folder, name), 'utf8');
  const blocks = blocksOf(markdown);

  test('has nothing that is not run: each block is a command, a program with a file’s name, or what is printed', () => {
    for (const { language, text, line } of blocks) {
      expect(['bash', 'js', 'text'], `line ${line}`).toContain(language);
      if (language === 'js') expect(text, `line ${line}`).toMatch(/^\/\/ [\w-]+\.mjs\n/);
    }
    const programs = blocks.flatMap(({ language, text }) => (language === 'js' ? [/^\/\/ (\S+)/.exec(text)![1]!] : []));
    for (const program of programs)
      expect(blocks.some(({ language, text }) => language === 'bash' && text.includes(`node ${program}`))).toBe(true);
    for (const way of ['## With curl', '## With the client', '## With the command']) expect(markdown).toContain(way);
  });

  test('runs, and prints what it shows', async () => {
    const runs = await runDocument(markdown, root, rigger.url);
    let compared = 0;
    for (const { block, printed } of runs) {
      const shown = blocks[blocks.indexOf(blocks.find(({ line }) => line === block.line)!) + 1];
      if (shown?.language !== 'text') continue;
      compared += 1;
      expect(printed, `what line ${block.line} prints`).toMatch(printedLike(shown.text));
    }
    expect(compared).toBeGreaterThan(3);
  }, 120_000);
});

test.each(['API_SESSIONS.md', 'HOSTING_PATTERNS.md'])(
  'every command of %s runs, in its order',
  async (name) => {
    const markdown = readFileSync(join(root, 'docs', name), 'utf8');
    const runs = await runDocument(markdown, root, rigger.url);
    expect(runs.length).toBeGreaterThan(6);
    // What a command asks for is never a problem but where the document says so.
    const problems = runs.filter(({ printed }) => printed.includes('urn:rigger:problem:'));
    expect(problems.map(({ block }) => block.line).length).toBeLessThanOrEqual(2);
  },
  180_000,
);
