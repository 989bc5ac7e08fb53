/** What we rely on in the Agent SDK. When one of these fails after its version was raised, look before you mend the test. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type CanUseTool,
  query,
  type SDKMessage,
  type SDKResultMessage,
  type SessionStore,
} from '@anthropic-ai/claude-agent-sdk';
import { startOfflineModel } from '@rigger/offline-model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endingWith, heldCall } from './held-call.ts';
import { PromptQueue } from './input.ts';
import { rulesFor } from './leave.ts';
import { callsOf, type Entry, HistoryProof, savedTotals } from './transcript.ts';

const require = createRequire(import.meta.url);
let model: Awaited<ReturnType<typeof startOfflineModel>>;
let home: string;
beforeAll(async () => {
  model = await startOfflineModel();
  home = mkdtempSync(join(tmpdir(), 'rigger-sdk-'));
  chmodSync(home, 0o700);
});
afterAll(async () => {
  await model.close();
  rmSync(home, { recursive: true, force: true });
});

test('is the version that was pinned', () => {
  const installed = JSON.parse(
    readFileSync(join(dirname(require.resolve('@anthropic-ai/claude-agent-sdk')), 'package.json'), 'utf8'),
  );
  const ours = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(ours.dependencies['@anthropic-ai/claude-agent-sdk']).toBe(installed.version);
});

const UUID = '0198c0de-0000-7000-8000-00000000000a' as const;

const environment = () => ({
  PATH: process.env.PATH,
  HOME: home,
  CLAUDE_CONFIG_DIR: join(home, 'config'),
  ANTHROPIC_BASE_URL: model.url,
  ANTHROPIC_API_KEY: 'x',
  IS_SANDBOX: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
});
const storeOf = (history: Entry[], append: (entries: Entry[]) => void): SessionStore => ({
  append: async (_key, entries) => append(entries as Entry[]),
  load: async () => (history.length > 0 ? (history as never) : null),
  listSubkeys: async () => [],
});

async function talk(options: { sessionId?: string; resume?: string }, history: Entry[], prompts: string[]) {
  const written: Entry[] = [];
  const input = new PromptQueue();
  // A uuid that a conversation has already is passed over in silence, so only the first message has ours.
  const say = (text: string, uuid?: typeof UUID) =>
    input.push({
      type: 'user',
      message: { role: 'user', content: text },
      parent_tool_use_id: null,
      ...(uuid === undefined ? {} : { uuid }),
    });
  const waiting = [...prompts];
  say(waiting.shift()!, options.resume === undefined ? UUID : undefined);
  const results: SDKResultMessage[] = [];
  let init: Extract<SDKMessage, { subtype: 'init' }> | undefined;
  for await (const message of query({
    prompt: input,
    options: {
      ...options,
      title: 'pinned',
      settingSources: [],
      env: environment(),
      cwd: home,
      sessionStoreFlush: 'eager',
      sessionStore: storeOf(history, (entries) => written.push(...entries)),
    },
  })) {
    if (message.type === 'system' && message.subtype === 'init') init = message;
    if (message.type !== 'result') continue;
    results.push(message);
    const next = waiting.shift();
    if (next === undefined) input.end();
    else say(next);
  }
  return { written, results, init: init! };
}

test('takes the session’s id and the message’s uuid that it is given, and totals run on over turns and resumptions', async () => {
  const sessionId = '0198c0de-0000-7000-8000-000000000001';
  const first = await talk({ sessionId }, [], ['one', 'two']);
  expect(first.init.session_id).toBe(sessionId);
  expect(first.written.filter((entry) => entry.uuid === UUID)).not.toEqual([]);
  const [one, two] = first.results;
  expect(two!.total_cost_usd).toBeGreaterThan(one!.total_cost_usd);
  expect(two!.num_turns).toBe(1);
  expect(savedTotals(first.written).costUsd).toBeCloseTo(two!.total_cost_usd, 9);

  const resumed = await talk({ resume: sessionId }, first.written, ['three']);
  expect(resumed.init.session_id).toBe(sessionId);
  expect(resumed.results[0]!.total_cost_usd).toBeGreaterThan(two!.total_cost_usd);
  expect(new HistoryProof(first.written, null).judge(resumed.written)).toBe('proved');
});

test('a conversation that begins without history does not hang on any, which is how we tell', async () => {
  const earlier = [{ type: 'user', uuid: 'elsewhere' }];
  const fresh = await talk({ sessionId: '0198c0de-0000-7000-8000-000000000002' }, [], ['hello']);
  expect(new HistoryProof(earlier, null).judge(fresh.written)).toBe('disproved');
});

const script = (...steps: object[]): string => `\`\`\`offline\n${JSON.stringify(steps)}\n\`\`\``;
const bash = (command: string) => ({ tools: [{ name: 'Bash', input: { command, description: 'x' } }] });

/** A conversation that asks for leave; it ends with its first result, or when `canUseTool` closes it. */
function ask(
  options: { sessionId?: string; resume?: string },
  history: Entry[],
  prompt: string | null,
  canUseTool: CanUseTool,
) {
  const written: Entry[] = [];
  const input = new PromptQueue();
  if (prompt !== null)
    input.push({ type: 'user', message: { role: 'user', content: prompt }, parent_tool_use_id: null });
  const conversation = query({
    prompt: input,
    options: {
      ...options,
      title: 'pinned',
      settingSources: [],
      permissionMode: 'default',
      env: environment(),
      cwd: home,
      sessionStoreFlush: 'eager',
      sessionStore: storeOf(history, (entries) => written.push(...entries)),
      canUseTool,
    },
  });
  const over = (async () => {
    let said = '';
    try {
      for await (const message of conversation) {
        if (message.type !== 'result') continue;
        said = message.subtype === 'success' ? message.result : message.subtype;
        input.end();
      }
    } catch {}
    return said;
  })();
  return { written, over, close: () => conversation.close() };
}

