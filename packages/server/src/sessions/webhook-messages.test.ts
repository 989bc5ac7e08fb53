import { describe, expect, test } from 'vitest';
import type { SessionRecord } from '../model/record.ts';
import { webhookMessages, webhookType } from './webhook-messages.ts';

const session = {
  id: 'sess_0123',
  pattern: 'hybrid',
  status: 'active',
  statusReason: null,
  conversationId: 7,
  userId: 'ada',
  tags: ['a'],
  totalCost: 1_500_000_000n,
  totalTokens: 10,
  numTurns: 1,
} as unknown as SessionRecord;
const entry = (type: string, data: Record<string, unknown> = {}) => ({
  type,
  at: new Date('2026-11-01T00:00:00Z'),
  agent: 'main',
  turnId: 'turn_1',
  data,
});

describe('an entry of the log is told of', () => {
  test.each([
    [{ status: 'active' }, 'session.active'],
    [{ status: 'idle', parked: false }, 'session.idle'],
    [{ status: 'idle', parked: true }, 'session.parked'],
    [{ status: 'idle', paused: true }, 'session.paused'],
    [{ status: 'completed' }, 'session.completed'],
    [{ status: 'error' }, 'session.error'],
    [{ status: 'terminated' }, 'session.terminated'],
  ])('by the status that it is about: %o is %s', (data, type) => {
    expect(webhookType({ type: 'session.status_changed', data })).toBe(type);
  });

  test('or not at all', () => {
    for (const type of ['sdk.message', 'turn.queued', 'agent.exited', 'session.updated', 'anything.new'])
      expect(webhookType({ type, data: {} })).toBeNull();
  });
});

test('a message has the number of its entry, and the same id and bytes whenever it is made', () => {
  const entries = [entry('turn.queued'), entry('sdk.message'), entry('turn.finished', { status: 'succeeded' })];
  const [message, ...more] = webhookMessages(session, 4, entries);
  expect(more).toEqual([]);
  expect(message).toMatchObject({ id: 'msg_0123_7', type: 'turn.finished', sessionId: 'sess_0123' });
  expect(webhookMessages(session, 4, entries)).toEqual([message]);
  expect(JSON.parse(message!.payload)).toEqual({
    type: 'turn.finished',
    timestamp: '2026-11-01T00:00:00.000Z',
    data: {
      seq: 7,
      agent: 'main',
      turnId: 'turn_1',
      status: 'succeeded',
      session: expect.objectContaining({ id: 'sess_0123', totalCost: 1.5, tags: ['a'], lastEventSeq: 7 }),
    },
  });
});

test('what was said, and what tools were given, is not in a message', () => {
  const [message] = webhookMessages(session, 0, [
    entry('permission.requested', { id: 'perm_1', tool: 'Bash', input: { command: 'cat secret' } }),
  ]);
  expect(message?.payload).toContain('perm_1');
  expect(message?.payload).not.toContain('secret');
});
