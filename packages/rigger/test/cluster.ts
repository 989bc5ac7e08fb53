/** Several servers over one PostgreSQL, and runners that join them: each a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  BIN,
  dropDatabase,
  freshDatabase,
  isolation,
  type Json,
  processesNaming,
  type Rigger,
  startRigger,
} from './harness.ts';

const TOKEN = 'a-token-for-tests';

export interface Runner {
  id: string;
  dataDir: string;
  process: ChildProcess;
  log: Json[];
  /** Resolves once a line of its log passes, said already or still to come. */
  says(test: (line: Json) => boolean): Promise<Json>;
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface RunnerOptions {
  servers?: Rigger[];
  labels?: string;
  capacity?: number;
  env?: Record<string, string>;
}

export interface Cluster {
  servers: Rigger[];
  databaseUrl: string;
  startServer(settings?: Record<string, string>): Promise<Rigger>;
  startRunner(id: string, options?: RunnerOptions): Promise<Runner>;
  stop(): Promise<void>;
}

export async function startCluster(size: number, settings: Record<string, string> = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'rigger-cluster-'));
  chmodSync(folder, 0o755);
  const database = await ownDatabase(folder);
  const runners: Runner[] = [];
  const cluster: Cluster = {
    servers: [],
    databaseUrl: database.url,
    async startServer(more = {}) {
      const server = await startRigger({
        DATABASE_URL: database.url,
        RIGGER_LOCAL_RUNNER: 'false',
        RIGGER_RUNNER_TOKEN: TOKEN,
        ...settings,
        ...more,
      });
      cluster.servers.push(server);
      return server;
    },
    async startRunner(id, { servers = cluster.servers, labels = '', capacity = 8, env = {} } = {}) {
      const runner = launch(id, join(folder, id), {
        RIGGER_SERVER_URL: servers.map((server) => server.url).join(','),
        RIGGER_RUNNER_LABELS: labels,
        RIGGER_RUNNER_CAPACITY: String(capacity),
        ...env,
      });
      runners.push(runner);
      await connectedTo(servers, id);
      return runner;
    },
    async stop() {
      await Promise.all(runners.map((runner) => runner.end('SIGTERM')));
      await Promise.all(cluster.servers.map((server) => server.stop()));
      await database.stop();
      const left = processesNaming(folder);
      rmSync(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`Processes were left behind: ${left.join('; ')}`);
    },
  };
  for (let n = 0; n < size; n++) await cluster.startServer();
  return cluster;
}

/** What makes a process see another time, as `+10m`; null where the machine has no libfaketime. */
export function wrongClock(offset: string): Record<string, string> | null {
  const library = globSync('/usr/lib/*/faketime/libfaketime.so.1')[0];
  return library === undefined ? null : { LD_PRELOAD: library, FAKETIME: offset };
}

async function connectedTo(servers: Rigger[], id: string): Promise<void> {
  for (;;) {
    for (const server of servers) {
      const answer = await server.call('GET', '/api/runners').catch(() => null);
      if (answer?.body?.runners?.some((runner: Json) => runner.id === id && runner.state === 'ready')) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function launch(id: string, dataDir: string, env: Record<string, string>): Runner {
  const child = spawn(
    process.execPath,
    ['--disable-warning=CLAUDE_SDK_CAN_USE_TOOL_SHADOWED', BIN, 'runner', '--id', id],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        RIGGER_DATA_DIR: dataDir,
        RIGGER_RUNNER_TOKEN: TOKEN,
        ...isolation(),
        RIGGER_WARM_SPARES: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const log: Json[] = [];
  const waiting = new Set<(line: Json) => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Json;
    log.push(line);
    for (const hear of [...waiting]) hear(line);
  });
  return {
    id,
    dataDir,
    process: child,
    log,
    says: (test) =>
      new Promise((resolve) => {
        const hear = (line: Json): void => {
          if (!test(line)) return;
          waiting.delete(hear);
          resolve(line);
        };
        waiting.add(hear);
        for (const line of log) hear(line);
      }),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}

/** A database of this test's own: on the PostgreSQL that RIGGER_TEST_POSTGRES names, or on an embedded one. */
async function ownDatabase(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const url = await freshDatabase();
  if (url !== undefined) return { url, stop: () => dropDatabase(url) };
  const { startEmbeddedPostgres } = await import('../../server/src/embedded/index.ts');
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => {} });
  const { host, port, user, database } = postgres.connection;
  return {
    url: `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
    stop: () => postgres.stop(),
  };
}
