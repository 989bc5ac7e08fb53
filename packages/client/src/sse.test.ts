import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeParser, readEvents } from './sse.ts';

const piece = fc.constantFrom(
  'data: {"a":1}',
  'data:x',
  'data',
  'id: 7',
  'id',
  ': still here',
  'retry: 500',
  'é🚒',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
);

test('events are read as eventsource-parser reads them, wherever the network cuts the text', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      (pieces, cuts) => {
        // Closed by a blank line, so that neither reader is left with half an event.
        const text = `${pieces.join('')}\n\n`;
        const theirs: string[] = [];
        const parser = createParser({ onEvent: ({ data }) => theirs.push(data) });
        const parse = makeParser();
        const ours: string[] = [];
        for (let at = 0; at < text.length; ) {
          const next = at + cuts.next().value;
          parser.feed(text.slice(at, next));
          ours.push(...parse(text.slice(at, next)).map(({ data }) => data));
          at = next;
        }
        expect(ours).toEqual(theirs);
      },
    ),
  );
});

test('an event has its own id and not that of the one before it', () => {
  expect(makeParser()('id: 4\ndata: a\n\ndata: b\n\n')).toEqual([
    { data: 'a', id: '4' },
    { data: 'b', id: undefined },
  ]);
});

test('a peer that has vanished without a word is noticed', async () => {
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
  });
  const events = readEvents(silent, 20);
  expect((await events.next()).value).toEqual({ data: 'a', id: undefined });
  await expect(events.next()).rejects.toThrow('Nothing came for 20 ms.');
});
