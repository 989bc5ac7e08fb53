import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBubblewrapDriver } from './bubblewrap.ts';
import { chooseDriver, type Isolation } from './choose.ts';
import { createDockerDriver } from './docker/docker.ts';
import { createLateDriver } from './late.ts';
import { createNoneDriver } from './none.ts';
import { SandboxUnavailable } from './port.ts';
import { DEFAULT_RESOURCES } from './resources.ts';

const withoutBwrap = () => createBubblewrapDriver({ program: '/nowhere/bwrap' });
const NOWHERE = { socketPath: '/nowhere/docker.sock' };
const withoutEngine = () => createDockerDriver({ ...NOWHERE, image: 'any' });
const isolation = (over: Partial<Isolation> = {}): Isolation => ({
  asked: 'auto',
  bare: true,
  docker: NOWHERE,
  resources: DEFAULT_RESOURCES,
  ...over,
});
const spec = { sessionId: 'x', root: join(tmpdir(), 'x'), workingDirectory: '/w', programs: {}, env: {} };

test('auto takes the strongest driver that passes its self-test, and says what it passed over', async () => {
  const { driver, passedOver } = await chooseDriver(isolation(), [withoutEngine, withoutBwrap, createNoneDriver]);
  expect(driver.name).toBe('none');
  expect(passedOver.map((failed) => [failed.driver, failed.reason])).toEqual([
    ['docker', expect.stringContaining('/nowhere/docker.sock')],
    ['bubblewrap', expect.stringContaining('bwrap')],
  ]);
  expect((await chooseDriver(isolation(), [createNoneDriver, withoutBwrap])).passedOver).toEqual([]);
});

test('auto looks for containers only where an image is set', async () => {
  const { passedOver } = await chooseDriver(isolation());
  expect(passedOver.map((failed) => failed.driver)).not.toContain('docker');
  const withImage = await chooseDriver(isolation({ docker: { ...NOWHERE, image: 'any' } }));
  expect(withImage.passedOver.map((failed) => failed.driver)).toContain('docker');
});

test('auto ends without isolation only where that is said to be acceptable', async () => {
  const choice = chooseDriver(isolation({ bare: false }), [withoutEngine, withoutBwrap]);
  await expect(choice).rejects.toMatchObject({
    driver: 'unavailable',
    message: expect.stringMatching(/docker: .*bubblewrap: .*RIGGER_ISOLATION=none/),
  });
  const offered = await chooseDriver(isolation({ bare: false })).then(
    ({ driver }) => driver.name,
    () => 'unavailable',
  );
  expect(offered).not.toBe('none');
  expect((await chooseDriver(isolation({ asked: 'none', bare: false }))).driver.name).toBe('none');
});

test.each([
  ['bubblewrap', withoutBwrap, /bwrap/, /Install bubblewrap/],
  ['docker', withoutEngine, /no engine answers/, /Start Docker/],
] as const)(
  '%s asked for by name that fails is refused with reason and remedy, never replaced',
  async (asked, create, reason, remedy) => {
    const refused = chooseDriver(isolation({ asked }), [create]);
    await expect(refused).rejects.toBeInstanceOf(SandboxUnavailable);
    await expect(refused).rejects.toMatchObject({
      driver: asked,
      reason: expect.stringMatching(reason),
      remedy: expect.stringMatching(remedy),
    });
  },
);

test('opening a session without bwrap is refused too', async () => {
  await expect(withoutBwrap().open(spec)).rejects.toBeInstanceOf(SandboxUnavailable);
});

test('where no driver can be had, sessions are refused until one can', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rigger-late-'));
  let there = false;
  const late = createLateDriver(async () => {
    if (!there) throw new SandboxUnavailable('docker', 'not yet', 'Wait.');
    return createNoneDriver();
  });
  try {
    expect(late.name).toBe('unavailable');
    await expect(late.open(spec)).rejects.toMatchObject({ reason: 'not yet' });
    await expect(late.open(spec)).rejects.toMatchObject({ reason: 'not yet' });
    there = true;
    const sandbox = await late.open({ ...spec, root });
    expect([late.name, sandbox.driver]).toEqual(['none', 'none']);
    await sandbox.close(0);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
