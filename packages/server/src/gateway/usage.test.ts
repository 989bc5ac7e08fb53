import { describe, expect, test } from 'vitest';
import { NO_TOKENS } from '../model/prices.ts';
import { UsageReader } from './usage.ts';

const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const start = event('message_start', {
  message: {
    usage: {
      input_tokens: 10,
      output_tokens: 1,
      cache_read_input_tokens: 300,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
    },
  },
});
const said = (text: string) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
const end = event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 77 } });
const stop = event('message_stop', {});

function read(...parts: string[]): UsageReader {
  const reader = new UsageReader();
  for (const part of parts) reader.stream(Buffer.from(part));
  return reader;
}

describe('a streamed answer', () => {
  test('is counted by classes as the provider says, whatever pieces it comes in', () => {
    const bytes = Buffer.from(start + said('Grüße 🦊') + end + stop);
    for (const size of [1, 7, 1000]) {
      const reader = new UsageReader();
      for (let at = 0; at < bytes.length; at += size) reader.stream(bytes.subarray(at, at + size));
      expect(reader.tokens).toEqual({
        input: 10,
        output: 77,
        cacheWrite5m: 20,
        cacheWrite1h: 30,
        cacheRead: 300,
        webSearches: 0,
      });
      expect([reader.settled, reader.over, reader.error]).toEqual([true, true, null]);
    }
  });

  test('is estimated by its length while it streams: text, thinking and the JSON of tools', () => {
    expect(read(start).tokens.output).toBe(1);
    const thinking = event('content_block_delta', { delta: { type: 'thinking_delta', thinking: 'abcd' } });
    const json = event('content_block_delta', { delta: { type: 'input_json_delta', partial_json: '{"a":1}' } });
    const reader = read(start, said('x'.repeat(40)), thinking, json);
    expect(reader.tokens.output).toBe(13);
    expect(reader.settled).toBe(false);
  });

  test('that ends with an error is told', () => {
    const reader = read(start, event('error', { error: { type: 'overloaded_error', message: 'busy' } }));
    expect(reader.error).toContain('overloaded_error');
    expect(reader.over).toBe(false);
  });

  test('with something in it that is not JSON, or that nobody knows, is read on', () => {
    expect(read(start, 'data: {\n\n', event('tomorrow', { usage: 3 }), end).tokens.output).toBe(77);
  });

  test('of fast mode, in the US only, with searches', () => {
    const usage = { output_tokens: 5, speed: 'fast', inference_geo: 'us', server_tool_use: { web_search_requests: 2 } };
    const reader = read(start, event('message_delta', { usage }));
    expect(reader.service).toEqual({ fast: true, usOnly: true });
    expect(reader.tokens.webSearches).toBe(2);
  });
});

describe('a whole answer', () => {
  test('is counted; cache writes without a class are for five minutes', () => {
    const reader = new UsageReader();
    reader.whole(JSON.stringify({ usage: { input_tokens: 3, output_tokens: 4, cache_creation_input_tokens: 5 } }));
    expect(reader.tokens).toEqual({ ...NO_TOKENS, input: 3, output: 4, cacheWrite5m: 5 });
    expect([reader.settled, reader.over]).toEqual([true, true]);
  });

  test('without usage, as an error is, used nothing', () => {
    const reader = new UsageReader();
    reader.whole('{"type":"error"}');
    expect(reader.tokens).toEqual(NO_TOKENS);
    expect(reader.settled).toBe(false);
  });
});
