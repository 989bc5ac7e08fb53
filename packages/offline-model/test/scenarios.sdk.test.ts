import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSdkMcpServer, tool } from '@anthropic-ai/claude-agent-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type OfflineModel, startOfflineModel } from '../src/index.ts';
import { makeWorkspace, runAgent } from './agent.ts';

// The built-in scenarios against the real CLI with its real tools, each in an empty workspace.

const sample = join(import.meta.dirname, '..', '..', 'rigger', 'samples', 'buggy-cart');
// Each test starts real CLI processes; a busy machine needs more than the default 5 s.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let model: OfflineModel;
let place: Awaited<ReturnType<typeof makeWorkspace>>;

beforeAll(async () => {
  model = await startOfflineModel();
});
afterAll(() => model.close());
beforeEach(async () => {
  place = await makeWorkspace();
  await mkdir(place.cwd, { recursive: true });
  await mkdir(place.home, { recursive: true });
});
afterEach(() => place.remove());

const read = (name: string) => readFile(join(place.cwd, name), 'utf8');

test('the demo agent finds the bug in the sample repository, repairs it and sees the tests pass', async () => {
  await cp(sample, place.cwd, { recursive: true });
  const run = await runAgent(model, place, ['Fix the failing test in this repository']);
  expect(run.tools).toEqual(['Bash', 'Read', 'Read', 'Edit', 'Bash']);
  expect(run.results[0]).toMatch(/^Fixed\..*All tests pass\.$/s);
  expect(await read('src/cart.js')).toContain('if (index !== -1) cart.lines.splice(index, 1);');
});

test('a second request to fix the bug is told that all tests pass already', async () => {
  await cp(sample, place.cwd, { recursive: true });
  const run = await runAgent(model, place, ['Fix the bug', 'Fix the bug']);
  expect(run.results[1]).toBe('All tests pass already, so there is nothing to fix.');
});

test('asked to fix tests in a workspace without any, the agent says so and changes nothing', async () => {
  const run = await runAgent(model, place, ['Fix the failing test in this repository']);
  expect(run.results[0]).toContain('I changed nothing');
  expect(await readdir(place.cwd)).toEqual([]);
});

test('asked to fix a file that is not there, the agent says so and invents nothing', async () => {
  const run = await runAgent(model, place, ['Fix the authentication timeout in src/auth/user.ts']);
  expect(run.tools).toEqual(['Read', 'Bash']);
  expect(run.results[0]).toContain('the workspace is empty');
  expect(await readdir(place.cwd)).toEqual([]);
});

test('invoices are read and their real sum is written and told', async () => {
  const run = await runAgent(model, place, ['Process the invoices']);
  expect(JSON.parse(await read('totals.json'))).toEqual({ invoices: 3, total: 1680.15 });
  expect(run.results[0]).toContain('1680.15');
});

test('invoices already in the workspace are the ones that are added up', async () => {
  await mkdir(join(place.cwd, 'invoices'));
  await writeFile(join(place.cwd, 'invoices', 'march.csv'), 'id,total\n1,10.50\n2,4.50\n');
  const run = await runAgent(model, place, ['Process the invoices']);
  expect(run.results[0]).toContain('{"invoices": 2, "total": 15.00}');
});

test('the inbox agent flags urgent mail and does not process a message twice', async () => {
  await mkdir(join(place.cwd, 'inbox'));
  await writeFile(join(place.cwd, 'inbox', '1.eml'), 'From: a@x\nSubject: URGENT: outage\n\nhelp\n');
  await writeFile(join(place.cwd, 'inbox', '2.eml'), 'From: b@x\nSubject: Lunch\n\nsoup\n');
  const run = await runAgent(model, place, ['Check the inbox', 'Any new emails?']);
  expect(run.results[0]).toContain('2 new, 1 urgent, 2 processed in total');
  expect(run.results[1]).toBe('No new e-mail. seen before: 2 (Request 2 of this session.)');
  expect(await read('flagged.txt')).toBe('inbox/1.eml\n');
});

test('the site builder writes a page, changes its headline by an edit, and changes it once more', async () => {
  const prompts = ['Build a landing page', 'Change the headline to "It\'s spring"', 'change the headline to Summer'];
  const run = await runAgent(model, place, prompts);
  expect(run.tools).toEqual(['Write', 'Write', 'Read', 'Edit', 'Read', 'Bash']);
  expect(run.results[0]).toContain('index.html');
  expect(run.results[1]).toContain("It's spring");
  expect(await read('index.html')).toContain('<h1>Summer</h1>');
  expect(await read('style.css')).toContain('font-size');
});

test('the project manager keeps tasks in a file and the requests in its memory', async () => {
  const run = await runAgent(model, place, [
    "Add task write Ann's report",
    'Add task: call Bo',
    'Complete task 1',
    'What is the status?',
  ]);
  expect(await read('tasks.md')).toBe("- [x] write Ann's report\n- [ ] call Bo\n");
  expect(run.results[3]).toContain('open: 1, done: 1');
  expect(run.results[3]).toContain("1. Add task write Ann's report\n2. Add task: call Bo\n3. Complete task 1");
});

test('a game of coordinator and two players ends with one result and no further messages', async () => {
  const outbox: { from: string; to: string; message: string }[] = [];
  const agent = (name: string, prompt: string) =>
    runAgent(model, place, [prompt], {
      systemPrompt: `You are ${name}.`,
      allowedTools: ['Bash', 'mcp__rigger__send_message', 'mcp__rigger__list_agents'],
      mcpServers: {
        rigger: createSdkMcpServer({
          name: 'rigger',
          tools: [
            tool(
              'send_message',
              'Sends a message',
              { to: z.string(), message: z.string() },
              async ({ to, message }) => {
                outbox.push({ from: name, to, message });
                return { content: [{ type: 'text', text: 'delivered' }] };
              },
            ),
            tool('list_agents', 'Lists the agents', {}, async () => ({
              content: [{ type: 'text', text: 'coordinator, player1, player2' }],
            })),
          ],
        }),
      },
    });
  const start = await agent('coordinator', 'Start the game');
  expect(start.tools).toEqual(['mcp__rigger__list_agents', 'mcp__rigger__send_message', 'mcp__rigger__send_message']);
  const answers: string[] = [];
  for (let delivered = outbox.shift(); delivered; delivered = outbox.shift()) {
    const { results } = await agent(delivered.to, `[message from ${delivered.from}] ${delivered.message}`);
    answers.push(`${delivered.to}: ${results[0]}`);
  }
  expect(answers).toHaveLength(4);
  expect(answers[3]).toMatch(/^coordinator: The game is over\.[\s\S]*Winner: /);
  const numbers = [await read('moves/player1.txt'), await read('moves/player2.txt')].map(Number);
  expect(await read('result.md')).toContain(`player1: ${numbers[0]}\nplayer2: ${numbers[1]}`);
});