test('a call that waited for leave when its process ended is made by the next one, by its id and before anything else', async () => {
  const sessionId = '0198c0de-0000-7000-8000-000000000003';
  const waits = Promise.withResolvers<string>();
  const prompt = script(bash('echo ran > held'), { text: 'end {{toolResult.1}}' });
  const first = ask({ sessionId }, [], prompt, async (_tool, _input, { toolUseID }) => {
    waits.resolve(toolUseID);
    return new Promise(() => {});
  });
  const id = await waits.promise;
  await expect.poll(() => first.written.flatMap(callsOf)).toContain(id);
  const history = [...first.written];
  first.close();
  await first.over;

  const held = heldCall(history, [{ toolUseId: id }]);
  const asked: string[] = [];
  const second = ask({ resume: sessionId }, endingWith(history, held), null, async (_tool, input, { toolUseID }) => {
    asked.push(toolUseID);
    return { behavior: 'allow', updatedInput: input };
  });
  expect(await second.over).toMatch(/^end .*completed/);
  expect(asked).toEqual([id]);
  expect(readFileSync(join(home, 'held'), 'utf8')).toBe('ran\n');
  // What is stored is as if the process had never been gone: the result hangs on the call.
  expect(new HistoryProof(history, null).judge(second.written)).toBe('proved');
  expect(second.written.filter((entry) => entry.type === 'attachment' && JSON.stringify(entry).includes(id))).toEqual(
    [],
  );
});

test('what it suggests to allow for a command covers no other command that is put into it', async () => {
  const suggested = new Map<string, string[]>();
  const hostile = [
    '$(touch x)',
    '`touch x`',
    '<(touch x)',
    '; touch x',
    '| sh',
    '&& touch x',
    '> /etc/x',
    '& touch x',
    '\ntouch x',
  ].map((more) => `npm test ${more}`);
  const prompt = script(...['npm test', 'npm test -- a', ...hostile].map(bash), { text: 'end' });
  const sessionId = '0198c0de-0000-7000-8000-000000000004';
  await ask({ sessionId }, [], prompt, async (tool, input, { suggestions = [] }) => {
    suggested.set(String(input.command), rulesFor(tool, input, suggestions, home));
    return { behavior: 'deny', message: 'no' };
  }).over;
  const allowed = new Set(suggested.get('npm test'));
  expect([...allowed]).toEqual(['Bash(npm test *)']);
  expect(suggested.get('npm test -- a')).toEqual(['Bash(npm test *)']);
  for (const command of hostile)
    expect([command, suggested.get(command)?.every((rule) => allowed.has(rule))]).toEqual([command, false]);
});
