import { describe, expect, test } from 'vitest';
import { endingWith, heldCall } from './held-call.ts';
import type { Entry } from './transcript.ts';

let made = 0;
const entry = (over: Entry): Entry => {
  made += 1;
  return { uuid: `u${made}`, isSidechain: false, ...over };
};
const prompt = () => entry({ type: 'user', message: { content: 'do it' } });
const call = (
  id: string,
  { name = 'Bash', message = 'm1', ...over }: Entry & { name?: string; message?: string } = {},
) =>
  entry({
    type: 'assistant',
    message: { id: message, content: [{ type: 'tool_use', id, name, input: { id } }] },
    ...over,
  });
const result = (id: string) =>
  entry({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id, content: '' }] } });
const asked = (...ids: string[]) => ids.map((toolUseId) => ({ toolUseId }));

describe('a turn goes on from the call that waited', () => {
  test('when that was all it was doing', () => {
    const waits = call('b', { message: 'm2' });
    const held = heldCall([prompt(), call('a'), result('a'), waits], asked('b'));
    expect(held).toMatchObject({
      toolUseId: 'b',
      tool: 'Bash',
      entry: {
        parentUuid: waits.uuid,
        attachment: { type: 'hook_deferred_tool', toolUseID: 'b', toolInput: { id: 'b' } },
      },
    });
  });

  test('when others of the same message have had their results, or come after it', () => {
    expect(heldCall([prompt(), call('a'), call('b'), result('a')], asked('b'))?.toolUseId).toBe('b');
    expect(heldCall([prompt(), call('a'), call('b')], asked('a'))?.toolUseId).toBe('a');
  });

  test('and not when one before it was under way, or a subagent beside it: what they have done is not known', () => {
    expect(heldCall([prompt(), call('a'), call('b')], asked('b'))).toBeNull();
    expect(heldCall([prompt(), call('a'), call('b', { name: 'Agent' })], asked('a'))).toBeNull();
  });

  test('and not when the conversation has gone on, or the transcript has not the call', () => {
    expect(heldCall([prompt(), call('a'), prompt()], asked('a'))).toBeNull();
    expect(heldCall([prompt(), call('a'), result('a')], asked('a'))).toBeNull();
    expect(heldCall([prompt()], asked('a'))).toBeNull();
    expect(heldCall([prompt(), call('a')], [])).toBeNull();
  });

  test('and not from what a subagent called', () => {
    expect(heldCall([prompt(), call('a'), result('a'), call('s', { isSidechain: true })], asked('s'))).toBeNull();
  });
});

test('a call that an earlier process had put off is not made by itself', () => {
  const history = [prompt(), call('a'), entry({ type: 'attachment', attachment: { type: 'hook_deferred_tool' } })];
  expect(endingWith(history, null)).toEqual(history.slice(0, 2));
  const held = heldCall(history.slice(0, 2), asked('a'));
  expect(endingWith(history, held)).toEqual([...history.slice(0, 2), held!.entry]);
  // One on which more hangs is a part of the conversation.
  const more = [...history, entry({ type: 'user', parentUuid: history[2]!.uuid })];
  expect(endingWith(more, null)).toEqual(more);
});
