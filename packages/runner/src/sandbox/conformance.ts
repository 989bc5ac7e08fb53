/**
 * What every driver promises, as tests. A driver's own test file calls this, and adds what only it isolates; where drivers
 * may differ, `Promises` says how, not the driver's name.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox, SandboxDriver, SandboxSpec } from './port.ts';
import { isAlive, markedPids, untilNone, withDescendants } from './process-table.ts';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).pathname;
const DAEMON = readFileSync(fixture('daemon.sh'), 'utf8');
/** For what the kernel does at once, on a machine that is busy with other things. */
const PATIENCE_MS = 20_000;
const STUBBORN = readFileSync(fixture('stubborn.sh'), 'utf8');

export interface Promises {
  /** Whether a runner that is killed takes its sandboxes along; if not, `reap` must. */
  diesWithRunner: boolean;
}

/** Runs a program to its end and gives back what it said. */
export async function run(sandbox: Sandbox, command: string, args: string[], env: Record<string, string> = {}) {
  const child = sandbox.spawn(command, args, { env });
  child.stdin.end();
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined,
  ]);
  return { stdout, stderr, code: child.exitCode, signal: child.signalCode };
}

export const shell = (sandbox: Sandbox, script: string, env?: Record<string, string>) =>
  run(sandbox, '/bin/sh', ['-c', script], env);

