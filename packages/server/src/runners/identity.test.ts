import { expect, test } from 'vitest';
import { makeIdentify, makePodTokens } from './identity.ts';

const pods = makePodTokens('a secret');
const identify = makeIdentify('shared', pods, async (token) => (token === 'rgr_runners' ? 'key-1' : null));

test('the shared token is a runner’s, and nothing else is', async () => {
  expect(await identify('Bearer shared')).toEqual({ pod: null, labels: [], keyId: null });
  for (const said of [undefined, '', 'Bearer ', 'Bearer other', 'shared', 'Basic shared'])
    expect(await identify(said)).toBeNull();
});

test('a key is a runner’s where it lets runners join', async () => {
  expect(await identify('Bearer rgr_runners')).toEqual({ pod: null, labels: [], keyId: 'key-1' });
  expect(await identify('Bearer rgr_others')).toBeNull();
});

test('a pod’s token says which pod it is, and of which kind', async () => {
  expect(await identify(`Bearer ${pods.make('p-1', ['pod:default'])}`)).toEqual({
    pod: 'p-1',
    labels: ['pod:default'],
    keyId: null,
  });
});

test('one that was changed, or made with another secret, is nobody’s', async () => {
  const token = pods.make('p-1', ['pod:default']);
  const [prefix, , labels, signature] = token.split('.');
  expect(await identify(`Bearer ${[prefix, 'p-2', labels, signature].join('.')}`)).toBeNull();
  const others = Buffer.from(JSON.stringify(['large'])).toString('base64url');
  expect(await identify(`Bearer ${[prefix, 'p-1', others, signature].join('.')}`)).toBeNull();
  expect(await identify(`Bearer ${makePodTokens('another').make('p-1', [])}`)).toBeNull();
});
