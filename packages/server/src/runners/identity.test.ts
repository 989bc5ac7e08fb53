import { expect, test } from 'vitest';
import { makeIdentify, makePodTokens } from './identity.ts';

const pods = makePodTokens('a secret');
const identify = makeIdentify('shared', pods);

test('the shared token is a runner’s, and nothing else is', () => {
  expect(identify('Bearer shared')).toEqual({ pod: null, labels: [] });
  for (const said of [undefined, '', 'Bearer ', 'Bearer other', 'shared', 'Basic shared'])
    expect(identify(said)).toBeNull();
});

test('a pod’s token says which pod it is, and of which kind', () => {
  expect(identify(`Bearer ${pods.make('p-1', ['pod:default'])}`)).toEqual({ pod: 'p-1', labels: ['pod:default'] });
});

test('one that was changed, or made with another secret, is nobody’s', () => {
  const token = pods.make('p-1', ['pod:default']);
  const [prefix, , labels, signature] = token.split('.');
  expect(identify(`Bearer ${[prefix, 'p-2', labels, signature].join('.')}`)).toBeNull();
  const others = Buffer.from(JSON.stringify(['large'])).toString('base64url');
  expect(identify(`Bearer ${[prefix, 'p-1', others, signature].join('.')}`)).toBeNull();
  expect(identify(`Bearer ${makePodTokens('another').make('p-1', [])}`)).toBeNull();
});
