import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countTokensRequest, parseRequest } from '../api/request.ts';
import { readConversation } from '../conversation/conversation.ts';
import { chooseStep } from './choose.ts';
import { builtInDir, checkScenarios, loadScenarioDir } from './load.ts';
import type { ScenarioInput } from './schema.ts';

const scenario = (rest: Partial<ScenarioInput>): ScenarioInput => ({ name: 's', steps: [{ text: 'first' }], ...rest });
function say(prompts: string[], scenarios: ScenarioInput[] = [], answered = 0, rest: object = {}) {
  const earlier = prompts.slice(0, -1).flatMap((content) => [
    { role: 'user', content },
    { role: 'assistant', content: 'ok' },
  ]);
  const turn = Array.from({ length: answered }, (_, index) => [
    { role: 'assistant', content: [{ type: 'tool_use', id: `t${index}`, name: 'Bash', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${index}`, content: `result ${index + 1}` }] },
  ]).flat();
  const messages = [...earlier, { role: 'user', content: prompts.at(-1) }, ...turn];
  const request = parseRequest(countTokensRequest, { model: 'm', messages, ...rest });
  return chooseStep(request, readConversation(request), checkScenarios(scenarios));
}

test('prompt, system, model and tools must all match, and the first match speaks', () => {
  const picky = scenario({
    name: 'picky',
    match: { prompt: 'hello', system: 'player1', model: '^m$', tools: ['Bash'] },
  });
  const rest = { system: 'You are player1', tools: [{ name: 'Bash' }] };
  expect(say(['Hello!'], [picky, scenario({})], 0, rest).scenario).toBe('picky');
  expect(say(['Hello!'], [picky, scenario({})], 0, { ...rest, tools: [] }).scenario).toBe('s');
  expect(say(['Bye'], [picky]).scenario).toBe('fallback');
});

test('templates name the prompt, its groups, earlier prompts, the turn and tool results', () => {
  const text = '{{prompt.1|shell}} {{turn}} [{{prompts}}] {{toolResult.1}} {{lastToolResult}} {{unknown}} {{prompt.9}}';
  const steps = [
    { text: '-' },
    { text: '-' },
    { tools: [{ name: 'Bash', input: { command: text, list: ['{{model}}'] } }] },
  ];
  const { step } = say(['hi', "add it's"], [scenario({ match: { prompt: '^add (.+)' }, steps })], 2);
  expect(step.tools?.[0]?.input).toEqual({
    command: "'it'\\''s' 2 [1. hi] result 1 result 2 {{unknown}} ",
    list: ['m'],
  });
});

test('a condition that does not hold plays else, and without else the turn ends', () => {
  const steps = [{ text: '-' }, { when: { lastToolResult: 'result 9' }, text: 'yes', else: { text: 'no' } }];
  expect(say(['x'], [scenario({ steps })], 1).step.text).toBe('no');
  const without = [{ text: '-' }, { when: { lastToolFailed: true }, text: 'yes' }];
  expect(say(['x'], [scenario({ steps: without })], 1).step.text).toBe('Done.');
});

test('after the last step the scenario ends, repeats it or starts again, as it says', () => {
  const steps = [{ text: 'a' }, { text: 'b' }];
  expect(say(['x'], [scenario({ steps })], 2).step.text).toBe('Done.');
  expect(say(['x'], [scenario({ steps, after: 'repeat-last' })], 3).step.text).toBe('b');
  expect(say(['x'], [scenario({ steps, loop: true })], 2).step.text).toBe('a');
});

test('a script inside the prompt goes before every scenario and is not part of the prompt', () => {
  const prompt = 'please\n```offline\n[{"text":"got {{prompt}}"}]\n```';
  expect(say([prompt], [scenario({})])).toMatchObject({ scenario: 'inline', step: { text: 'got please' } });
});

test('a turn taken up after a crash never plays its script again: it plays what the script has for that, or says so', () => {
  const note = '[Rigger] The process that ran you died in the middle of this turn';
  const script = (again?: object[]) =>
    `go\n\`\`\`offline\n${JSON.stringify({ steps: [{ text: 'a' }], ...(again && { again }) })}\n\`\`\``;
  expect(say([script(), note]).step.text).toContain('I was told');
  expect(say([script([{ text: 'b' }]), note], [], 0).step.text).toBe('b');
  expect(say([`${script([{ text: 'b' }])}\n${note}`], [], 3).step.text).toBe('b');
});

test('of several scripts in one prompt the last one plays: the CLI joins a prompt that failed with the next', () => {
  const script = (text: string) => `\`\`\`offline\n[{"text":"${text}"}]\n\`\`\``;
  expect(say([`${script('first')}\nand\n${script('second')}`]).step.text).toBe('second');
});

test('a wrong script inside the prompt is an error that says what is wrong', () => {
  expect(() => say(['```offline\n[{"txt":"x"}]\n```'])).toThrow(/```offline block: steps\.0.*txt/);
  expect(() => say(['```offline\nnope\n```'])).toThrow(/not JSON/);
});

test('the CLI’s title call gets a title and never reaches a scenario', () => {
  const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  const rest = {
    system: 'You are naming a coding session so that …',
    output_config: { format: { type: 'json_schema', schema } },
  };
  const { scenario: name, step } = say(['<session>\nfix the bug in x\n</session>'], [scenario({})], 0, rest);
  expect(name).toBe('auxiliary:title');
  expect(JSON.parse(step.text ?? '')).toEqual({ title: 'Fix the bug in x' });
});

test('the fallback names itself, and lists earlier prompts to a question about them', () => {
  expect(say(['hello {{cwd}}']).step.text).toMatch(/You said: “hello \{\{cwd\}\}”.*offline model/);
  expect(say(['My cat is Momo', 'What did I tell you before?']).step.text).toContain('1. My cat is Momo');
});

test('every built-in scenario file fits the schema', async () => {
  const names = (await loadScenarioDir(builtInDir)).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['fix-bug', 'auth-timeout', 'invoices', 'email-monitor', 'site-build']));
  expect(new Set(names).size).toBe(names.length);
});

test('a bad scenario file is reported with its name and the path inside it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'scenarios-'));
  await writeFile(join(dir, 'bad.json'), JSON.stringify({ name: 'x', match: { prompt: '(' }, steps: [{ text: 1 }] }));
  await expect(loadScenarioDir(dir)).rejects.toThrow(/bad\.json: match\.prompt: not a regular expression/);
  await writeFile(join(dir, 'bad.json'), '{');
  await expect(loadScenarioDir(dir)).rejects.toThrow(/bad\.json: not readable as JSON/);
  await rm(dir, { recursive: true });
  await expect(loadScenarioDir(dir)).rejects.toThrow(/cannot read the scenario folder/);
});
