/** A PostgreSQL of the run's own that can be stopped, killed and started again on the same data. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { chooseAccount } from '../packages/server/src/embedded/account.ts';
import { findBinaries } from '../packages/server/src/embedded/binaries.ts';
import { postgresBinaries } from '../scripts/test/machine-postgres.ts';
import { freePort } from './ports.ts';

const START_PATIENCE_MS = 60_000;
/** Its words while what a killed postmaster left has not gone. */
const OCCUPIED = /lock file ".*" already exists|pre-existing shared memory block/;

export interface Postgres {
  port: number;
  version: string;
  database: string;
  user: string;
  /** Fast shutdown, and up again. */
  restart(): Promise<void>;
  /** kill -9 of the postmaster, and up again as soon as its backends have noticed. */
  killAndStart(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error when `which` is not to be had here. */
export async function startPostgres(
  folder: string,
  logs: string,
  which: 'machine' | 'embedded' | null,
): Promise<Postgres> {
  mkdirSync(folder, { recursive: true });
  // As root it runs as somebody else, as PostgreSQL insists.
  const account = await chooseAccount(undefined);
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const as = { cwd: folder, ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }) };
  const machine = which === 'embedded' ? null : postgresBinaries();
  if (machine === null && which === 'machine') throw new Error('This machine has no PostgreSQL of its own.');
  const bin =
    machine === null
      ? await findBinaries(account, ['/var/cache/rigger', folder])
      : { initdb: join(machine, 'initdb'), postgres: join(machine, 'postgres') };
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'rigger', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8'];
  execFileSync(bin.initdb, init, { ...as, stdio: 'ignore' });
  const version = execFileSync(bin.postgres, ['--version'], { encoding: 'utf8' })
    .trim()
    .replace(/^.*\) /, '');
  const port = await freePort();
  const log = createWriteStream(join(logs, 'postgres.log'), { flags: 'a' });
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    max_connections: '200',
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let running: ChildProcess | null = null;

  async function launch(): Promise<boolean> {
    const child = spawn(bin.postgres, args, { ...as, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let said = '';
    return new Promise<boolean>((resolve, reject) => {
      child.stderr.on('data', (piece) => {
        log.write(piece);
        said = `${said}${piece}`.slice(-10_000);
        if (!said.includes('ready to accept connections')) return;
        running = child;
        resolve(true);
      });
      child.once('exit', () => {
        if (running === child) running = null;
        if (OCCUPIED.test(said)) resolve(false);
        else reject(new Error(`PostgreSQL did not start: ${said}`));
      });
    });
  }
  async function start(): Promise<void> {
    const deadline = Date.now() + START_PATIENCE_MS;
    while (!(await launch())) {
      if (Date.now() > deadline)
        throw new Error('PostgreSQL could not start again: its former processes are still there.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    const child = running;
    if (child === null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  await start();
  const admin = new pg.Client({ host: '127.0.0.1', port, user: 'rigger', database: 'postgres', ssl: false });
  await admin.connect();
  await admin.query('CREATE DATABASE rigger').finally(() => admin.end());
  return {
    port,
    version,
    database: 'rigger',
    user: 'rigger',
    async restart() {
      await end('SIGINT');
      await start();
    },
    async killAndStart() {
      await end('SIGKILL');
      await start();
    },
    stop: () => end('SIGINT'),
  };
}
