/** Isolation that is asked for and cannot be had: sessions are refused, and never run with less in silence. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ADMIN_KEY, type Json, type Rigger, startRigger } from './harness.ts';

const runnerSays = (rigger: Rigger): string => readFileSync(join(rigger.dataDir, 'runner.log'), 'utf8');

async function using(settings: Record<string, string>, prefix: string[], work: (rigger: Rigger) => Promise<void>) {
  const rigger = await startRigger(settings, prefix);
  try {
    await work(rigger);
  } finally {
    await rigger.stop();
  }
}

async function expectRefusal(rigger: Rigger, message: RegExp): Promise<void> {
  const { id } = await rigger.create({ pattern: 'hybrid', config: {} });
  const { turn } = await rigger.say(id, 'hello');
  const error = { code: 'isolation_unavailable', message: expect.stringMatching(message) };
  expect(turn).toMatchObject({ status: 'failed', error });
  expect(rigger.agents()).toEqual([]);
  expect(existsSync(join(rigger.dataDir, 'sessions', id, 'workspace', 'x'))).toBe(false);
}

test('containers asked for by name without an engine: every session is refused, with what to do', async () => {
  const nowhere = {
    RIGGER_ISOLATION: 'docker',
    RIGGER_DOCKER_IMAGE: 'any',
    RIGGER_DOCKER_SOCKET: '/nowhere/docker.sock',
  };
  await using(nowhere, [], async (rigger) => {
    await expectRefusal(rigger, /no engine answers on \/nowhere\/docker\.sock.*Start Docker/);
    const { runners } = (await rigger.call('GET', '/api/runners')).body as Json;
    expect(runners[0].isolation).toBe('unavailable');
    expect(runnerSays(rigger)).toContain('NO ISOLATION can be had');
  });
});

// In a mount namespace of its own, where the program is an empty file.
const root = process.getuid?.() === 0;
const bwrap = ['/usr/bin/bwrap', '/usr/local/bin/bwrap'].filter((path) => existsSync(path));
const hide = `for p in ${bwrap.join(' ')}; do mount --bind /dev/null $p; done; exec "$@"`;
const withoutBubblewrap = ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c', hide, 'sh'];

describe.skipIf(!root)('on a machine without bubblewrap', () => {
  test('bubblewrap asked for by name is refused', async () => {
    await using({ RIGGER_ISOLATION: 'bubblewrap' }, withoutBubblewrap, (rigger) =>
      expectRefusal(rigger, /bubblewrap is unavailable.*Install bubblewrap/),
    );
  });

  test('a server that others can reach runs no agent bare unless that is asked for by name', async () => {
    await using(
      { RIGGER_ISOLATION: 'auto', HOST: '0.0.0.0', RIGGER_BOOTSTRAP_KEY: ADMIN_KEY },
      withoutBubblewrap,
      (rigger) => expectRefusal(rigger, /a server that others can reach runs none without.*RIGGER_ISOLATION=none/),
    );
  });

  test.each([
    ['one for this machine alone does, and says so loudly', { RIGGER_ISOLATION: 'auto' }],
    [
      'and so does one that is told to by name',
      { RIGGER_ISOLATION: 'none', HOST: '0.0.0.0', RIGGER_BOOTSTRAP_KEY: ADMIN_KEY },
    ],
  ])('%s', async (_what, settings) => {
    await using(settings, withoutBubblewrap, async (rigger) => {
      const { id } = await rigger.create({ pattern: 'hybrid', config: {} });
      expect((await rigger.say(id, 'hello')).turn.status).toBe('succeeded');
      expect((await rigger.get(id)).isolation).toBe('none');
      expect(runnerSays(rigger)).toContain('WITHOUT isolation');
    });
  });

  test('a runner that had been alone with its server ends when the next one can be reached by others', async () => {
    const settings: Record<string, string> = {
      RIGGER_ISOLATION: 'auto',
      HOST: '127.0.0.1',
      RIGGER_BOOTSTRAP_KEY: ADMIN_KEY,
    };
    await using(settings, withoutBubblewrap, async (rigger) => {
      const { id } = await rigger.create({ pattern: 'long-running', config: {} });
      await rigger.say(id, 'hello');
      const bare = rigger.runnerPid();
      await rigger.kill('SIGKILL');
      settings.HOST = '0.0.0.0';
      await rigger.restart();
      await expect.poll(() => rigger.runnerPid(), { timeout: 20_000 }).not.toBe(bare);
      await expectRefusal(rigger, /a server that others can reach/);
    });
  });
});
