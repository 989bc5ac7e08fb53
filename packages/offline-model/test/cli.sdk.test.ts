import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type OfflineModel, startOfflineModel } from '../src/index.ts';
import { makeWorkspace, runAgent } from './agent.ts';

// How the real CLI behaves against the server: steering, history, faults, subagents, compaction.

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

const script = (steps: object[]) => `\`\`\`offline\n${JSON.stringify(steps)}\n\`\`\``;
const sessionOf = (messages: { session_id?: string }[]) => messages.at(-1)?.session_id;

test.each(['claude-opus-5-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'])(
  'a script in the prompt drives tools with %s',
  async (name) => {
    const steps = [
      {
        thinking: 'first',
        text: 'writing',
        tools: [{ name: 'Write', input: { file_path: '{{cwd}}/a.txt', content: 'A' } }],
      },
      {
        tools: [
          { name: 'Read', input: { file_path: 'a.txt' } },
          { name: 'Bash', input: { command: 'pwd' } },
        ],
      },
      { text: '{{toolResult.2}} | {{lastToolResult}} | {{cwd}}' },
    ];
    const run = await runAgent(model, place, [script(steps)], { model: name });
    expect(run.results[0]).toContain(`A | ${place.cwd} | ${place.cwd}`);
    expect(await readFile(join(place.cwd, 'a.txt'), 'utf8')).toBe('A');
  },
);

test('a resumed session brings its history: the prompts of before are told', async () => {
  const first = await runAgent(model, place, ['My cat is called Momo', 'And it is 3 years old']);
  const resume = sessionOf(first.messages);
  const second = await runAgent(model, place, ['What did I tell you before?'], { resume });
  expect(second.results[0]).toContain('1. My cat is called Momo\n2. And it is 3 years old');
});

test('the history survives the CLI’s compaction', async () => {
  const run = await runAgent(model, place, [
    'My cat is called Momo',
    '/compact',
    script([{ text: '{{turn}}: {{prompts}}' }]),
  ]);
  expect(run.results[2]).toBe('2: 1. My cat is called Momo');
  expect(model.calls().filter((call) => call.scenario === 'auxiliary:compaction')).toHaveLength(1);
});

test('an overloaded answer and a broken stream are retried by the CLI and the turn ends well', async () => {
  const steps = [
    { error: { status: 529, times: 1 }, tools: [{ name: 'Bash', input: { command: 'echo hi' } }] },
    { text: 'all is well '.repeat(20), breakAfterChunks: 3 },
  ];
  const from = model.totals().calls;
  const run = await runAgent(model, place, [script(steps)]);
  expect(run.results[0]).toContain('all is well');
  const mine = model.calls().slice(from - model.totals().calls);
  expect(mine.filter((call) => call.scenario === 'inline').map((call) => call.outcome)).toEqual([
    'error',
    'done',
    'broken',
    'done',
  ]);
});

test.each([false, true])(
  'a subagent follows its own scenario and reports back (in the background: %s)',
  async (background) => {
    const other = await startOfflineModel({
      scenarios: [
        {
          name: 'worker',
          match: { prompt: '^work$' },
          steps: [
            { tools: [{ name: 'Bash', input: { command: 'echo from-sub' } }] },
            { text: 'sub says {{lastToolResult}}' },
          ],
        },
      ],
    });
    const input = { description: 'd', prompt: 'work', subagent_type: 'general-purpose', run_in_background: background };
    const delegate = { tools: [{ name: 'Agent', input }] };
    const heard = { text: 'heard: {{lastToolResult}}' };
    const steps = background ? [delegate, { text: 'waiting' }, heard] : [delegate, heard];
    const run = await runAgent(other, place, [script(steps)]);
    await other.close();
    expect(run.results.at(-1)).toMatch(/^heard: [\s\S]*sub says from-sub/);
  },
);

test('a script inside a script is left to the subagent that gets it as its prompt', async () => {
  const inner = script([
    { tools: [{ name: 'Bash', input: { command: 'echo deep' } }] },
    { text: 'sub: {{lastToolResult}}' },
  ]);
  const call = { name: 'Agent', input: { description: 'd', prompt: inner, run_in_background: false } };
  const run = await runAgent(model, place, [script([{ tools: [call] }, { text: 'main: {{lastToolResult}}' }])]);
  expect(run.results[0]).toMatch(/^main: [\s\S]*sub: deep/);
});

test('a wrong script is told to its author as an API error', async () => {
  const run = runAgent(model, place, ['```offline\n[{"txt": 1}]\n```']);
  await expect(run).rejects.toThrow(/API Error: 400 the ```offline block: steps\.0/);
});