export function describeConformance(create: () => SandboxDriver, promises: Promises): void {
  const driver = create();
  describe(`the ${driver.name} driver keeps the sandbox's promises`, () => {
    let data: string;
    let sandbox: Sandbox;
    const specFor = (id: string): SandboxSpec => ({
      sessionId: id,
      root: join(data, 'sessions', id),
      workingDirectory: '/app/workspace',
      programs: {},
      env: { GREETING: 'hello' },
    });

    beforeEach(async () => {
      data = mkdtempSync(join(tmpdir(), 'rigger-sandbox-'));
      sandbox = await driver.open(specFor('one'));
    });
    afterEach(async () => {
      await sandbox.close(0);
      rmSync(data, { recursive: true, force: true });
    });

    test('the self-test passes and says what it found', async () => {
      expect(await driver.selfTest()).toEqual({ ok: true, detail: expect.any(String) });
    });

    test('several processes share workspace, home and /tmp', async () => {
      const first = await shell(sandbox, `echo w > file; echo h > ~/file; echo t > ${sandbox.home}/other`);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect((await shell(sandbox, `cat file ~/file ${sandbox.home}/other`)).stdout).toBe('w\nh\nt\n');
      expect(readFileSync(join(sandbox.hostWorkspace, 'file'), 'utf8')).toBe('w\n');
      expect((await shell(sandbox, 'pwd')).stdout.trim()).toBe(sandbox.cwd);
    });

    test('input and output stream while the program runs', async () => {
      const child = sandbox.spawn('cat', [], { env: {} });
      for (const line of ['one\n', 'two\n']) {
        child.stdin.write(line);
        expect(String((await once(child.stdout, 'data'))[0])).toBe(line);
      }
      child.stdin.end();
      expect(await once(child, 'exit')).toEqual([0, null]);
    });

    test('exit code, signal and standard error are seen', async () => {
      expect(await shell(sandbox, 'echo no >&2; exit 7')).toMatchObject({ code: 7, stderr: 'no\n' });
      expect(await shell(sandbox, 'kill -9 $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
    });

    test('kill reaches the program, and killed says that it was asked', async () => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
        const child = sandbox.spawn('/bin/sh', ['-c', 'echo up; exec sleep 60'], { env: {} });
        await once(child.stdout, 'data');
        expect(child.killed).toBe(false);
        expect(child.kill(signal)).toBe(true);
        expect(await once(child, 'exit')).toEqual([null, signal]);
        expect(child.killed).toBe(true);
        expect(child.kill(signal)).toBe(false);
      }
      expect(await sandbox.processes()).toEqual([]);
    });

    test('what it runs is found below its roots, and its keepers are told apart', async () => {
      const child = sandbox.spawn('/bin/sh', ['-c', 'sleep 60 & echo up; wait'], { env: {} });
      await once(child.stdout, 'data');
      const { roots, keepers } = sandbox.tree();
      const found = withDescendants(roots).filter((pid) => !keepers.includes(pid));
      expect(found.toSorted()).toEqual((await sandbox.processes()).toSorted());
      expect(found).toHaveLength(2);
      child.kill('SIGKILL');
      await once(child, 'exit');
    });

    test('an aborted signal ends the program', async () => {
      const abort = new AbortController();
      const child = sandbox.spawn('/bin/sh', ['-c', 'echo up; exec sleep 60'], { env: {}, signal: abort.signal });
      await once(child.stdout, 'data');
      abort.abort();
      expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    });

    test('the environment is only what was given', async () => {
      process.env.RIGGER_TEST_SECRET = 'do not leak';
      try {
        const { stdout } = await run(sandbox, 'env', ['-0'], { ODD: `a'b"c $d\n\\e`, PATH: '/usr/bin:/bin' });
        const seen = Object.fromEntries(
          stdout
            .split('\0')
            .filter(Boolean)
            .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
        );
        delete seen.RIGGER_SANDBOX; // the marker of driver none
        expect(seen).toEqual({
          GREETING: 'hello',
          ODD: `a'b"c $d\n\\e`,
          PATH: '/usr/bin:/bin',
          HOME: sandbox.home,
        });
      } finally {
        delete process.env.RIGGER_TEST_SECRET;
      }
    });

    test('close ends daemons and double forks that ignore SIGTERM, and resolves after they are gone', async () => {
      expect((await run(sandbox, '/bin/sh', ['-c', DAEMON, 'sh', 'stray'])).stdout).toBe('ready\n');
      const strays = await sandbox.processes();
      expect(strays.length).toBeGreaterThanOrEqual(3);
      const started = performance.now();
      await sandbox.close(100);
      expect(strays.filter(isAlive)).toEqual([]);
      expect(performance.now() - started).toBeGreaterThan(95);
      await sandbox.close(100);
    });

    test('close gives a program its grace, and no longer than it needs', async () => {
      const child = sandbox.spawn(
        '/bin/sh',
        ['-c', 'trap "echo bye; exit 3" TERM; echo up; while :; do sleep 0.01; done'],
        {
          env: {},
        },
      );
      await once(child.stdout, 'data');
      const said = text(child.stdout);
      const exit = once(child, 'exit');
      const started = performance.now();
      await sandbox.close(10_000);
      expect(performance.now() - started).toBeLessThan(3_000);
      expect(await said).toBe('bye\n');
      expect((await exit)[0]).toBe(3);
    });

    test('a program that ignores SIGTERM is killed after the grace', async () => {
      const child = sandbox.spawn('/bin/sh', ['-c', STUBBORN], { env: {} });
      await once(child.stdout, 'data');
      const exit = once(child, 'exit');
      await sandbox.close(100);
      expect((await exit)[1]).toBe('SIGKILL');
    });

    test('a program that has stopped itself does not keep close waiting', async () => {
      const child = sandbox.spawn('/bin/sh', ['-c', 'echo up; kill -STOP $$; sleep 60'], { env: {} });
      await once(child.stdout, 'data');
      await sandbox.close(50);
      expect(await sandbox.processes()).toEqual([]);
    });

    test('nothing can be spawned after close', async () => {
      await sandbox.close(0);
      expect(() => sandbox.spawn('true', [], { env: {} })).toThrow(/closed/);
    });

    test('a session opened again finds its files', async () => {
      await shell(sandbox, 'echo kept > file; echo kept > ~/file');
      await sandbox.close(0);
      writeFileSync(join(sandbox.hostWorkspace, 'restored'), 'by the runner', { mode: 0o600 });
      sandbox = await driver.open(specFor('one'));
      expect((await shell(sandbox, 'cat file ~/file restored')).stdout).toBe('kept\nkept\nby the runner');
    });

    test('a listener on its loopback is answered by the runner', async () => {
      const server = await sandbox.listen();
      try {
        server.on('connection', (socket) => socket.end('from outside'));
        const { port } = server.address() as AddressInfo;
        const read = `exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3`;
        expect(await run(sandbox, '/bin/bash', ['-c', read])).toMatchObject({ stdout: 'from outside', code: 0 });
        expect(await sandbox.processes()).toEqual([]);
      } finally {
        server.close();
      }
    });

    test('a deep session folder still has a socket path that fits', async () => {
      const deep = await driver.open(specFor('d'.repeat(120)));
      try {
        expect(Buffer.byteLength(deep.hostSocketPath)).toBeLessThan(107);
        writeFileSync(deep.hostSocketPath, 'here');
        chmodSync(deep.hostSocketPath, 0o644);
        expect((await shell(deep, `cat ${deep.socketPath}`)).stdout).toBe('here');
      } finally {
        await deep.close(0);
      }
      expect(existsSync(deep.hostSocketPath)).toBe(false);
    });

    test('a runner killed by -9 leaves nothing', async () => {
      const root = join(data, 'sessions', 'killed');
      const runner = spawn(process.execPath, [fixture('runner.ts'), driver.name, root, DAEMON], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(createInterface({ input: runner.stdout }), 'line');
      const pids: number[] = JSON.parse(line as string);
      expect(pids.length).toBeGreaterThanOrEqual(4);
      runner.kill('SIGKILL');
      await once(runner, 'exit');
      if (promises.diesWithRunner) {
        // Whoever waits for a program outside of the sandbox ends after it, by itself too.
        const left = () => [...new Set([...pids, ...markedPids(root)])].filter(isAlive);
        expect(await untilNone(left, PATIENCE_MS)).toEqual([]);
      } else {
        expect(await driver.reap(join(data, 'elsewhere'))).toBe(0);
        expect(await driver.reap(data)).toBeGreaterThanOrEqual(pids.length);
        expect(pids.filter(isAlive)).toEqual([]);
      }
      expect(await driver.reap(root)).toBe(0);
    });
  });
}
