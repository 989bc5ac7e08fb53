import { describe, expect, test } from 'vitest';
import { messageUuid, type TurnOrder } from '../protocol/index.ts';
import { contentFor, RunningTurn } from './turn.ts';

const order = (over: Partial<TurnOrder> = {}): TurnOrder => ({
  id: 'turn_0123456789abcdef0123456789abcdef',
  agent: 'main',
  prompt: 'do it',
  attempt: 1,
  remainingTurns: null,
  remainingBudgetUsd: null,
  begun: [],
  messagesAllowed: 2,
  asked: [],
  ...over,
});

describe('what an agent is given for a turn', () => {
  test('its prompt, at first', () => {
    expect(contentFor(order(), false)).toBe('do it');
  });

  test('a note that the last outcome is unknown, when its transcript has the prompt', () => {
    expect(contentFor(order({ attempt: 2 }), true)).toMatch(/outcome of the last tool call is unknown/);
  });

  test('the prompt once more, saying that it may have begun, when the log knows of nothing', () => {
    expect(contentFor(order({ attempt: 2 }), false)).toMatchObject([
      { text: 'do it' },
      { text: expect.stringMatching(/unknown[\s\S]*not known whether you had begun/) },
    ]);
  });

  test('the prompt once more with what was begun, when the process died before the prompt was in the transcript', () => {
    const content = contentFor(order({ attempt: 2, begun: [{ tool: 'Bash', input: { command: 'rm x' } }] }), false);
    expect(content).toMatchObject([
      { text: 'do it' },
      { text: expect.stringMatching(/unknown[\s\S]*Bash \{"command":"rm x"\}/) },
    ]);
  });
});

const assistant = (id: string, parent: string | null, ...content: object[]) =>
  ({ type: 'assistant', message: { id, content }, parent_tool_use_id: parent }) as never;
const result = (over: object) =>
  ({ type: 'result', subtype: 'success', is_error: false, result: 'said', num_turns: 1, errors: [], ...over }) as never;

describe('a turn is judged', () => {
  test('by what we asked of it before what the SDK says: an interrupt is no error', () => {
    const turn = new RunningTurn(order());
    turn.stop = 'interrupted';
    expect(turn.judge(result({ subtype: 'error_during_execution' }))).toMatchObject({ outcome: 'interrupted' });
  });

  test('by the session’s limits where those were what ended it, else by its own', () => {
    const spent = new RunningTurn(order({ remainingBudgetUsd: 0.1 }));
    expect(spent.judge(result({ subtype: 'error_max_budget_usd', errors: ['x'] }))).toMatchObject({
      outcome: 'budget_exceeded',
    });
    const own = new RunningTurn(order());
    expect(own.judge(result({ subtype: 'error_max_turns', errors: ['x'] }))).toMatchObject({
      outcome: 'failed',
      error: { code: 'error_max_turns' },
    });
  });

  test('as failed when the model’s endpoint was at fault, though the SDK calls it a success', () => {
    expect(new RunningTurn(order()).judge(result({ is_error: true, result: 'API Error: 529' }))).toMatchObject({
      outcome: 'failed',
      error: { code: 'model_error', message: 'API Error: 529' },
    });
  });

  test('counting the round trips of its main conversation, and the tools that were not refused', () => {
    const turn = new RunningTurn(order());
    turn.see(assistant('m1', null, { type: 'tool_use', id: 't1', name: 'Bash' }));
    turn.see(assistant('m1', null, { type: 'tool_use', id: 't2', name: 'Write' }));
    turn.see(assistant('s1', 't1', { type: 'tool_use', id: 't3', name: 'Read' }));
    turn.see(assistant('m2', null, { type: 'text', text: 'end' }));
    turn.refused('t2');
    expect(turn.roundTrips).toBe(2);
    expect(turn.judgeWithoutResult('interrupted', null)).toMatchObject({
      numTurns: 2,
      text: 'end',
      toolsUsed: ['Bash', 'Read'],
    });
  });

  test('and may send so many messages to other agents', () => {
    const turn = new RunningTurn(order());
    expect([turn.mayNotSend(), turn.mayNotSend()]).toEqual([null, null]);
    expect(turn.mayNotSend()).toMatch(/2 messages/);
    expect(new RunningTurn(order({ messagesAllowed: 0 })).mayNotSend()).toMatch(/long enough/);
  });
});

test('a turn’s id is the uuid of its message', () => {
  expect(messageUuid('turn_0123456789abcdef0123456789abcdef')).toBe('01234567-89ab-cdef-0123-456789abcdef');
});
