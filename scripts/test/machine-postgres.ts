/** The machine's own PostgreSQL (Debian's packages), on a cluster of the test run's: the other version that we promise. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

const HOME = '/usr/lib/postgresql';

/** The folder with the newest server programs, or null. */
export function postgresBinaries(): string | null {
  if (!existsSync(HOME)) return null;
  const [newest] = readdirSync(HOME)
    .filter((version) => existsSync(join(HOME, version, 'bin', 'postgres')))
    .sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? null : join(HOME, newest, 'bin');
}

export interface MachinePostgres {
  url: string;
  version: string;
  stop(): Promise<void>;
}

/** Null when this machine has none. */
export async function startMachinePostgres(folder: string): Promise<MachinePostgres | null> {
  const bin = postgresBinaries();
  if (bin === null) return null;
  mkdirSync(folder, { recursive: true });
  // As root it runs as nobody, who must reach the folder.
  const asRoot = process.getuid?.() === 0;
  const id = asRoot
    ? {
        uid: Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' })),
        gid: Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' })),
      }
    : {};
  chmodSync(dirname(folder), 0o755);
  if (asRoot) chownSync(folder, id.uid!, id.gid!);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'rigger', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8'], {
    ...id,
    cwd: folder,
    stdio: 'ignore',
  });
  const port = await freePort();
  const options = [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'max_connections=200',
  ];
  const server = spawn(join(bin, 'postgres'), options, { ...id, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('ready to accept connections')) resolve();
    });
    void exited.then(() => reject(new Error(`PostgreSQL did not start: ${said}`)));
  });
  const version = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).replace(
    /^.*\) (\S+).*$/s,
    '$1',
  );
  return {
    url: `postgres://rigger@127.0.0.1:${port}/postgres`,
    version,
    async stop() {
      server.kill('SIGINT');
      await exited;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
