import { expect, test } from 'vitest';
import { fromRunner, fromServer, parseMessage } from './index.ts';

test('a member or a kind of message that only a newer peer knows is passed over', () => {
  expect(parseMessage(fromRunner, '{"type":"heartbeat","load":0.5}')).toEqual({ type: 'heartbeat' });
  expect(parseMessage(fromServer, '{"type":"a word of tomorrow","session":"s"}')).toBeNull();
});

test('what is of no version is an error that names the member', () => {
  expect(() => parseMessage(fromServer, '{"type":"ack","session":"s","epoch":"one","batch":1}')).toThrow('epoch');
  expect(() => parseMessage(fromServer, '{"session":"s"}')).toThrow();
  expect(() => parseMessage(fromServer, 'not json')).toThrow();
});
