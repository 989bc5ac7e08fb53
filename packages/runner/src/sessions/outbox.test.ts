import { expect, test } from 'vitest';
import type { FromRunner, Item } from '../protocol/index.ts';
import { Outbox } from './outbox.ts';

type Batch = Extract<FromRunner, { type: 'batch' }>;
const item = (type: string): Item => ({
  kind: 'event',
  type,
  agent: null,
  turn: null,
  at: '2026-01-01T00:00:00.000Z',
  data: {},
});
const tick = () => new Promise((resolve) => setImmediate(resolve));
const types = (batch: Batch | undefined) => batch?.items.map((one) => (one.kind === 'event' ? one.type : one.kind));

function outbox(): { box: Outbox; sent: Batch[] } {
  const sent: Batch[] = [];
  return { box: new Outbox('s', 1, (batch) => sent.push(batch)), sent };
}

test('what one tick brings is one batch, and what comes while it is under way is the next', async () => {
  const { box, sent } = outbox();
  box.push(item('a'));
  box.push(item('b'));
  await tick();
  box.push(item('c'));
  await tick();
  expect(sent.map(types)).toEqual([['a', 'b']]);
  box.acknowledge(1);
  expect(sent.map((batch) => [batch.batch, ...types(batch)!])).toEqual([
    [1, 'a', 'b'],
    [2, 'c'],
  ]);
});

test('whoever waits for an item is told once the server has it, and not before', async () => {
  const { box } = outbox();
  box.push(item('a'));
  await tick();
  let settled = false;
  const wait = box.settle(item('b')).then(() => {
    settled = true;
  });
  box.acknowledge(1);
  await tick();
  expect(settled).toBe(false);
  box.acknowledge(2);
  await wait;
});

test('a batch that was not acknowledged is sent again under its number, and nothing new with it', async () => {
  const { box, sent } = outbox();
  box.push(item('a'));
  await tick();
  box.push(item('b'));
  box.resend();
  expect(sent[1]).toEqual(sent[0]);
  box.acknowledge(1);
  expect(types(sent[2])).toEqual(['b']);
});

test('an acknowledgement of another batch changes nothing', async () => {
  const { box, sent } = outbox();
  box.push(item('a'));
  await tick();
  box.acknowledge(7);
  box.push(item('b'));
  await tick();
  expect(sent).toHaveLength(1);
});

test('it is empty only once everything was acknowledged', async () => {
  const { box } = outbox();
  let empty = false;
  box.push(item('a'));
  void box.whenEmpty().then(() => {
    empty = true;
  });
  await tick();
  expect(empty).toBe(false);
  box.acknowledge(1);
  await tick();
  expect(empty).toBe(true);
});
