/** A real server as its users run it: a process of its own, with its database, its runner and the offline model. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SessionEvent, SessionMetadata, TurnView } from '@rigger/server/types';
import { createParser } from 'eventsource-parser';
import pg from 'pg';

export const BIN = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, member by member
export type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

export interface Rigger {
  url: string;
  dataDir: string;
  /** Settings of the database, for tests that look into it. */
  databaseUrl: string | undefined;
  log: Json[];
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  create(body: unknown): Promise<SessionMetadata>;
  say(id: string, prompt: unknown, extra?: object): Promise<Json>;
  get(id: string): Promise<SessionMetadata>;
  events(id: string): Promise<SessionEvent[]>;
  turns(id: string): Promise<TurnView[]>;
  /** Resolves with the first event of the log that passes, stored or still to come. */
  until(id: string, test: (event: SessionEvent) => boolean): Promise<SessionEvent>;
  sql<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  /** Host pids of agent processes of this server's sandboxes. */
  agents(): number[];
  pid: number;
  runnerPid(): number;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts a server again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 40_000;

/** A key for tests, for RIGGER_BOOTSTRAP_KEY: an admin’s of the operator’s tenant. */
export const ADMIN_KEY = `rgr_adminfortest_${'k'.repeat(32)}`;

/** A script for the offline model, as the words of a prompt. */
export const script = (...steps: object[]): string => `\`\`\`offline\n${JSON.stringify(steps)}\n\`\`\``;
export const bash = (command: string): object => ({
  tools: [{ name: 'Bash', input: { command, description: 'run' } }],
});
/** A program that runs until it is killed, or for a minute. The CLI refuses a long `sleep`. */
export const HANG = 'node -e "setTimeout(() => {}, 60000)"';

/** Settings for agents in containers of the engine that tests may use; null where there is none. */
export function inContainers(): Record<string, string> | null {
  const { RIGGER_TEST_DOCKER_SOCKET: socket, RIGGER_TEST_DOCKER_IMAGE: image } = process.env;
  if (!image) return null;
  return {
    RIGGER_ISOLATION: 'docker',
    RIGGER_DOCKER_IMAGE: image,
    ...(socket ? { RIGGER_DOCKER_SOCKET: socket } : {}),
  };
}

/** How the servers and runners of tests keep agents apart, unless told otherwise. */
export const isolation = (): Record<string, string> => {
  const asked = process.env.RIGGER_TEST_ISOLATION ?? 'auto';
  return asked === 'docker' ? (inContainers() ?? { RIGGER_ISOLATION: asked }) : { RIGGER_ISOLATION: asked };
};

/**
 * @param prefix a command that changes what its further arguments, the server's command, find of the machine.
 * @param folder a data folder that is there already.
 */
