import type Anthropic from '@anthropic-ai/sdk';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { knownBlocks } from './blocks.ts';
import { messagesRequest, parseRequest } from './request.ts';

const valid = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };
const errorOf = (change: object) => {
  try {
    parseRequest(messagesRequest, { ...valid, ...change });
  } catch (error) {
    return error;
  }
  return null;
};
const use = { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' };

describe('a wrong request is answered with the field that is wrong', () => {
  test.each([
    [{ model: undefined }, 'model: Field required'],
    [{ max_tokens: 0 }, 'max_tokens: Too small'],
    [{ messages: [] }, 'messages: Too small'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages.0.content.0.text: Field required'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages.0.content.0.type: Field required'],
  ])('%j', (change, message) => {
    expect(errorOf(change)).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
    });
  });
});

test('a block type and fields that are newer than this server are accepted', () => {
  const content = [
    { type: 'hologram', depth: 3 },
    { type: 'text', text: 'x', shimmer: true },
  ];
  expect(errorOf({ messages: [{ role: 'user', content }], warp: 9 })).toBeNull();
});

test('a tool result that answers no tool use of the message before is refused', () => {
  expect(errorOf({ messages: [{ role: 'user', content: [result] }] })).toMatchObject({
    message: expect.stringMatching(/^messages\.0\.content\.0: unexpected `tool_use_id`.*toolu_1/),
  });
});

test('a tool use that is not answered by the next message is refused', () => {
  const messages = [...valid.messages, { role: 'assistant', content: [use] }, { role: 'user', content: 'and?' }];
  expect(errorOf({ messages })).toMatchObject({
    message: expect.stringMatching(/^messages\.1: `tool_use` ids were found/),
  });
});

test('a system message between a tool use and its result does not part them', () => {
  const note = { role: 'system', content: [{ type: 'text', text: 'note' }] };
  const messages = [
    ...valid.messages,
    { role: 'assistant', content: [use] },
    note,
    { role: 'user', content: [result] },
  ];
  expect(errorOf({ messages })).toBeNull();
});

test('whatever the official SDK can send is accepted by the types of the schema', () => {
  type Known = { [K in keyof typeof knownBlocks]: z.input<(typeof knownBlocks)[K]> };
  expectTypeOf<Anthropic.MessageCreateParams>().toExtend<z.input<typeof messagesRequest>>();
  expectTypeOf<Anthropic.TextBlockParam>().toExtend<Known['text']>();
  expectTypeOf<Anthropic.ThinkingBlockParam>().toExtend<Known['thinking']>();
  expectTypeOf<Anthropic.RedactedThinkingBlockParam>().toExtend<Known['redacted_thinking']>();
  expectTypeOf<Anthropic.ImageBlockParam>().toExtend<Known['image']>();
  expectTypeOf<Anthropic.DocumentBlockParam>().toExtend<Known['document']>();
  expectTypeOf<Anthropic.ToolUseBlockParam>().toExtend<Known['tool_use']>();
  expectTypeOf<Anthropic.ToolResultBlockParam>().toExtend<Known['tool_result']>();
});
