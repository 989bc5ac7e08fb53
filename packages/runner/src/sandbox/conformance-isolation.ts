/**
 * What every driver that isolates promises beside `conformance.ts`, as tests: what an agent that looks for a way out finds. A
 * driver's own test file calls this, and says what is its own.
 */
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { homedir, networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shell } from './conformance.ts';
import type { Owner } from './layout.ts';
import type { Sandbox, SandboxDriver } from './port.ts';
import { isAlive } from './process-table.ts';

export interface Inside {
  /** Who agents are, by whose their workspace is on the host. */
  user(owner: Owner): Owner;
  /** How many processes a sandbox shows in which a shell lists them: its keepers, the shell and what it starts. */
  visible: RegExp;
  /** Paths of the host that are not there, beside those that no driver shows. */
  absent: string[];
}

const NO_CAPABILITY = '0000000000000000';

export function describeIsolation(driver: SandboxDriver, inside: Inside): void {
  describe('what an agent finds in the sandbox', () => {
    let data: string;
    let sandbox: Sandbox;
    let other: Sandbox;
    const open = (id: string) =>
      driver.open({
        sessionId: id,
        root: join(data, id),
        workingDirectory: '/workspace',
        programs: { node: dirname(process.execPath) },
        env: {},
      });

    beforeAll(async () => {
      process.env.RIGGER_TEST_SECRET = 'postgres://the-host-knows';
      data = mkdtempSync(join(tmpdir(), 'rigger-inside-'));
      [sandbox, other] = await Promise.all([open('one'), open('two')]);
      writeFileSync(join(other.hostWorkspace, 'private'), 'not yours');
    });
    afterAll(async () => {
      delete process.env.RIGGER_TEST_SECRET;
      await Promise.all([sandbox?.close(0), other?.close(0)]);
      rmSync(data, { recursive: true, force: true });
    });

    test('it is an agent of a name, without capabilities, and can gain none', async () => {
      const { uid, gid } = inside.user(statSync(sandbox.hostWorkspace));
      const { stdout } = await shell(
        sandbox,
        'id -u; id -un; id -G; grep -E "^(Cap(Prm|Eff|Inh|Amb)|NoNewPrivs)" /proc/self/status',
      );
      expect(stdout.replaceAll('\t', '')).toBe(
        `${uid}\nagent\n${gid}\nCapInh:${NO_CAPABILITY}\nCapPrm:${NO_CAPABILITY}\nCapEff:${NO_CAPABILITY}\nCapAmb:${NO_CAPABILITY}\nNoNewPrivs:1\n`,
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

    test('there is no network but an empty loopback; the host, its metadata and its abstract sockets are out of reach', async () => {
      expect((await shell(sandbox, 'tail -n +3 /proc/net/dev | cut -d: -f1')).stdout.trim()).toBe('lo');
      const reached = createServer((socket) => socket.end('reached')).listen(0, '0.0.0.0');
      const abstract = createServer((socket) => socket.end('reached')).listen(`\0rigger-test-${process.pid}`);
      const servers: Server[] = [reached, abstract];
      try {
        await Promise.all(servers.map((server) => server.listening || once(server, 'listening')));
        const { port } = reached.address() as AddressInfo;
        const addresses = Object.values(networkInterfaces()).flatMap((found) =>
          (found ?? []).flatMap(({ address, family }) => (family === 'IPv4' ? [address] : [])),
        );
        const ways = [
          ...[...new Set(['127.0.0.1', ...addresses])].map((host) => ({ host, port })),
          { host: '169.254.169.254', port: 80 },
          { host: '10.0.0.1', port: 53 },
          { path: `\0rigger-test-${process.pid}` },
        ];
        const TRY = `const net = require('node:net');
          for (const way of JSON.parse(process.argv[1])) net.connect({ ...way, timeout: 5000 })
            .on('connect', function () { console.log('connected', JSON.stringify(way)); this.destroy(); })
            .on('timeout', function () { console.log('silent', JSON.stringify(way)); this.destroy(); })
            .on('error', () => console.log('refused'));`;
        const program = sandbox.spawn(join(sandbox.programs.node!, 'node'), ['-e', TRY, JSON.stringify(ways)], {
          env: {},
        });
        const said = (await text(program.stdout)).trim().split('\n');
        expect(said).toEqual(ways.map(() => 'refused'));
      } finally {
        for (const server of servers) server.close();
      }
    });

    test('the host and other sessions are absent', async () => {
      const absent = [
        ...['/etc/ssh', '/etc/ssl/private/ssl-cert-snakeoil.key', '/run/docker.sock', '/var/run/docker.sock'],
        ...['/run/user', '/run/containerd', '/var/lib/docker'],
        ...[data, join(data, 'two', 'workspace', 'private'), process.cwd(), ...inside.absent],
        ...(homedir() === '/root' ? [] : [homedir()]),
      ];
      const { stdout } = await shell(sandbox, `for p in ${absent.join(' ')}; do [ -e "$p" ] && echo "$p"; done; true`);
      expect(stdout).toBe('');
      expect((await shell(sandbox, 'cat /etc/shadow')).code).not.toBe(0);
      expect((await shell(sandbox, 'ls /root')).stdout).toBe('');
      expect((await shell(sandbox, 'cat /etc/passwd | wc -l')).stdout.trim()).toBe('3');
    });

    test('the system is read-only', async () => {
      const places = [
        '/',
        '/usr',
        '/usr/bin',
        '/etc',
        '/dev',
        '/run/rigger',
        '/opt/rigger',
        '/proc/sys/kernel',
        '/home',
      ];
      places.push('/var', '/sys', '/sys/fs/cgroup', sandbox.programs.node!);
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
        `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/[0-9]*/mountinfo 2>/dev/null | tr '\\0' '\\n' | grep -E 'rigger-insid[e]-.*/two|the-host-know[s]'
        for f in /proc/[0-9]*/fd/*; do readlink $f; done 2>/dev/null | grep -E 'user:|mnt:|docker.sock'
        cat /proc/1/environ 2>/dev/null | tr '\\0' '\\n' | grep -vE '^(PATH|HOSTNAME|HOME|TERM|container)='; true`,
      );
      expect(stdout).toBe('');
    });

    test('it sees the processes of its own sandbox and no others, and signals no others', async () => {
      const child = sandbox.spawn('/bin/sh', ['-c', 'echo $$; exec sleep 60'], { env: {} });
      const exit = once(child, 'exit');
      const pid = String((await once(child.stdout, 'data'))[0]).trim();
      expect((await shell(sandbox, `tr '\\0' ' ' < /proc/${pid}/cmdline`)).stdout).toBe('sleep 60 ');
      expect((await shell(other, `ls -d /proc/[0-9]* | wc -l`)).stdout.trim()).toMatch(inside.visible);
      const [host, ...more] = await sandbox.processes();
      expect(more).toEqual([]);
      // By the numbers that the host knows them by.
      for (const victim of [process.pid, host!]) {
        expect((await shell(other, `kill -9 ${victim}`)).code, String(victim)).not.toBe(0);
      }
      expect(isAlive(host!)).toBe(true);
      // What keeps its own sandbox dies of this, and nobody else.
      await shell(other, 'kill -9 -1');
      expect(isAlive(host!)).toBe(true);
      expect((await shell(sandbox, `kill ${pid}`)).code).toBe(0);
      expect(await exit).toEqual([null, 'SIGTERM']);
    });

    test('/tmp and /dev/shm are on disk and pseudo-terminals work', async () => {
      const { stdout } = await shell(sandbox, 'echo t > /tmp/f; echo s > /dev/shm/f; script -qc tty /dev/null');
      expect(stdout.trim()).toBe('/dev/pts/0');
      expect(readFileSync(join(data, 'one', 'tmp', 'f'), 'utf8')).toBe('t\n');
      expect(readFileSync(join(data, 'one', 'shm', 'f'), 'utf8')).toBe('s\n');
    });

    test.runIf(process.getuid!() === 0)('under a runner that is root, its files are not root’s', async () => {
      await shell(sandbox, 'touch owned');
      expect(statSync(join(sandbox.hostWorkspace, 'owned')).uid).not.toBe(0);
    });

    test('its folder may be moved while it is open', async () => {
      const moving = await open('here');
      try {
        await shell(moving, 'echo before > file');
        renameSync(join(data, 'here'), join(data, 'there'));
        moving.moved(join(data, 'there'));
        writeFileSync(join(moving.hostWorkspace, 'later'), 'from outside', { mode: 0o644 });
        expect((await shell(moving, 'cat file later; echo x > more')).stdout).toBe('before\nfrom outside');
        expect(readFileSync(join(data, 'there', 'workspace', 'more'), 'utf8')).toBe('x\n');
        writeFileSync(moving.hostSocketPath, 'here', { mode: 0o644 });
        expect((await shell(moving, `cat ${moving.socketPath}`)).stdout).toBe('here');
      } finally {
        await moving.close(0);
      }
      expect(existsSync(join(data, 'here'))).toBe(false);
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
}
