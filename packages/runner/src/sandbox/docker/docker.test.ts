import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeConformance, shell } from '../conformance.ts';
import { describeIsolation } from '../conformance-isolation.ts';
import { describeLimits } from '../conformance-limits.ts';
import type { Sandbox, SandboxSpec } from '../port.ts';
import { isAlive } from '../process-table.ts';
import { LABEL } from './container.ts';
import { createDockerDriver } from './docker.ts';
import { testEngine } from './fixtures/engine.ts';

const options = testEngine();
const driver = createDockerDriver(options);
const selfTest = await driver.selfTest();
const MIB = 1024 ** 2;
/** Known by its script; the asking shell is not it. */
const STOP_KEEPER =
  'for p in /proc/[0-9]*; do i=$(basename $p); [ $i != $$ ] && grep -q "answer" $p/cmdline && kill -STOP $i; done; true';

describe.skipIf(!selfTest.ok)('docker', () => {
  describeConformance(() => driver, { diesWithRunner: true });
  describeIsolation(driver, {
    user: (owner) => owner,
    // The first process and the keeper, the shell, ls and wc; the shell may be in the place of the last.
    visible: /^[4-6]$/,
    absent: [options.socketPath ?? '/var/run/docker.sock', homedir() === '/root' ? '/root/.bashrc-of-host' : homedir()],
  });

  describeLimits(driver);

  let data: string;
  beforeAll(() => {
    data = mkdtempSync(join(tmpdir(), 'rigger-docker-'));
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  const engine = new Docker({ socketPath: options.socketPath ?? '/var/run/docker.sock' });
  const containers = async (root: string) =>
    (await engine.listContainers({ all: true, filters: { label: [LABEL] } })).filter(({ Labels }) =>
      Labels[LABEL]!.startsWith(root),
    );
  const specFor = (id: string, more: Partial<SandboxSpec> = {}): SandboxSpec => ({
    sessionId: id,
    root: join(data, id),
    workingDirectory: '/workspace',
    programs: {},
    env: {},
    ...more,
  });
  const using = async (more: Partial<SandboxSpec>, work: (sandbox: Sandbox) => Promise<void>) => {
    const sandbox = await driver.open(specFor(crypto.randomUUID(), more));
    try {
      await work(sandbox);
    } finally {
      await sandbox.close(0);
    }
  };

  const attempt = (work: () => unknown): string => {
    try {
      work();
      return 'done';
    } catch (error) {
      return (error as Error).message;
    }
  };

  describe('a container', () => {
    test('is made without what it does not need', async () => {
      await using({}, async (sandbox) => {
        const [found] = await containers(join(sandbox.hostWorkspace, '..'));
        const { HostConfig, Config } = await engine.getContainer(found!.Id).inspect();
        expect(HostConfig).toMatchObject({
          NetworkMode: 'none',
          ReadonlyRootfs: true,
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
          Privileged: false,
          Init: true,
          Memory: 4 * 1024 * MIB,
          MemorySwap: (await engine.info()).SwapLimit ? 4 * 1024 * MIB : -1,
          PidsLimit: 4096,
        });
        expect(HostConfig.NanoCpus).toBeGreaterThan(0);
        // Names alone, which take the image's variables away.
        expect(JSON.stringify(Config.Env)).not.toContain('=');
        expect(JSON.stringify(HostConfig)).not.toContain('docker.sock');
        expect((await shell(sandbox, 'grep ^Seccomp: /proc/self/status')).stdout).toBe('Seccomp:\t2\n');
        expect((await shell(sandbox, 'ulimit -c')).stdout).toBe('0\n');
      });
    });

    test.runIf(process.getuid!() === 0)('has a user of its own', async () => {
      await using({}, (one) =>
        using({}, async (two) => {
          const [first, second] = [one, two].map(({ hostWorkspace }) => statSync(hostWorkspace).uid);
          expect(first).toBeGreaterThanOrEqual(1_900_000_000);
          expect(second).not.toBe(first);
        }),
      );
    });

    test('goes with its sandbox, and nothing of it is left', async () => {
      const sandbox = await driver.open(specFor('short'));
      expect(await containers(join(data, 'short'))).toHaveLength(1);
      await sandbox.close(0);
      expect(await containers(join(data, 'short'))).toEqual([]);
    });

    test('that an agent ends takes the sandbox along, and spawn says so', async () => {
      const doomed = await driver.open(specFor('doomed'));
      const child = doomed.spawn('/bin/sh', ['-c', 'kill -9 -1; sleep 60'], { env: {} });
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
      await expect.poll(() => attempt(() => doomed.spawn('true', [], { env: {} }))).toMatch(/dead/);
      await doomed.close(0);
      expect(await containers(join(data, 'doomed'))).toEqual([]);
    });

    test('whose keeper an agent has stopped is closed all the same', async () => {
      const sandbox = await driver.open(specFor('stopped'));
      await shell(sandbox, STOP_KEEPER);
      const program = sandbox.spawn('/bin/sh', ['-c', 'echo up; exec sleep 60'], { env: {} });
      const exit = once(program, 'exit');
      await once(program.stdout, 'data');
      await sandbox.close(100);
      expect(await exit).toEqual([null, 'SIGKILL']);
      expect(await containers(join(data, 'stopped'))).toEqual([]);
    });
  });

  test('a container that outlives its runner is found by the next one', async () => {
    const script = `${STOP_KEEPER}; echo ready`;
    const fixture = new URL('../fixtures/runner.ts', import.meta.url).pathname;
    const root = join(data, 'left');
    const runner = spawn(process.execPath, [fixture, 'docker', root, script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: runner.stdout }), 'line');
    const pids: number[] = JSON.parse(line as string);
    runner.kill('SIGKILL');
    await once(runner, 'exit');
    await sleep(500); // time for it to end, were it to end
    expect(pids.filter(isAlive)).toEqual(pids);
    expect(await driver.reap(join(data, 'elsewhere'))).toBe(0);
    expect(await driver.reap(data)).toBeGreaterThanOrEqual(pids.length);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await containers(data)).toEqual([]);
  });

  test('a session may ask for less than there is to have', async () => {
    await using({ resources: { cpus: 0.5, memoryBytes: 128 * MIB, processes: 100 } }, async (sandbox) => {
      const [found] = await containers(join(sandbox.hostWorkspace, '..'));
      const { HostConfig } = await engine.getContainer(found!.Id).inspect();
      expect(HostConfig).toMatchObject({ NanoCpus: 5e8, Memory: 128 * MIB, PidsLimit: 100 });
    });
  });

  describe('images', () => {
    test('a session may name one that the operator has listed, and no other', async () => {
      const image = options.image!;
      const choosy = createDockerDriver({ ...options, image: undefined, images: [image] });
      const sandbox = await choosy.open(specFor('choosy', { image }));
      await sandbox.close(0);
      await expect(choosy.open(specFor('choosy', { image: 'evil:latest' }))).rejects.toMatchObject({
        code: 'image_not_allowed',
        message: expect.stringContaining(image),
      });
    });

    test('one that is not there is told of, with what to do', async () => {
      const missing = createDockerDriver({ ...options, image: 'rigger.invalid/none:1' });
      expect(await missing.selfTest()).toEqual({
        ok: false,
        reason: 'the image rigger.invalid/none:1 is not on this machine',
        remedy: expect.stringContaining('docker pull'),
      });
    });

    test('variables of an image do not reach programs', async () => {
      const { Config } = await engine.getImage(options.image!).inspect();
      expect(Config.Env?.join()).toContain('of-the-image');
      await using({}, async (sandbox) => {
        const { stdout } = await shell(sandbox, 'cat /proc/self/environ /proc/1/environ | tr "\\0" "\\n"');
        expect(stdout).toContain('PATH=');
        expect(stdout).not.toContain('of-the-image');
      });
    });
  });
});

test('without an engine the self-test says so, and a session is refused', async () => {
  const alone = createDockerDriver({ socketPath: '/nowhere/docker.sock', image: 'any' });
  expect(await alone.selfTest()).toEqual({
    ok: false,
    reason: 'no engine answers on /nowhere/docker.sock (ENOENT)',
    remedy: expect.stringContaining('Start Docker'),
  });
  const spec = { sessionId: 'x', root: join(tmpdir(), 'x'), workingDirectory: '/w', programs: {}, env: {} };
  await expect(alone.open(spec)).rejects.toMatchObject({ name: 'SandboxUnavailable', driver: 'docker' });
});
