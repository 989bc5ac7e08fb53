/** What we rely on in the Agent SDK. When one of these fails after its version was raised, look before you mend the test. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { query, type SDKMessage, type SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import { startOfflineModel } from '@rigger/offline-model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PromptQueue } from './input.ts';
import { type Entry, HistoryProof, savedTotals } from './transcript.ts';

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
      env: {
        PATH: process.env.PATH,
        HOME: home,
        CLAUDE_CONFIG_DIR: join(home, 'config'),
        ANTHROPIC_BASE_URL: model.url,
        ANTHROPIC_API_KEY: 'x',
        IS_SANDBOX: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
      cwd: home,
      sessionStoreFlush: 'eager',
      sessionStore: {
        append: async (_key, entries) => void written.push(...(entries as Entry[])),
        load: async () => (history.length > 0 ? (history as never) : null),
        listSubkeys: async () => [],
      },
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
