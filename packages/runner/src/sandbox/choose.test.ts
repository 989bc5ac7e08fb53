import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBubblewrapDriver } from './bubblewrap.ts';
import { chooseDriver } from './choose.ts';
import { createNoneDriver } from './none.ts';
import { SandboxUnavailable } from './port.ts';

const withoutBwrap = () => createBubblewrapDriver({ program: '/nowhere/bwrap' });

test('auto takes the strongest driver that passes its self-test', async () => {
  expect((await chooseDriver('auto', [withoutBwrap, createNoneDriver])).name).toBe('none');
  expect((await chooseDriver('auto', [createNoneDriver, withoutBwrap])).name).toBe('none');
});

test('a driver asked for by name that fails is refused with reason and remedy, never replaced', async () => {
  const refused = chooseDriver('bubblewrap', [withoutBwrap, createNoneDriver]);
  await expect(refused).rejects.toBeInstanceOf(SandboxUnavailable);
  await expect(refused).rejects.toMatchObject({
    driver: 'bubblewrap',
    reason: expect.stringMatching(/bwrap/),
    remedy: expect.stringMatching(/Install bubblewrap/),
  });
});

test('opening a session without bwrap is refused too', async () => {
  const spec = { sessionId: 'x', root: join(tmpdir(), 'x'), workingDirectory: '/w', programs: {}, env: {} };
  await expect(withoutBwrap().open(spec)).rejects.toBeInstanceOf(SandboxUnavailable);
});
