import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBubblewrapDriver } from './bubblewrap.ts';
import { describeConformance, shell } from './conformance.ts';
import type { Sandbox } from './port.ts';

const driver = createBubblewrapDriver();
const selfTest = await driver.selfTest();

describe.skipIf(!selfTest.ok)('bubblewrap', () => {
  describeConformance(() => driver, { diesWithRunner: true });

  describe('what an agent finds in the sandbox', () => {
    let data: string;
    let sandbox: Sandbox;
    let other: Sandbox;
    const open = (id: string, workingDirectory = '/workspace') =>
      driver.open({ sessionId: id, root: join(data, id), workingDirectory, programs: {}, env: {} });

    beforeAll(async () => {
      data = mkdtempSync(join(tmpdir(), 'rigger-inside-'));
      [sandbox, other] = await Promise.all([open('one'), open('two')]);
      writeFileSync(join(other.hostWorkspace, 'private'), 'not yours');
    });
    afterAll(async () => {
      await Promise.all([sandbox?.close(0), other?.close(0)]);
      rmSync(data, { recursive: true, force: true });
    });

    test('it is uid 1000 without capabilities and can gain none', async () => {
      const { stdout } = await shell(
        sandbox,
        'id -u; id -un; id -G; grep -E "^(Cap(Prm|Eff|Inh|Amb)|NoNewPrivs)" /proc/self/status',
      );
      const none = '0000000000000000';
      expect(stdout.replaceAll('\t', '')).toBe(
        `1000\nagent\n1000\nCapInh:${none}\nCapPrm:${none}\nCapEff:${none}\nCapAmb:${none}\nNoNewPrivs:1\n`,
      );
    });

    test('it cannot make user namespaces, mount, or enter other namespaces', async () => {
      for (const attempt of [
        'unshare --user true',
        'unshare --user --map-root-user true',
        'unshare --mount true',
        'mount -t tmpfs none /workspace',
        'mount -o remount,rw /usr',
        'nsenter --target 1 --user true',
        'nsenter --target 1 --mount true',
      ]) {
        expect(await shell(sandbox, attempt), attempt).not.toMatchObject({ code: 0 });
      }
    });

    test('there is no network but an empty loopback, and host ports are out of reach', async () => {
      expect((await shell(sandbox, 'tail -n +3 /proc/net/dev | cut -d: -f1')).stdout.trim()).toBe('lo');
      const server = createServer((socket) => socket.end('reached')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      try {
        const { stdout, code } = await shell(sandbox, `exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3'`);
        expect(stdout).toBe('');
        expect(code).not.toBe(0);
      } finally {
        server.close();
      }
    });

    test('the host and other sessions are absent', async () => {
      const absent = [
        ...['/etc/shadow', '/etc/ssh', '/etc/ssl/private', '/root', '/var/run', '/run/docker.sock', '/var/lib', '/sys'],
        ...[
          data,
          join(data, 'two', 'workspace', 'private'),
          homedir(),
          process.cwd(),
          '/mnt',
          '/opt',
          '/srv',
          '/run/user',
        ],
      ];
      const { stdout } = await shell(sandbox, `for p in ${absent.join(' ')}; do [ -e "$p" ] && echo "$p"; done; true`);
      expect(stdout).toBe('');
    });

    test('the system is read-only', async () => {
      const places = ['/', '/usr', '/usr/bin', '/etc', '/dev', '/run/rigger', '/proc/sys/kernel', '/home'];
      const { stdout } = await shell(
        sandbox,
        `for p in ${places.join(' ')}; do touch $p/x 2>/dev/null && echo $p; done; true`,
      );
      expect(stdout).toBe('');
      expect((await shell(sandbox, 'echo x > /etc/passwd')).code).not.toBe(0);
    });

    test('no process tells of the host: neither environment, command line, root nor descriptors', async () => {
      const { stdout } = await shell(
        sandbox,
        `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/[0-9]*/mountinfo 2>/dev/null | tr '\\0' '\\n' | grep 'rigger-insid[e]-.*/two'
        for f in /proc/[0-9]*/fd/*; do readlink $f; done 2>/dev/null | grep -E 'user:|mnt:'
        cat /proc/1/environ 2>/dev/null; true`,
      );
      expect(stdout).toBe('');
    });

    test('it sees the processes of its own sandbox and no others', async () => {
      const child = sandbox.spawn('/bin/sh', ['-c', 'echo $$; exec sleep 60'], { env: {} });
      const exit = once(child, 'exit');
      const pid = String((await once(child.stdout, 'data'))[0]).trim();
      expect((await shell(sandbox, `tr '\\0' ' ' < /proc/${pid}/cmdline`)).stdout).toBe('sleep 60 ');
      expect((await shell(other, `ls -d /proc/[0-9]* | wc -l`)).stdout.trim()).toMatch(/^[4-6]$/);
      expect(await sandbox.processes()).toHaveLength(1);
      expect((await shell(sandbox, `kill ${pid}`)).code).toBe(0);
      expect(await exit).toEqual([null, 'SIGTERM']);
    });

    test('/tmp and /dev/shm are on disk and pseudo-terminals work', async () => {
      const { stdout } = await shell(sandbox, 'echo t > /tmp/f; echo s > /dev/shm/f; script -qc tty /dev/null');
      expect(stdout.trim()).toBe('/dev/pts/0');
      expect(readFileSync(join(data, 'one', 'tmp', 'f'), 'utf8')).toBe('t\n');
    });

    test.runIf(process.getuid!() === 0)('under a runner that is root, its files are not root’s', async () => {
      await shell(sandbox, 'touch owned');
      expect(statSync(join(sandbox.hostWorkspace, 'owned')).uid).not.toBe(0);
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

    test('a resumed transcript moves in at its own path, without the credentials beside it', async () => {
      const folder = join(tmpdir(), `claude-resume-${crypto.randomUUID()}`);
      mkdirSync(join(folder, 'projects'), { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, 'projects', 't.jsonl'), 'memory', { mode: 0o600 });
      writeFileSync(join(folder, '.credentials.json'), 'secret', { mode: 0o600 });
      const child = sandbox.spawn(
        '/bin/sh',
        ['-c', 'ls -A $CLAUDE_CONFIG_DIR; cat $CLAUDE_CONFIG_DIR/projects/t.jsonl'],
        {
          env: { CLAUDE_CONFIG_DIR: folder },
        },
      );
      expect(await text(child.stdout)).toBe('projects\nmemory');
      expect(existsSync(folder)).toBe(false);
    });
  });

  describe('a spec that would break the sandbox is refused', () => {
    const refuse = (spec: {
      workingDirectory?: string;
      programs?: Record<string, string>;
      env?: Record<string, string>;
    }) =>
      expect(
        driver.open({
          sessionId: 'x',
          root: join(tmpdir(), 'rigger-refused', 'x'),
          workingDirectory: '/workspace',
          programs: {},
          env: {},
          ...spec,
        }),
      ).rejects.toMatchObject({ name: 'SandboxSpecError' });

    test.each([
      '/',
      '/usr',
      '/usr/local/x',
      '/etc',
      '/proc',
      '/dev/x',
      '/tmp',
      '/home/agent',
      '/home',
      'work',
      '/a/../etc',
      '/a/',
      '/a\nb',
    ])('working directory %j', (workingDirectory) => refuse({ workingDirectory }));
    test.each(['/', '/etc', '/proc', '/nowhere', join(tmpdir(), 'rigger-refused'), 'relative'])(
      'program folder %j',
      (path) => refuse({ programs: { cli: path } }),
    );
    test('an environment variable no shell can export', () => refuse({ env: { 'A;B': '1' } }));
  });
});
