/** The runner's composition root: one connection, a driver, and the sessions it holds. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { findDriver, mayBeBare, serverUrls } from './driver.ts';
import { serverBlobs } from './link/blobs.ts';
import { Link } from './link/link.ts';
import { serverSecrets } from './link/secrets.ts';
import { serverTranscripts } from './link/transcripts.ts';
import {
  FILES_FEATURE,
  type FromRunner,
  type FromServer,
  PROTOCOL_VERSION,
  type SessionSpec,
  type SnapshotOrder,
} from './protocol/index.ts';
import { Sampler } from './resources/sampler.ts';
import { MemoryWatch } from './resources/watch.ts';
import { removeTree } from './sessions/files.ts';
import { SessionHost } from './sessions/session-host.ts';
import { startFailure } from './sessions/start-failure.ts';
import type { RunnerSettings } from './settings.ts';
import { WarmPool } from './warm/pool.ts';
import { serveFiles, Workspaces } from './workspace/index.ts';

export { cliFolder, sdkVersion } from './agents/cli.ts';
export { readIsolation, readRunnerSettings } from './settings.ts';

export interface RunningRunner {
  /** Ends every session's processes, tells the server, and disconnects. */
  stop(): Promise<void>;
  /** Resolves when it was told by its server to end. */
  ended: Promise<void>;
}

