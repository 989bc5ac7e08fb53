/** The runner's composition root: one connection, a driver, and the sessions it holds. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Link } from './link/link.ts';
import { serverTranscripts } from './link/transcripts.ts';
import { type FromServer, PROTOCOL_VERSION } from './protocol/index.ts';
import { chooseDriver, SandboxSpecError, SandboxUnavailable } from './sandbox/index.ts';
import { removeTree } from './sessions/files.ts';
import { SessionHost } from './sessions/session-host.ts';
import type { RunnerSettings } from './settings.ts';

export { readRunnerSettings } from './settings.ts';

export interface RunningRunner {
  /** Ends every session's processes, tells the server, and disconnects. */
  stop(): Promise<void>;
  /** Resolves when it was told by its server to end. */
  ended: Promise<void>;
}

const STOP_GRACE_MS = 5_000;
/** How long a runner without leases waits for a server of its machine. */
const FORSAKEN_MS = 60_000;

/** The id under which this machine's runner is known, made once: it must come back under it, and no other may have it. */
function keptId(dataDir: string): string {
  const path = join(dataDir, 'runner-id');
  if (!existsSync(path)) writeFileSync(path, `${hostname()}-${randomUUID().slice(0, 8)}`);
  return readFileSync(path, 'utf8').trim();
}