export async function startRigger(
  settings: Record<string, string> = {},
  prefix: string[] = [],
  folder?: string,
): Promise<Rigger> {
  const dataDir = folder ?? mkdtempSync(join(tmpdir(), 'rigger-test-'));
  // As root, the database runs as another user, who must be able to get here.
  chmodSync(dataDir, 0o755);
  const own = settings.DATABASE_URL === undefined ? await freshDatabase() : undefined;
  const databaseUrl = settings.DATABASE_URL ?? own;
  let server = await start(
    { ...settings, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) },
    dataDir,
    prefix,
  ).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });

  /** The key that the settings made, where they made one. */
  const shown: Record<string, string> =
    settings.RIGGER_BOOTSTRAP_KEY === undefined ? {} : { authorization: `Bearer ${settings.RIGGER_BOOTSTRAP_KEY}` };
  const call: Rigger['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(new URL(path, server.url), {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...shown, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
  };
  const ok = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  /** What takes too long is told with all that is known of its session. */
  const told = async <T>(id: string, wait: Promise<T>): Promise<T> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(async () => {
      const events = await rigger.events(id).catch((error: Error) => [error.message]);
      const runnerLog = join(dataDir, 'runner.log');
      const runner = existsSync(runnerLog) ? readFileSync(runnerLog, 'utf8').split('\n').slice(-40) : [];
      const lines = [...events, ...runner, ...server.log.slice(-20)].map((line) => JSON.stringify(line).slice(0, 300));
      late.reject(new Error(`Not within ${PATIENCE_MS} ms.\n${lines.join('\n')}`));
    }, PATIENCE_MS);
    try {
      return await Promise.race([wait, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };

  const rigger: Rigger = {
    get url() {
      return server.url;
    },
    dataDir,
    databaseUrl,
    get log() {
      return server.log;
    },
    get pid() {
      return server.process.pid!;
    },
    call,
    create: (body) => ok('POST', '/api/sessions', body),
    say: (id, prompt, extra = {}) => told(id, ok('POST', `/api/sessions/${id}/message`, { prompt, ...extra })),
    get: (id) => ok('GET', `/api/sessions/${id}`),
    events: async (id) => (await ok('GET', `/api/sessions/${id}/events?limit=1000`)).events,
    turns: async (id) => (await ok('GET', `/api/sessions/${id}/turns`)).turns,
    until: (id, test) => told(id, untilEvent(`${server.url}/api/sessions/${id}/events`, test, shown)),
    async sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
      const client = new pg.Client(
        databaseUrl === undefined ? embeddedConnection(dataDir) : { connectionString: databaseUrl },
      );
      await client.connect();
      try {
        return (await client.query<T>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    agents: () => agentsOf(server.runnerPid(), dataDir),
    runnerPid: () => server.runnerPid(),
    async kill(signal) {
      const exited = once(server.process, 'exit');
      server.process.kill(signal);
      await exited;
    },
    async restart() {
      server = await start(
        { ...settings, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) },
        dataDir,
        prefix,
      );
    },
    async stop() {
      if (server.process.exitCode === null && server.process.signalCode === null) await rigger.kill('SIGINT');
      const left = processesNaming(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
      if (own !== undefined) await dropDatabase(own);
      if (left.length > 0) throw new Error(`Processes were left behind: ${left.join('; ')}`);
    },
  };
  return rigger;
}

interface Started {
  process: ChildProcess;
  url: string;
  log: Json[];
  runnerPid(): number;
}

async function start(settings: Record<string, string>, dataDir: string, prefix: string[]): Promise<Started> {
  const [command, ...args] = [...prefix, process.execPath, BIN, 'serve'];
  const child = spawn(command!, args, {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      RIGGER_DATA_DIR: dataDir,
      RIGGER_LOG_LEVEL: 'info',
      ...isolation(),
      // Processes are counted in tests; the pool has its own.
      RIGGER_WARM_SPARES: '0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: Json[] = [];
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const url = await new Promise<string>((resolve, reject) => {
    let listening: string | null = null;
    let connected = settings.RIGGER_LOCAL_RUNNER === 'false';
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as Json;
      log.push(entry);
      if (entry.msg === 'Rigger is listening') listening = entry.url;
      if (entry.msg === 'A runner connected') connected = true;
      if (listening !== null && connected) resolve(listening);
    });
    child.once('exit', (code) =>
      reject(
        new Error(`The server ended with ${code}: ${said}${log.map((entry) => JSON.stringify(entry)).join('\n')}`),
      ),
    );
  });
  return {
    process: child,
    url,
    log,
    runnerPid: () => Number(readFileSync(join(dataDir, 'runner.pid'), 'utf8').split(' ')[0]),
  };
}

export async function untilEvent(
  url: string,
  test: (event: SessionEvent) => boolean,
  headers: Record<string, string> = {},
): Promise<SessionEvent> {
  for await (const event of followEvents(url, 0, undefined, headers))
    if (event.seq !== undefined && test(event)) return event;
  throw new Error('The stream ended before the event came.');
}

/** The log as an SSE client sees it. */
export async function* followEvents(
  url: string,
  after: number,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): AsyncGenerator<SessionEvent> {
  const answer = await fetch(`${url}?after=${after}`, {
    headers: { accept: 'text/event-stream', ...headers },
    ...(signal === undefined ? {} : { signal }),
  });
  const found: SessionEvent[] = [];
  const parser = createParser({ onEvent: (event) => found.push(JSON.parse(event.data)) });
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    parser.feed(chunk);
    yield* found.splice(0);
  }
}

function embeddedConnection(dataDir: string): pg.ClientConfig {
  const [, , , port, host] = readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n');
  return { host: host!, port: Number(port), user: 'rigger', database: 'rigger' };
}

/** With RIGGER_TEST_POSTGRES, every server gets a database of its own there; else an embedded one. */
export async function freshDatabase(): Promise<string | undefined> {
  const base = process.env.RIGGER_TEST_POSTGRES;
  if (base === undefined || base === '') return undefined;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin(base, `CREATE DATABASE ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(databaseUrl: string): Promise<void> {
  await admin(
    process.env.RIGGER_TEST_POSTGRES!,
    `DROP DATABASE ${new URL(databaseUrl).pathname.slice(1)} WITH (FORCE)`,
  );
}

async function admin(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

export const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
export const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
const parentOf = (pid: number): number => Number(/^PPid:\t(\d+)/m.exec(readProc(pid, 'status'))?.[1] ?? 0);

/** The claude processes that descend from a runner, or have a folder of its mounted. */
function agentsOf(runner: number, dataDir: string): number[] {
  const descends = (pid: number): boolean => {
    for (let at = pid; at > 1; at = parentOf(at)) if (at === runner) return true;
    return false;
  };
  return pids().filter(
    (pid) =>
      /(^|\/)claude\0/.test(readProc(pid, 'cmdline')) &&
      (descends(pid) || readProc(pid, 'mountinfo').includes(dataDir)),
  );
}

/** Whatever still runs for a data folder: by its command line, its environment or what it has mounted. */
export function processesNaming(dataDir: string): string[] {
  return pids()
    .filter(
      (pid) =>
        pid !== process.pid &&
        ['cmdline', 'environ', 'mountinfo'].some((file) => readProc(pid, file).includes(dataDir)),
    )
    .filter((pid) => existsSync(`/proc/${pid}/exe`))
    .map((pid) => `${pid} ${readProc(pid, 'cmdline').replaceAll('\0', ' ')}`);
}
