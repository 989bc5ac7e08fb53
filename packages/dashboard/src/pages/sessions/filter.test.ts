import { expect, test } from 'vitest';
import { filterWords, readFilter, toQuery } from './filter.ts';

test('an address is read into a filter, and what is not understood is left out', () => {
  expect(
    readFilter({
      q: ' login ',
      pattern: 'hybrid',
      status: 'gone',
      user: 7,
      tags: 'a,b',
      conversation: 12,
      paused: true,
      x: 1,
    }),
  ).toEqual({ q: 'login', pattern: 'hybrid', user: '7', tags: 'a,b', conversation: '12', paused: true });
  expect(readFilter({ q: '  ', paused: 'true' })).toEqual({});
});

test('a filter is asked of the server in its own words', () => {
  expect(toQuery({ user: 'ann', conversation: '12', runner: 'r1', paused: true, status: 'idle' })).toEqual({
    userId: 'ann',
    conversationId: '12',
    runnerId: 'r1',
    paused: 'true',
    status: 'idle',
  });
});

test('a filter has a name of its own until it is given one', () => {
  expect(filterWords({ status: 'error', user: 'ann', q: 'login', paused: true })).toBe('error, ann, paused, “login”');
});