export async function startRunner(settings: RunnerSettings, log: Logger, version: string): Promise<RunningRunner> {
  // Where the SDK puts a transcript that it resumes from; the sandboxes expect it there.
  process.env.TMPDIR = '/tmp';
  const folders = join(settings.RIGGER_DATA_DIR, 'sessions');
  mkdirSync(folders, { recursive: true });
  const driver = await chooseDriver(settings.RIGGER_ISOLATION);
  const reaped = await driver.reap(settings.RIGGER_DATA_DIR);
  if (reaped > 0) log.warn({ processes: reaped }, 'Ended processes that a former runner had left behind');

  const hosts = new Map<string, SessionHost>();
  /** Dropped sessions whose processes are still being ended: the next host of such a session waits for that. */
  const ending = new Map<string, Promise<void>>();
  let stopping: Promise<void> | null = null;
  let forsaken: NodeJS.Timeout | null = null;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const serverUrls = (): string[] => {
    if (settings.RIGGER_SERVER_URL.length > 0) return settings.RIGGER_SERVER_URL;
    try {
      return [(JSON.parse(readFileSync(settings.RIGGER_SERVER_FILE ?? '', 'utf8')) as { url: string }).url];
    } catch {
      return [];
    }
  };
  const runnerId = settings.RIGGER_RUNNER_ID ?? keptId(settings.RIGGER_DATA_DIR);
  const instance = randomUUID();

  const link = new Link({
    serverUrls,
    token: settings.RIGGER_RUNNER_TOKEN,
    log,
    hello: () => ({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      runner: runnerId,
      instance,
      version,
      capacity: settings.RIGGER_RUNNER_CAPACITY,
      labels: settings.RIGGER_RUNNER_LABELS,
      isolation: driver.name,
      sessions: [...hosts].map(([session, host]) => ({ session, epoch: host.epoch, turns: host.given })),
      folders: readdirSync(folders),
    }),
    onConnected: () => {
      if (forsaken !== null) clearTimeout(forsaken);
      forsaken = null;
      for (const host of hosts.values()) host.outbox.resend();
    },
    onMessage: (message) => take(message),
    onLeaseLost: () => {
      log.error({ sessions: hosts.size }, 'The server has not answered within the lease; every agent is ended');
      for (const session of [...hosts.keys()]) inBackground(drop(session));
      // The next greeting says that nothing is held any more.
      link.redial();
      endIfForsaken();
    },
  });

  /** A runner that a server of this machine started ends by itself when no server comes back. */
  function endIfForsaken(): void {
    if (settings.RIGGER_SERVER_FILE === undefined) return;
    forsaken ??= setTimeout(() => {
      log.warn('No server of this machine has come back; the runner ends');
      inBackground(stop().then(end));
    }, FORSAKEN_MS).unref();
  }

  /** What goes wrong with one session must not end the runner, which holds others. */
  function inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => log.error({ err: error }, 'Work for a session failed'));
  }

  /** Ends a session's processes at once and says nothing: it is somebody else's, or nobody's. */
  function drop(session: string): Promise<void> {
    const host = hosts.get(session);
    if (host === undefined) return ending.get(session) ?? Promise.resolve();
    hosts.delete(session);
    const ended = host.close(0).finally(() => {
      if (ending.get(session) === ended) ending.delete(session);
    });
    ending.set(session, ended);
    return ended;
  }

  async function release(session: string, epoch: number, graceMs: number): Promise<void> {
    const host = hosts.get(session);
    if (host === undefined || host.epoch !== epoch) return link.send({ type: 'released', session, epoch });
    await host.close(graceMs);
    if (link.connected)
      await Promise.race([
        host.outbox.whenEmpty(),
        new Promise((resolve) => setTimeout(resolve, graceMs + 1_000).unref()),
      ]);
    if (hosts.get(session) !== host) return;
    hosts.delete(session);
    link.send({ type: 'released', session, epoch });
  }

  async function open(message: Extract<FromServer, { type: 'open' }>): Promise<void> {
    const { spec } = message;
    const { session, epoch } = spec;
    if (hosts.get(session)?.epoch === epoch) return;
    // Registered at once, for its turns follow on the heels of this; its sandbox waits for the one it replaces.
    const replaced = drop(session).catch(() => {});
    const host = new SessionHost({
      spec,
      driver,
      after: replaced,
      folders,
      root: join(folders, session),
      serverUrl: () => link.serverUrl ?? 'http://127.0.0.1:9',
      source: serverTranscripts({
        session,
        epoch,
        serverUrl: () => link.serverUrl,
        token: settings.RIGGER_RUNNER_TOKEN,
      }),
      send: (said) => link.send(said),
      log: log.child({ session, epoch }),
    });
    hosts.set(session, host);
    await host.start().catch(async (error: unknown) => {
      const known = error instanceof SandboxUnavailable || error instanceof SandboxSpecError;
      log.error({ err: error, session }, 'The session could not be brought up');
      if (hosts.get(session) === host) hosts.delete(session);
      await host.close(0);
      link.send({
        type: 'refused',
        session,
        epoch,
        code: known ? 'isolation_unavailable' : 'agent_start_failed',
        message: error instanceof Error ? error.message : String(error),
      });
    });
  }

  function take(message: FromServer): void {
    const host = 'session' in message ? hosts.get(message.session) : undefined;
    const mine = host !== undefined && 'epoch' in message && host.epoch === message.epoch;
    switch (message.type) {
      case 'welcome':
        for (const session of message.drop) inBackground(drop(session));
        return;
      case 'open':
        inBackground(open(message));
        return;
      case 'turn':
        if (mine) host.run(message.turn);
        return;
      case 'watch':
        if (mine) host.watched = message.on;
        return;
      case 'interrupt':
        if (mine) host.interrupt(message.turn);
        return;
      case 'ack':
        if (mine) host.outbox.acknowledge(message.batch);
        return;
      case 'release':
        if (mine && message.keepTurns) host.keepTurns();
        inBackground(release(message.session, message.epoch, message.graceMs));
        return;
      case 'fenced':
        if (mine) inBackground(drop(message.session));
        return;
      case 'remove_files':
        inBackground(drop(message.session).then(() => removeTree(join(folders, message.session))));
        return;
      case 'shutdown':
        inBackground(stop().then(end));
        return;
      case 'goodbye':
        log.error({ code: message.code }, message.message);
        // Two processes under one id would take each other's sessions in turn.
        if (message.code === 'replaced') inBackground(abandon().then(end));
        return;
      case 'heartbeat':
      case 'reconnect':
        return;
    }
  }

  /** Ends everything without a word: what was held is another process's now. */
  async function abandon(): Promise<void> {
    link.close();
    await Promise.allSettled([...hosts.keys()].map((session) => drop(session)));
  }

  function stop(): Promise<void> {
    stopping ??= (async () => {
      link.send({ type: 'leaving' });
      for (const host of hosts.values()) host.keepTurns();
      await Promise.allSettled([...hosts].map(([session, host]) => release(session, host.epoch, STOP_GRACE_MS)));
      link.close();
    })();
    return stopping;
  }

  log.info({ runner: runnerId, isolation: driver.name, capacity: settings.RIGGER_RUNNER_CAPACITY }, 'Runner started');
  if (driver.name === 'none')
    log.warn(
      'Agents run WITHOUT isolation: they can read and change whatever this user can. Install bubblewrap, or use RIGGER_ISOLATION=bubblewrap to insist.',
    );
  link.start();
  return { stop, ended };
}
