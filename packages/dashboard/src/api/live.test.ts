import { describe, expect, test } from 'vitest';
import { type LiveMessage, takeDelta, takeStored, unstored } from './live.ts';
import type { Delta, SessionEvent } from './types.ts';

const delta = (event: object, more: object = {}): Delta => ({
  type: 'sdk.delta',
  agent: 'main',
  turnId: 't',
  data: { type: 'stream_event', event, parent_tool_use_id: null, api_message_id: 'm1', ...more },
});
const start = (id = 'm1') => delta({ type: 'message_start', message: { id } }, { api_message_id: id });
const block = (index: number, type: string, id = 'm1') =>
  delta({ type: 'content_block_start', index, content_block: { type } }, { api_message_id: id });
const text = (index: number, words: string, id = 'm1') =>
  delta({ type: 'content_block_delta', index, delta: { text: words } }, { api_message_id: id });
const stored = (id: string, blocks: number): SessionEvent => ({
  seq: 1,
  type: 'sdk.message',
  at: '',
  agent: 'main',
  turnId: 't',
  data: { type: 'assistant', message: { id, content: Array(blocks).fill({}) }, parent_tool_use_id: null },
});
const all = (...deltas: Delta[]): LiveMessage[] => deltas.reduce(takeDelta, [] as LiveMessage[]);

describe('what is being said', () => {
  test('is put together of its deltas', () => {
    const [message] = all(start(), block(0, 'text'), text(0, 'Hel'), text(0, 'lo'));
    expect(message!.blocks).toEqual([{ type: 'text', text: 'Hello', name: null }]);
  });

  test('gives way block by block to what the log has, also when deltas of the next block came before', () => {
    let live = all(start(), block(0, 'thinking'), block(1, 'text'), text(1, 'Hi'));
    live = takeStored(live, stored('m1', 1));
    expect(unstored(live[0]!)).toMatchObject([{ type: 'text', text: 'Hi' }]);
    live = takeStored(live, stored('m1', 1));
    expect(unstored(live[0]!)).toEqual([]);
    live = takeDelta(live, text(1, ' again'));
    expect(unstored(live[0]!)).toEqual([]);
  });

  test('of an earlier message is over once a later one is in the log', () => {
    const live = takeStored(
      all(start('m1'), block(0, 'text', 'm1'), start('m2'), block(0, 'text', 'm2')),
      stored('m2', 1),
    );
    expect(live.map(({ id }) => id)).toEqual(['m2']);
  });

  test('is over with its turn, for that agent alone', () => {
    const live = all(start('m1'), { ...start('m2'), agent: 'other' });
    const over: SessionEvent = { seq: 2, type: 'turn.finished', at: '', agent: 'main', turnId: 't', data: {} };
    expect(takeStored(live, over).map(({ agent }) => agent)).toEqual(['other']);
  });

  test('of a message whose beginning was missed is not shown in part', () => {
    expect(all(block(0, 'text'), text(0, 'lo'))).toEqual([]);
  });
});
