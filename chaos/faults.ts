/** What each kind of fault does. Every one of them has been undone when its promise resolves. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Network } from './network.ts';
import type { Fault, FaultKind } from './plan.ts';
import { agentsBelow } from './processes.ts';
import type { World } from './world.ts';

/** A server that is told to end must have done so by then. */
export const DRAIN_LIMIT_MS = 10_000;
const AGENT_PATIENCE_MS = 5_000;

export interface Struck {
  /** Whom, in words. */
  whom: string;
  /** How long a server took to end when it was told to. */
  drainMs?: number;
  violation?: string;
}

type Strike = (world: World, fault: Fault) => Promise<Struck>;

const nth = <T>(list: readonly T[], target: number): T => list[(target - 1) % list.length]!;

async function silence(proxies: Network[], ms: number): Promise<void> {
  for (const proxy of proxies) proxy.fallSilent();
  await pause(ms);
  for (const proxy of proxies) proxy.speakAgain();
}

/** A runner's links to all servers: unheard at one of them alone it would only go to another. */
const linksOfRunner = (world: World, target: number): Network[] => {
  const name = nth(world.runners, target).name;
  return world.proxies.runners.filter((proxy) => proxy.name.startsWith(`${name}-`));
};

const connectTo = async (world: World): Promise<pg.Client> => {
  const { port, user, database } = world.postgres;
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    database,
    ssl: false,
    application_name: 'chaos-fault',
  });
  client.on('error', () => {});
  await client.connect();
  return client;
};

const strikes: Record<FaultKind, Strike> = {
  async 'server killed'({ servers }, { target, ms }) {
    const server = nth(servers, target);
    await server.end('SIGKILL', 0);
    await pause(ms);
    await server.start();
    return { whom: server.name };
  },
  async 'server upgraded'({ servers }, { target, ms }) {
    const server = nth(servers, target);
    const ended = await server.end('SIGTERM', 2 * DRAIN_LIMIT_MS);
    await pause(ms);
    await server.start();
    const how = ended.code === null ? `by ${ended.signal}` : `with exit code ${ended.code}`;
    const bad = ended.code !== 0 || ended.ms > DRAIN_LIMIT_MS;
    return {
      whom: `${server.name}, which ended ${how} after ${ended.ms} ms`,
      drainMs: ended.ms,
      ...(bad ? { violation: `${server.name} ended ${how} ${ended.ms} ms after SIGTERM` } : {}),
    };
  },
  async 'server frozen'({ servers }, { target, ms }) {
    const server = nth(servers, target);
    server.signal('SIGSTOP');
    await pause(ms);
    server.signal('SIGCONT');
    return { whom: server.name };
  },
  async 'runner killed'({ runners }, { target, ms }) {
    const runner = nth(runners, target);
    await runner.end('SIGKILL', 0);
    await pause(ms);
    await runner.start();
    return { whom: runner.name };
  },
  async 'runner frozen past its lease'({ runners }, { target, ms }) {
    const runner = nth(runners, target);
    runner.signal('SIGSTOP');
    await pause(ms);
    runner.signal('SIGCONT');
    return { whom: runner.name };
  },
  async 'agent killed'({ runners }, { target }) {
    const deadline = Date.now() + AGENT_PATIENCE_MS;
    for (;;) {
      const agents = runners.flatMap((runner) => (runner.pid === null ? [] : agentsBelow(runner.pid)));
      if (agents.length > 0) {
        const pid = nth(agents, target);
        process.kill(pid, 'SIGKILL');
        return { whom: `pid ${pid}, one of ${agents.length}` };
      }
      if (Date.now() > deadline) return { whom: 'nobody: there was no agent' };
      await pause(50);
    }
  },
  async 'clients cut off'({ proxies }, { target }) {
    const proxy = nth(proxies.clients, target);
    return { whom: `${proxy.cut()} connections of ${proxy.name}` };
  },
  async 'runners cut off'({ proxies }) {
    const cut = proxies.runners.reduce((sum, proxy) => sum + proxy.cut(), 0);
    return { whom: `${cut} connections of all runners` };
  },
  async 'database cut off'({ proxies }, { target }) {
    const proxy = nth(proxies.database, target);
    return { whom: `${proxy.cut()} connections of ${proxy.name}` };
  },
  async 'clients unheard'({ proxies }, { target, ms }) {
    const proxy = nth(proxies.clients, target);
    await silence([proxy], ms);
    return { whom: proxy.name };
  },
  async 'runner unheard'(world, { target, ms }) {
    await silence(linksOfRunner(world, target), ms);
    return { whom: nth(world.runners, target).name };
  },
  async 'database unheard'({ proxies }, { target, ms }) {
    const proxy = nth(proxies.database, target);
    await silence([proxy], ms);
    return { whom: proxy.name };
  },
  async 'database slow by 500 ms'({ proxies }, { ms }) {
    for (const proxy of proxies.database) proxy.latencyMs = 250;
    await pause(ms);
    for (const proxy of proxies.database) proxy.latencyMs = 0;
    return { whom: 'all servers, 250 ms each way' };
  },
  async 'database connections terminated'(world) {
    const client = await connectTo(world);
    const { rowCount } = await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    await client.end();
    return { whom: `${rowCount} connections` };
  },
  async 'database restarted'({ postgres }) {
    await postgres.restart();
    return { whom: 'PostgreSQL' };
  },
  async 'database killed'({ postgres }) {
    await postgres.killAndStart();
    return { whom: 'the postmaster' };
  },
  async 'snapshot held'(world, { ms }) {
    const client = await connectTo(world);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await client.query('SELECT count(*) FROM session_events');
    await pause(ms);
    await client.query('COMMIT').catch(() => {});
    await client.end();
    return { whom: 'one idle transaction' };
  },
  async 'disk full'({ smallDisk }, { ms }) {
    const file = join(smallDisk!, 'filling');
    const megabytes = fill(file);
    await pause(ms);
    rmSync(file, { force: true });
    return { whom: `runner1's disk, by ${megabytes} MB` };
  },
};

/** Writes until nothing more can be written. @returns megabytes */
function fill(file: string): number {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const to = openSync(file, 'a');
  let written = 0;
  try {
    for (;;) written += writeSync(to, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(to);
  }
  return Math.round(written / 2 ** 20);
}

export const strike = (world: World, fault: Fault): Promise<Struck> => strikes[fault.kind](world, fault);
