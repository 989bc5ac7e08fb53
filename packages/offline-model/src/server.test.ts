import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OfflineModel, startOfflineModel } from './index.ts';

// The official client against the server: what it parses, the server sent right.

let model: OfflineModel;
let client: Anthropic;
beforeAll(async () => {
  model = await startOfflineModel();
  client = new Anthropic({ apiKey: 'any', baseURL: model.url, maxRetries: 0 });
});
afterAll(() => model.close());

const script = (steps: object[]) => `\`\`\`offline\n${JSON.stringify(steps)}\n\`\`\``;
const ask = (steps: object[]): Anthropic.MessageCreateParamsNonStreaming => ({
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: script(steps) }],
});
const step = {
  thinking: 'hm',
  text: 'Hello, wörld 🌍 '.repeat(9),
  tools: [{ name: 'Bash', input: { command: 'ls' } }],
};

test('a streamed answer assembles to the same message as the whole one', async () => {
  const request = { ...ask([step]), thinking: { type: 'enabled' as const, budget_tokens: 50 } };
  const whole = await client.messages.create(request);
  const streamed = await client.messages.stream(request).finalMessage();
  expect(whole.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use']);
  expect(whole).toMatchObject({
    stop_reason: 'tool_use',
    model: 'claude-sonnet-5-5',
    content: [{}, { text: step.text }, {}],
  });
  const ids = { id: expect.any(String) };
  const content = whole.content.map((block) => (block.type === 'tool_use' ? { ...block, ...ids } : block));
  expect(streamed.content).toMatchObject(content);
  expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
});

test('a stream has the events of the real API in their order, text in several chunks', async () => {
  const stream = await client.messages.create({ ...ask([{ text: 'x'.repeat(60) }]), stream: true });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  const delta = 'content_block_delta';
  expect(types).toEqual([
    'message_start',
    'content_block_start',
    delta,
    delta,
    delta,
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('thinking is left out when the request did not ask for it', async () => {
  const message = await client.messages.create(ask([step]));
  expect(message.content.map((block) => block.type)).toEqual(['text', 'tool_use']);
});

test('usage is a repeatable estimate, or exactly what the step says, and the totals add it up', async () => {
  const before = model.totals();
  const [first, second] = [await client.messages.create(ask([step])), await client.messages.create(ask([step]))];
  expect(second.usage).toEqual(first.usage);
  const exact = await client.messages.create(ask([{ text: 'x', usage: { input_tokens: 1000, output_tokens: 7 } }]));
  expect(exact.usage).toMatchObject({ input_tokens: 1000, output_tokens: 7, cache_read_input_tokens: 0 });
  const after = model.totals();
  expect(after.calls - before.calls).toBe(3);
  expect(after.outputTokens - before.outputTokens).toBe(2 * first.usage.output_tokens + 7);
  expect(model.calls().at(-1)).toMatchObject({
    scenario: 'inline',
    step: 0,
    status: 200,
    outcome: 'done',
    stream: false,
  });
});

test('a long marked prefix is created in the cache once and read from it afterwards', async () => {
  const system = [
    { type: 'text', text: 'rule '.repeat(2000), cache_control: { type: 'ephemeral' } },
  ] satisfies Anthropic.TextBlockParam[];
  const request = { ...ask([{ text: 'x' }]), system };
  const [first, second] = [await client.messages.create(request), await client.messages.create(request)];
  expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(2000);
  expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
});

test('tokens are counted and models are listed as the client expects', async () => {
  const { max_tokens: _, ...rest } = ask([]);
  expect(
    (await client.messages.countTokens({ ...rest, messages: [{ role: 'user', content: 'x'.repeat(400) }] }))
      .input_tokens,
  ).toBeGreaterThan(99);
  expect((await client.models.list()).data[0]?.display_name).toContain('offline');
  expect((await client.models.retrieve('claude-sonnet-5-5')).id).toBe('claude-sonnet-5-5');
});

test('errors have the real shape: no key, a wrong request, an unknown path', async () => {
  const post = (path: string, headers: Record<string, string>, body: string) =>
    fetch(model.url + path, { method: 'POST', headers, body });
  const noKey = await post('/v1/messages?beta=true', {}, '{}');
  expect(noKey.status).toBe(401);
  expect(await noKey.json()).toMatchObject({
    type: 'error',
    error: { type: 'authentication_error' },
    request_id: noKey.headers.get('request-id'),
  });
  expect((await post('/v1/messages', { authorization: 'Bearer x' }, '{')).status).toBe(400);
  expect((await post('/v1/nothing', { 'x-api-key': 'x' }, '{}')).status).toBe(404);
  expect((await fetch(`${model.url}/api/hello`, { method: 'HEAD' })).status).toBe(200);
});

test('an error on demand comes as often as it says, with retry-after, and then the words', async () => {
  const request = ask([{ text: 'back', error: { status: 529, message: 'busy', retryAfter: 3, times: 2 } }]);
  for (let time = 0; time < 2; time += 1) {
    const error = await client.messages.create(request).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.InternalServerError);
    expect([error.status, error.type, error.headers.get('retry-after')]).toEqual([529, 'overloaded_error', '3']);
  }
  expect((await client.messages.create(request)).content).toMatchObject([{ text: 'back' }]);
});

test('a stream can break after some chunks, once, and can fail by an error event', async () => {
  const broken = ask([{ text: 'y'.repeat(200), breakAfterChunks: 2 }]);
  await expect(client.messages.stream(broken).finalMessage()).rejects.toThrow();
  expect(model.calls().at(-1)).toMatchObject({ status: 200, outcome: 'broken', usage: { outputTokens: 12 } });
  expect((await client.messages.stream(broken).finalMessage()).stop_reason).toBe('end_turn');
  const failing = ask([{ text: 'z'.repeat(200), error: { status: 500, message: 'mid-stream', afterChunks: 1 } }]);
  await expect(client.messages.stream(failing).finalMessage()).rejects.toThrow(/mid-stream/);
});

test('a hanging stream is cut by close, which ends at once', async () => {
  const other = await startOfflineModel();
  const silent = new Anthropic({ apiKey: 'any', baseURL: other.url, maxRetries: 0 });
  const stream = silent.messages.stream(ask([{ text: 'x', hangMs: 60_000 }]));
  const ended = stream.finalMessage().catch((error: Error) => error);
  await new Promise((resolve) => stream.once('connect', () => resolve(null)));
  await other.close();
  await other.close();
  expect(await ended).toBeInstanceOf(Error);
  await expect.poll(() => other.calls().at(-1)?.outcome).toBe('aborted');
});

test('scenarios in code go before files, and a wrong one stops the start', async () => {
  const other = await startOfflineModel({
    scenarios: [{ name: 'mine', match: { prompt: 'invoice' }, steps: [{ text: 'mine' }] }],
  });
  const mine = new Anthropic({ apiKey: 'any', baseURL: other.url });
  const message = await mine.messages.create({ ...ask([]), messages: [{ role: 'user', content: 'the invoices' }] });
  expect(message.content).toMatchObject([{ text: 'mine' }]);
  await other.close();
  await expect(startOfflineModel({ scenarios: [{ name: 'x', steps: [] }] })).rejects.toThrow(/scenarios\[0\]: steps/);
});
