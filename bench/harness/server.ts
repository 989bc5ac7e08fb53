/** The server under test: a real `rigger serve` in a process of its own, with a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type pg from 'pg';
import { makeDatabase, type OwnDatabase } from './database.ts';
import { descendants, processesNaming } from './processes.ts';

export interface ServerOptions {
  checkout: string;
  modelUrl: string;
  databaseUrl: string | null;
  isolation: string;
  /** False: nobody runs agents but whoever joins with `runnerToken`. */
  localRunner: boolean;
  /** Beside those above. */
  settings: Record<string, string>;
}

export interface Server {
  url: string;
  pid: number;
  /** The local runner's; null without one. */
  runnerPid(): number | null;
  /** The processes of the embedded database; none when it is somebody else's. */
  databasePids(): number[];
  connection: pg.ClientConfig;
  runnerToken: string;
  /** Makes it collect its garbage, soon after this returns. */
  collectGarbage(): void;
  stop(): Promise<void>;
}

const RUNNER_TOKEN = 'bench-runner-token';
const COLLECT_ON_SIGNAL = new URL('./collect-on-signal.ts', import.meta.url).href;
const STOP_PATIENCE_MS = 30_000;

/** The arguments with which `npm start` runs Node. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.split(' ').slice(1);
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rigger-bench-'));
  // As root the database runs as another user: it must get here, or its files go where nobody would remove them.
  chmodSync(dataDir, 0o711);
  const own = options.databaseUrl === null ? null : await makeDatabase(options.databaseUrl);
  const child = spawn(process.execPath, startArguments(), {
    cwd: options.checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_OPTIONS: `--expose-gc --import ${COLLECT_ON_SIGNAL} ${process.env.BENCH_SERVER_NODE_OPTIONS ?? ''}`,
      PORT: '0',
      RIGGER_DATA_DIR: dataDir,
      RIGGER_RUNNER_TOKEN: RUNNER_TOKEN,
      RIGGER_LOCAL_RUNNER: String(options.localRunner),
      RIGGER_ISOLATION: options.isolation,
      RIGGER_EPHEMERAL_RETENTION_MS: '3600000',
      ANTHROPIC_BASE_URL: options.modelUrl,
      ANTHROPIC_API_KEY: 'bench',
      // What starts beforehand is measured by itself.
      RIGGER_WARM_SPARES: '0',
      ...options.settings,
      ...(own === null ? {} : { DATABASE_URL: own.url }),
    },
  });
  const faults: string[] = [];
  let stopping = false;
  let listening: (url: string) => void = () => {};
  let connected: () => void = () => {};
  const url = new Promise<string>((resolve) => {
    listening = resolve;
  });
  const runner = new Promise<void>((resolve) => {
    connected = resolve;
  });
  createInterface(child.stdout!).on('line', (line) => {
    const entry = parse(line);
    if (entry.msg === 'Rigger is listening') listening(String(entry.url));
    if (entry.msg === 'A runner connected') connected();
    if (Number(entry.level) >= 50) faults.push(line);
  });
  const failed = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`The server ended with ${code ?? signal}.\n${faults.join('\n')}`);
  });
  failed.catch((error: Error) => {
    if (!stopping) process.stderr.write(`${error.message}\n`);
  });
  const up = options.localRunner ? Promise.all([url, runner]) : Promise.all([url]);
  const [address] = await Promise.race([up, failed]).catch(async (error: unknown) => {
    await stop(child, dataDir, own, faults);
    throw error;
  });
  return {
    url: address,
    pid: child.pid!,
    runnerPid: () =>
      options.localRunner ? Number(readFileSync(join(dataDir, 'runner.pid'), 'utf8').split(' ')[0]) : null,
    databasePids: () =>
      own === null ? [readPostmaster(dataDir).pid].flatMap((pid) => [pid, ...descendants(pid)]) : [],
    connection: own === null ? readPostmaster(dataDir).connection : { connectionString: own.url },
    runnerToken: RUNNER_TOKEN,
    collectGarbage: () => void child.kill('SIGUSR2'),
    stop() {
      stopping = true;
      return stop(child, dataDir, own, faults);
    },
  };
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The embedded database by PostgreSQL's own note of itself: pid, folder, start, port, folder of the socket. */
function readPostmaster(dataDir: string): { pid: number; connection: pg.ClientConfig } {
  const lines = readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n');
  const [pid, , , port, host] = lines;
  const role = { user: 'rigger', database: 'rigger', ssl: false };
  return { pid: Number(pid), connection: { host: host ?? '', port: Number(port), ...role } };
}

async function stop(child: ChildProcess, dataDir: string, own: OwnDatabase | null, faults: string[]): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await ended;
    clearTimeout(late);
  }
  const left = processesNaming(dataDir);
  if (left.length > 0)
    process.stderr.write(`The server left ${left.length} processes behind: ${left.join(', ')}; they are killed.\n`);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  await own?.drop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (faults.length > 0) process.stderr.write(`The server logged ${faults.length} errors, the first: ${faults[0]}\n`);
}
