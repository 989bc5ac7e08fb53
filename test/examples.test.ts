/**
 * The examples as a user runs them: the machine's own node against a real server in a process of its own. One server for
 * all of them, because what the last one tidies up is what the others left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markedPids } from '../packages/runner/src/sandbox/process-table.ts';

const root = join(import.meta.dirname, '..');
const ownNode = join(root, 'node_modules', 'node', 'bin', 'node');

/** The first node on the PATH that is not this repository's: the examples promise to run on what a user has. */
function machineNode(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder.includes('node_modules')) continue;
    try {
      accessSync(join(folder, 'node'), constants.X_OK);
      return join(folder, 'node');
    } catch {
      // not in this folder
    }
  }
  return ownNode;
}

/** The environment without what would make this another server: a key, a database, settings of the person who tests. */
const plainEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ANTHROPIC_|RIGGER_|DATABASE_URL$|HOST$|PORT$)/.test(name)),
);

let dataDir: string;
let server: ChildProcess;
let url: string;

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const entry = JSON.parse(line) as { msg: string; url?: string };
    if (entry.msg === 'Rigger is listening' && entry.url !== undefined) {
      child.stdout!.resume();
      return entry.url;
    }
  }
  throw new Error('The server ended before it listened.');
}

/** As the README says it, with the npm that a user has. */
async function install(): Promise<void> {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: join(root, 'examples'),
    env: { ...plainEnvironment, PATH: path.join(delimiter) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(npm, 'close')).toEqual([0, null]);
}

beforeAll(async () => {
  await install();
  dataDir = await mkdtemp(join(tmpdir(), 'rigger-examples-'));
  // As root the database runs as another user, who has to get here.
  await chmod(dataDir, 0o755);
  server = spawn(ownNode, [join(root, 'packages/rigger/src/bin.ts'), 'serve'], {
    cwd: dataDir,
    env: { ...plainEnvironment, PORT: '0', RIGGER_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await addressOf(server);
});

afterAll(async () => {
  if (server.exitCode === null && server.signalCode === null) {
    const gone = once(server, 'exit');
    server.kill('SIGINT');
    await gone;
  }
  await rm(dataDir, { recursive: true, force: true });
});

async function example(args: string[], server = url): Promise<{ code: number | null; out: string }> {
  const child = spawn(machineNode(), ['session-patterns.js', ...args], {
    cwd: join(root, 'examples'),
    env: { ...plainEnvironment, RIGGER_URL: server, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (out += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}

async function unusedPort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

/** Runs an example and expects every claim of it to hold. @returns what it printed */
async function proves(...args: string[]): Promise<string> {
  const { code, out } = await example(args);
  expect(out).not.toContain('DOES NOT HOLD');
  expect(code, out).toBe(0);
  return out;
}

test('without a name the examples say how they are used', async () => {
  const { code, out } = await example([]);
  expect(code).toBe(0);
  for (const name of [
    'bug-fix',
    'invoices',
    'email-monitor',
    'site-builder',
    'project-manager',
    'simulation',
    'monitor',
    'cleanup',
    'all',
    'help',
  ])
    expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('an example that does not exist is refused with the usage', async () => {
  const { code, out } = await example(['bug-fixes']);
  expect(code).toBe(1);
  expect(out).toContain('There is no example “bug-fixes”.');
});

test('without a server an example says how to start one', async () => {
  const port = await unusedPort();
  const nobody = `http://127.0.0.1:${port}`;
  const { code, out } = await example(['bug-fix'], nobody);
  expect(code).toBe(1);
  expect(out).toContain(`No Rigger server answers at ${nobody} (ECONNREFUSED 127.0.0.1:${port}).`);
  expect(out).toContain('npm start');
});

test('bug-fix sees a test fail, repairs the code, sees it pass, and its session completes by itself', async () => {
  const out = await proves('bug-fix');
  expect(out).toContain('→ Bash node --test');
  expect(out).toContain('✓ the tests failed before the repair');
  expect(out).toContain('✓ and pass after it');
  expect(out).toContain('✓ the session completed by itself (status completed)');
  expect(out).toContain('✓ a completed session takes no further message (409 session_not_active)');
});

test('invoices runs three sessions at once, and the statistics of their tag give their cost', async () => {
  const out = await proves('invoices');
  for (const total of ['alder is right (1599.90)', 'birch is right (500.00)', 'cedar is right (999.99)'])
    expect(out).toContain(`✓ the total of ${total}`);
  expect(out).toContain('✓ they worked at the same time');
  expect(out).toContain('✓ the statistics of their tag give their number and their cost (3 sessions,');
});

test('email-monitor has one process answer every message until it is terminated', async () => {
  const out = await proves('email-monitor');
  expect(out).toContain('✓ it was up and idle before the first message');
  expect(out).toContain('✓ one process and one SDK session answered every message');
  expect(out).toContain('✓ it ended when told to, and its process with it (reason user_requested)');
});

test('site-builder changes a page by a second message and is ended by its limit on idle time', async () => {
  const out = await proves('site-builder');
  expect(out).toContain('✓ the second message worked on the files of the first (Fresh bread since 1921)');
  expect(out).toContain('✓ the limit on idle time ended it and its process (idle_timeout after');
});

test('project-manager is parked, comes back with memory and files, and is continued by a new session', async () => {
  const out = await proves('project-manager');
  expect(out).toContain('✓ parked, it is idle and has no process');
  expect(out).toContain('✓ its files came back: the status lists both tasks');
  expect(out).toContain('✓ its memory came back: the answer repeats the earlier requests');
  expect(out).toContain('✓ a new session continued it, and says from where');
});

test('simulation has three agents write to each other until the coordinator has decided', async () => {
  const out = await proves('simulation');
  expect(out).toMatch(
    /✓ the coordinator decided, from files that the players wrote \(Winner: (player[12]|nobody, a draw)\)/,
  );
  expect(out).toContain('✓ every event of an agent names its agent');
});

test('monitor lists the sessions and its sums agree', async () => {
  const out = await proves('monitor');
  expect(out).toMatch(/SESSION +PATTERN +STATUS/);
  expect(out).toContain('✓ statuses and patterns add up to all sessions');
});

test('cleanup parks what may come back and deletes what has ended', async () => {
  const out = await proves('cleanup');
  expect(out).toMatch(/hybrid +parked: a message wakes it/);
  expect(out).toMatch(/long-running +deleted \(it was terminated\)/);
});

test('after cleanup --all no session and no folder of one is left', async () => {
  const out = await proves('cleanup', '--all');
  expect(out).toContain('ended and deleted (it was idle)');
  const { total } = (await (await fetch(`${url}/api/sessions`)).json()) as { total: number };
  expect(total).toBe(0);
  // The runner removes the files when it hears of it.
  await expect.poll(() => readdir(join(dataDir, 'sessions'))).toEqual([]);
});

/** Processes that name the data folder, in their command or their environment. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
        return `${command}${environment}`.includes(folder) ? [`${pid} ${command.replaceAll('\0', ' ')}`] : [];
      } catch {
        return []; // gone meanwhile
      }
    });
}

test('a server told to stop leaves no process behind, of its own or of a sandbox', async () => {
  expect(processesOf(dataDir)).not.toEqual([]);
  const gone = once(server, 'exit');
  server.kill('SIGINT');
  expect(await gone).toEqual([0, null]);
  expect(processesOf(dataDir)).toEqual([]);
  expect(markedPids(dataDir)).toEqual([]);
});
