import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBubblewrapDriver } from './bubblewrap.ts';
import { describeConformance, shell } from './conformance.ts';
import { describeIsolation } from './conformance-isolation.ts';
import { describeLimits } from './conformance-limits.ts';
import type { Sandbox } from './port.ts';

const driver = createBubblewrapDriver();
const selfTest = await driver.selfTest();

describe.skipIf(!selfTest.ok)('bubblewrap', () => {
  describeConformance(() => driver, { diesWithRunner: true });
  describeIsolation(driver, {
    user: () => ({ uid: 1000, gid: 1000 }),
    visible: /^[4-6]$/,
    absent: ['/root', '/var/run', '/var/lib', '/sys', '/mnt', '/srv', '/etc/shadow', '/etc/ssl/private', homedir()],
  });
  describe.skipIf(selfTest.ok && selfTest.detail.includes('NOT limited'))('where it may make control groups', () => {
    describeLimits(driver);
  });

  describe('what is its own', () => {
    let data: string;
    let sandbox: Sandbox;
    const open = (id: string) =>
      driver.open({ sessionId: id, root: join(data, id), workingDirectory: '/workspace', programs: {}, env: {} });

    beforeAll(async () => {
      data = mkdtempSync(join(tmpdir(), 'rigger-bubblewrap-'));
      sandbox = await open('one');
    });
    afterAll(async () => {
      await sandbox?.close(0);
      rmSync(data, { recursive: true, force: true });
    });

    test('the number of its processes is limited', async () => {
      expect((await shell(sandbox, 'cat /proc/self/limits')).stdout).toMatch(/Max processes +4096 +4096/);
    });

    test('killing what keeps the sandbox ends it, and spawn says so', async () => {
      const doomed = await open('doomed');
      const child = doomed.spawn('/bin/sh', ['-c', 'kill -9 2; sleep 60'], { env: {} });
      await once(child, 'exit');
      expect(() => doomed.spawn('true', [], { env: {} })).toThrow(/dead/);
      await doomed.close(0);
    });
  });
});