const STOP_GRACE_MS = 5_000;
const nothing = (): void => {};
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
  const once = settings.RIGGER_RUNNER_ONCE;
  /** For one session only there is one folder: whatever was started beforehand is in its place already. */
  const theFolder = 'session';
  /** Of another session than the one it holds there is nothing here, and nothing to remove. */
  const folderOf = (session: string): string => (once && hosts.has(session) ? theFolder : session);
  mkdirSync(folders, { recursive: true });
  const driver = await findDriver(settings, log, () => link.redial());
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

  const serverUrl = () => link.serverUrl ?? 'http://127.0.0.1:9';
  const pool: WarmPool<SessionHost> = new WarmPool<SessionHost>({
    most: driver.movable ? Math.min(settings.RIGGER_WARM_SPARES, once ? 1 : Number.POSITIVE_INFINITY) : 0,
    folder: join(settings.RIGGER_DATA_DIR, 'warm'),
    make: makeSpare,
    discard: async (spare) => {
      await spare.close(0);
      await removeTree(spare.root);
    },
    isMemoryTight: () => memory.pressure.tight,
    log,
  });

  const memory: MemoryWatch = new MemoryWatch({
    least: settings.RIGGER_RUNNER_MIN_FREE_BYTES,
    spares: () => pool.state.spares,
    onPressure: ({ tight, short }) => {
      if (tight) pool.giveUp();
      if (short !== wasShort)
        log.warn(memory.state, short ? 'Memory is short: no more sessions are taken' : 'There is memory again');
      // The server is asked at once, and again as long as it lasts.
      if (short || wasShort) link.beat();
      wasShort = short;
    },
  });
  let wasShort = false;
  const sampler = new Sampler({
    subjects: () => hosts.values(),
    everyMs: settings.RIGGER_USAGE_INTERVAL_MS,
    onFault: (error) => log.warn({ err: error }, 'What sessions use could not be measured'),
  });

  /** A host for a session of the same kind as `like` that is not there yet: it has nobody's lease, token or folder. */
  async function makeSpare(like: SessionSpec): Promise<SessionHost> {
    const nobody = () => Promise.reject(new Error('a spare has no history'));
    const root = once ? join(folders, theFolder) : join(settings.RIGGER_DATA_DIR, 'warm', randomUUID());
    const host: SessionHost = new SessionHost({
      spec: { ...like, session: 'nobody', gatewayToken: '', startNow: [] },
      driver,
      after: Promise.resolve(),
      folders,
      root,
      serverUrl,
      source: { load: nobody, subpaths: nobody },
      reveal: nobody,
      blobs: { has: nobody, put: nobody, get: nobody },
      exceptions: settings.RIGGER_EGRESS_PRIVATE,
      recycleBytes: Number.POSITIVE_INFINITY,
      send: () => {},
      log: log.child({ session: null }),
      onLost: () => pool.lost(host),
    });
    try {
      await host.warmUp();
      return host;
    } catch (error) {
      await host.close(0);
      await removeTree(root);
      throw error;
    }
  }

  const runnerId = settings.RIGGER_RUNNER_ID ?? keptId(settings.RIGGER_DATA_DIR);
  const instance = randomUUID();

  const workspaces = new Workspaces({
    folders,
    makeWorkspace: (root) => driver.prepare(root),
    folderOf,
    quota: { bytes: settings.RIGGER_WORKSPACE_MAX_BYTES, files: settings.RIGGER_WORKSPACE_MAX_FILES },
  });
  const onFault = (error: unknown) => log.error({ err: error }, 'A request about files failed');
  const files = createServer((request, response) => void serveFiles(workspaces, request, response, onFault));

  /** Where to dial. Agents without isolation that nobody asked for by name are not for a server that others can reach. */
  const dialled = (): string[] => {
    if (driver.name !== 'none' || mayBeBare(settings)) return serverUrls(settings);
    if (stopping === null)
      log.error('The server can now be reached from elsewhere, and agents have no isolation here: the runner ends');
    inBackground(stop().then(end));
    return [];
  };

  const link = new Link({
    serverUrls: dialled,
    token: settings.RIGGER_RUNNER_TOKEN,
    log,
    hello: () => ({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      runner: runnerId,
      instance,
      version,
      capacity: once ? 1 : settings.RIGGER_RUNNER_CAPACITY,
      labels: settings.RIGGER_RUNNER_LABELS,
      isolation: driver.name,
      sessions: [...hosts].map(([session, host]) => ({ session, epoch: host.epoch, turns: host.given })),
      folders: once ? [...hosts.keys()] : readdirSync(folders),
      features: [FILES_FEATURE],
    }),
    onBytes: (bytes) => files.emit('connection', bytes),
    report: () => ({ warm: pool.state, memory: memory.state, usage: sampler.take() }),
    onConnected: () => {
      if (forsaken !== null) clearTimeout(forsaken);
      forsaken = null;
      for (const host of hosts.values()) host.outbox.resend();
    },
    onMessage: (message) => take(message),
    onLeaseLost: () => {
      log.error({ sessions: hosts.size }, 'The server has not answered within the lease; every agent is ended');
      const heldBefore = hosts.size;
      for (const session of [...hosts.keys()]) inBackground(drop(session));
      if (hosts.size < heldBefore) endIfOnce();
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

  /** Its one session is over, or is another's now. */
  function endIfOnce(): void {
    if (once) inBackground(stop().then(end));
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

  async function release(
    session: string,
    epoch: number,
    graceMs: number,
    snapshot: SnapshotOrder | null,
  ): Promise<void> {
    const host = hosts.get(session);
    if (host === undefined || host.epoch !== epoch) return link.send({ type: 'released', session, epoch });
    await host.close(graceMs);
    if (snapshot !== null) await host.keep(snapshot);
    if (link.connected)
      await Promise.race([
        host.outbox.whenEmpty(),
        new Promise((resolve) => setTimeout(resolve, graceMs + 1_000).unref()),
      ]);
    if (hosts.get(session) !== host) return;
    hosts.delete(session);
    link.send({ type: 'released', session, epoch });
    endIfOnce();
  }

  async function open(message: Extract<FromServer, { type: 'open' }>): Promise<void> {
    const { spec } = message;
    const { session, epoch } = spec;
    if (hosts.get(session)?.epoch === epoch) return;
    // Registered at once, for its turns follow on the heels of this; its sandbox waits for the one it replaces.
    const token = settings.RIGGER_RUNNER_TOKEN;
    const access = { session, epoch, serverUrl: () => link.serverUrl, token };
    const parts = {
      spec,
      folders,
      root: join(folders, once ? theFolder : session),
      serverUrl,
      source: serverTranscripts(access),
      reveal: serverSecrets(access),
      blobs: serverBlobs(access),
      exceptions: settings.RIGGER_EGRESS_PRIVATE,
      recycleBytes: settings.RIGGER_AGENT_RECYCLE_BYTES,
      send: (said: FromRunner) => link.send(said),
      log: log.child({ session, epoch }),
    };
    const isNew = !hosts.has(session) && !ending.has(session) && (once || !existsSync(parts.root));
    const spare = isNew ? pool.claim(spec) : null;
    const alone = once ? pool.close() : Promise.resolve();
    if (spare !== null) {
      spare.adopt(parts);
      hosts.set(session, spare);
      return;
    }
    const host = new SessionHost({
      ...parts,
      driver,
      after: Promise.all([drop(session), alone]).then(nothing, nothing),
    });
    hosts.set(session, host);
    await host.start().catch(async (error: unknown) => {
      log.error({ err: error, session }, 'The session could not be brought up');
      if (hosts.get(session) === host) hosts.delete(session);
      await host.close(0);
      link.send({
        type: 'refused',
        session,
        epoch,
        code: startFailure(error),
        message: error instanceof Error ? error.message : String(error),
      });
      endIfOnce();
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
      case 'warm':
        if (hosts.size === 0) pool.expect(message.spec);
        return;
      case 'turn':
        if (mine) host.run(message.turn);
        return;
      case 'watch':
        if (mine) host.watched = message.on;
        return;
      case 'permission':
        if (mine) host.decide(message.agent, message.id, message.decision);
        return;
      case 'interrupt':
        if (mine) host.interrupt(message.turn);
        return;
      case 'ack':
        if (mine) host.outbox.acknowledge(message.batch);
        return;
      case 'release':
        if (mine && message.keepTurns) host.keepTurns();
        inBackground(release(message.session, message.epoch, message.graceMs, message.snapshot ?? null));
        return;
      case 'snapshot':
        if (mine) inBackground(host.keep(message.snapshot));
        return;
      case 'fenced':
        if (mine) inBackground(drop(message.session).then(endIfOnce));
        return;
      case 'remove_files':
        inBackground(drop(message.session).then(() => workspaces.remove(message.session)));
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

  async function quiet(): Promise<void> {
    memory.stop();
    sampler.stop();
    await pool.close();
  }

  /** Ends everything without a word: what was held is another process's now. */
  async function abandon(): Promise<void> {
    link.close();
    await quiet();
    await Promise.allSettled([...hosts.keys()].map((session) => drop(session)));
  }

  /** What a runner keeps as it ends may be looked for by others; one that belongs to this machine's server comes back to its files. */
  const lastSnapshot = (host: SessionHost): SnapshotOrder | null =>
    host.keepsSnapshots && settings.RIGGER_SERVER_FILE === undefined
      ? { id: `snap_${randomUUID().replaceAll('-', '')}`, reason: 'moved' }
      : null;

  function stop(): Promise<void> {
    stopping ??= (async () => {
      link.send({ type: 'leaving' });
      for (const host of hosts.values()) host.keepTurns();
      await quiet();
      await Promise.allSettled(
        [...hosts].map(([session, host]) => release(session, host.epoch, STOP_GRACE_MS, lastSnapshot(host))),
      );
      link.close();
    })();
    return stopping;
  }

  log.info({ runner: runnerId, isolation: driver.name, capacity: settings.RIGGER_RUNNER_CAPACITY }, 'Runner started');
  link.start();
  memory.start();
  sampler.start();
  return { stop, ended };
}
