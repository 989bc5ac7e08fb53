/** Everything that a run starts: PostgreSQL, the offline model, servers, runners, and the networks between them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Network } from './network.ts';
import type { ChaosOptions } from './options.ts';
import { freePort } from './ports.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { Program } from './programs.ts';

/** Short, so that a minute shows what is otherwise a matter of many. */
export const LEASE_MS = 8_000;
export const SWEEP_MS = 1_000;
const DISK_MB = 64;
const TOKEN = 'chaos-runner-token';
export const STOP_PATIENCE_MS = 20_000;

export interface World {
  postgres: Postgres;
  model: Program;
  servers: Program[];
  runners: Program[];
  proxies: { clients: Network[]; runners: Network[]; database: Network[] };
  /** Where clients find the servers. */
  ports: number[];
  /** The first runner's data folder, when it is a small disk of its own. */
  smallDisk: string | null;
  /** Why there is none. */
  noSmallDisk: string;
  stop(): Promise<void>;
}

/** Environment of everything that is Rigger's. The model is one process that no fault touches. */
export async function startModel(
  logs: string,
  onEnd: (how: string) => void,
): Promise<{ program: Program; env: Record<string, string> }> {
  const port = await freePort();
  const program = new Program({
    name: 'model',
    args: ['model', '--port', String(port)],
    env: {},
    upWhen: 'The offline model is at',
    logs,
    onUnexpectedEnd: onEnd,
  });
  await program.start();
  return { program, env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, ANTHROPIC_API_KEY: 'chaos' } };
}

/** A disk of memory at `folder`, or why there cannot be one. */
function mountSmallDisk(folder: string): string | null {
  if (process.getuid?.() !== 0) return 'only root can mount one';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', folder], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `mounting one failed: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}

/** `undo` gets what is to be undone, also when the start fails midway. */
export async function startWorld(
  options: ChaosOptions,
  folder: string,
  logs: string,
  onEnd: (how: string) => void,
  undo: (() => unknown)[],
): Promise<World> {
  const postgres = await startPostgres(join(folder, 'postgres'), logs, options.postgres);
  undo.push(() => postgres.stop());
  const model = await startModel(logs, onEnd);
  undo.push(() => model.program.end('SIGINT', STOP_PATIENCE_MS));

  const proxies: World['proxies'] = { clients: [], runners: [], database: [] };
  const open = async (list: Network[], name: string, target: number): Promise<number> => {
    const proxy = await Network.open(name, target);
    undo.push(() => proxy.close());
    list.push(proxy);
    return proxy.port;
  };
  const servers: Program[] = [];
  const ports: number[] = [];
  const serverPorts: number[] = [];
  for (let n = 1; n <= options.servers; n += 1) {
    const port = await freePort();
    serverPorts.push(port);
    ports.push(await open(proxies.clients, `clients-server${n}`, port));
    const databasePort = await open(proxies.database, `server${n}-database`, postgres.port);
    servers.push(
      new Program({
        name: `server${n}`,
        args: ['serve'],
        env: {
          ...model.env,
          PORT: String(port),
          DATABASE_URL: `postgres://${postgres.user}@127.0.0.1:${databasePort}/${postgres.database}`,
          RIGGER_DATA_DIR: join(folder, `server${n}`),
          RIGGER_LOCAL_RUNNER: 'false',
          RIGGER_RUNNER_TOKEN: TOKEN,
          RIGGER_LEASE_MS: String(LEASE_MS),
          RIGGER_SWEEP_INTERVAL_MS: String(SWEEP_MS),
          // Clients delete their sessions themselves, after they have looked at them.
          RIGGER_EPHEMERAL_RETENTION_MS: '3600000',
        },
        upWhen: 'Rigger is listening',
        logs,
        onUnexpectedEnd: onEnd,
      }),
    );
  }
  const runners: Program[] = [];
  let noSmallDisk = '';
  let smallDisk: string | null = null;
  for (let n = 1; n <= options.runners; n += 1) {
    const dataDir = join(folder, `runner${n}`);
    mkdirSync(dataDir);
    if (n === 1) {
      const why = mountSmallDisk(dataDir);
      if (why === null) {
        smallDisk = dataDir;
        undo.push(() => execFileSync('umount', ['-l', dataDir]));
      } else noSmallDisk = why;
    }
    const urls: string[] = [];
    for (const [index, port] of serverPorts.entries())
      urls.push(`http://127.0.0.1:${await open(proxies.runners, `runner${n}-server${index + 1}`, port)}`);
    runners.push(
      new Program({
        name: `runner${n}`,
        args: ['runner'],
        env: {
          RIGGER_SERVER_URL: serverList(urls, n),
          RIGGER_RUNNER_TOKEN: TOKEN,
          RIGGER_RUNNER_ID: `runner${n}`,
          RIGGER_DATA_DIR: dataDir,
          RIGGER_ISOLATION: options.isolation,
        },
        upWhen: 'Runner started',
        logs,
        onUnexpectedEnd: onEnd,
      }),
    );
  }
  const all = [...servers, ...runners];
  undo.push(() => Promise.all(all.map((program) => program.end('SIGKILL', STOP_PATIENCE_MS))));
  await Promise.all(servers.map((server) => server.start()));
  await Promise.all(runners.map((runner) => runner.start()));
  return {
    postgres,
    model: model.program,
    servers,
    runners,
    proxies,
    ports,
    smallDisk,
    noSmallDisk,
    async stop() {
      await Promise.all(runners.map((runner) => runner.end('SIGINT', STOP_PATIENCE_MS)));
      await Promise.all(servers.map((server) => server.end('SIGINT', STOP_PATIENCE_MS)));
      await model.program.end('SIGINT', STOP_PATIENCE_MS);
      await postgres.stop();
    },
  };
}

/** The servers that a runner is told of: its own first. */
function serverList(urls: string[], runner: number): string {
  const first = (runner - 1) % urls.length;
  return [...urls.slice(first), ...urls.slice(0, first)].join(',');
}
