/** What a driver that limits sandboxes promises, as tests: what one takes too much of fails in its own session, and nowhere else. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shell } from './conformance.ts';
import type { Resources, Sandbox, SandboxDriver } from './port.ts';
import { isAlive } from './process-table.ts';

const MIB = 1024 ** 2;

export function describeLimits(driver: SandboxDriver): void {
  describe('limits', () => {
    let data: string;
    beforeAll(() => {
      data = mkdtempSync(join(tmpdir(), 'rigger-limits-'));
    });
    afterAll(() => rmSync(data, { recursive: true, force: true }));

    const open = (resources: Partial<Resources>) => {
      const sessionId = crypto.randomUUID();
      const root = join(data, sessionId);
      return driver.open({ sessionId, root, workingDirectory: '/workspace', programs: {}, env: {}, resources });
    };
    const using = async (resources: Partial<Resources>, work: (sandbox: Sandbox) => Promise<void>) => {
      const sandbox = await open(resources);
      try {
        await work(sandbox);
      } finally {
        await sandbox.close(0);
      }
    };

    test('a program that takes too much memory is ended, and no other session’s', async () => {
      await using({ memoryBytes: 64 * MIB }, (hog) =>
        using({}, async (neighbour) => {
          expect(await hog.memoryKills()).toBe(0);
          const keeps = neighbour.spawn('sleep', ['60'], { env: {} });
          expect(await shell(hog, 'exec tail /dev/zero')).toMatchObject({ code: null, signal: 'SIGKILL' });
          expect(await hog.memoryKills()).toBe(1);
          // The sandbox goes on, as does the other.
          expect((await shell(hog, 'echo here')).stdout).toBe('here\n');
          expect(await neighbour.memoryKills()).toBe(0);
          expect(keeps.exitCode ?? keeps.signalCode).toBe(null);
        }),
      );
    });

    test('a fork bomb stays in its session, and ends with it', async () => {
      await using({ processes: 64 }, async (bomb) => {
        const child = bomb.spawn('/bin/bash', ['-c', 'b() { b | b & }; b; echo lit; sleep 60'], { env: {} });
        child.stderr.resume();
        await once(child.stdout, 'data');
        await sleep(300); // let it spread
        expect((await bomb.processes()).length).toBeLessThanOrEqual(64);
        await using({}, async (neighbour) => {
          expect((await shell(neighbour, 'sh -c "echo well"')).stdout).toBe('well\n');
        });
        const pids = await bomb.processes();
        await bomb.close(100);
        expect(pids.filter(isAlive)).toEqual([]);
      });
    });

    test('all processes of a sandbox together have no more of the CPUs than it may have', async () => {
      await using({ cpus: 0.2 }, async (sandbox) => {
        const began = performance.now();
        const spin = (seconds: number) => `timeout ${seconds} sh -c 'while :; do :; done'`;
        const { stdout } = await shell(
          sandbox,
          `${spin(1)} & ${spin(1)}; wait; times > /tmp/times; tail -1 /tmp/times`,
        );
        const seconds = (performance.now() - began) / 1000;
        const used = stdout
          .trim()
          .split(' ')
          .map((time) => /^(\d+)m([\d.]+)s$/.exec(time)!)
          .reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
        expect(used).toBeGreaterThan(0);
        // Twice a fifth of what passed, for what is counted only roughly.
        expect(used).toBeLessThan(0.4 * seconds);
      });
    });

    test('more than the operator gives is refused', async () => {
      await expect(open({ memoryBytes: 1024 ** 5 })).rejects.toMatchObject({
        code: 'resources_not_allowed',
        message: expect.stringMatching(/more memory .* RIGGER_SANDBOX_MEMORY_BYTES/),
      });
      await expect(open({ processes: 1_000_000 })).rejects.toMatchObject({ code: 'resources_not_allowed' });
    });
  });
}
