/** The server's composition root: starts its parts in order and stops them in reverse. Nothing happens at import. */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { RUNNER_SOCKET_PATH } from '@rigger/runner/protocol';
import type { Logger } from 'pino';
import { asNobody } from './access/actor.ts';
import { callerDefaults, makeCallers } from './access/door.ts';
import { Rates } from './access/rates.ts';
import { chores } from './background/chores.ts';
import { Courier } from './background/courier.ts';
import { Jobs } from './background/jobs.ts';
import { Lookout } from './background/lookout.ts';
import { Scheduler } from './background/scheduler.ts';
import { Sweeper } from './background/sweeper.ts';
import { startEmbeddedPostgres, takeDatabase, takeFolder } from './embedded/index.ts';
import { addGateway } from './gateway/gateway.ts';
import { makeSessionTokens } from './gateway/tokens.ts';
import { type Upstream, Upstreams } from './gateway/upstreams.ts';
import { makeApp } from './http/app.ts';
import { Drain } from './http/drain.ts';
import type { Readiness } from './http/parts.ts';
import { Streams } from './http/streams.ts';
import { makePriceBook, readPrices } from './model/prices.ts';
import { makeSealer, readVaultKeys } from './model/seal.ts';
import { type Settings, sandboxVariables } from './model/settings.ts';
import { Bus } from './replicas/bus.ts';
import { addBlobRoutes } from './runners/blobs.ts';
import { openDoor } from './runners/door.ts';
import { askRunner } from './runners/files.ts';
import { RunnerHub } from './runners/hub.ts';
import { makeIdentify, makePodTokens } from './runners/identity.ts';
import { LocalRunner } from './runners/local.ts';
import { addSecretValueRoute } from './runners/secrets.ts';
import { RunnerSocket } from './runners/socket.ts';
import { addTranscriptRoutes } from './runners/transcripts.ts';
import { makeEngine } from './sessions/engine.ts';
import { makePolicies } from './sessions/policy.ts';
import { drainRunner, works } from './sessions/runners.ts';
import { makeBooks } from './sessions/spending.ts';
import { openSnapshotStore } from './snapshots/index.ts';
import { type Connection, openDatabase } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import { sharedSecret } from './store/secrets.ts';
import { countCommitted, countPaid } from './telemetry/count.ts';
import { makeMetricsPage } from './telemetry/gauges.ts';
import { makeMetrics } from './telemetry/metrics.ts';
import { traceRequests } from './telemetry/requests.ts';
import { traceSessions } from './telemetry/spans.ts';
import { makeTracing } from './telemetry/traces.ts';
import { makeSender } from './webhooks/send.ts';

export { makeKey } from './access/keys.ts';
export { makeLocalKey } from './access/local.ts';
export { BackupUnusable, restoreBackup, takeBackup } from './backup/index.ts';
export { visitDatabase } from './embedded/index.ts';
export { readUpstreams, type Upstream } from './gateway/upstreams.ts';
export { readSettings, type Settings, sandboxVariables } from './model/settings.ts';

export interface ServerOptions {
  settings: Settings;
  log: Logger;
  /** Where model calls go. */
  upstreams: Upstream[];
  /** How to start a runner on this machine; absent: runners come by themselves. */
  runnerCommand?: [string, ...string[]];
  /** The folder of the built page. */
  page?: string;
  version: string;
}

export interface RunningServer {
  url: string;
  /** Resolves once a runner is connected. */
  runnerConnected(): Promise<void>;
  /** Stops everything that was started here: sessions are saved and their processes ended first. */
  close(): Promise<void>;
  /**
   * Goes away within 10 s so that another server takes over: nothing new is taken, streams are told to come back, runners are
   * sent to another server. A runner that was started here and runs turns stays, for the next server on this data folder.
   */
  drain(): Promise<void>;
}

/** A drain ends within 10 s, whatever hangs. */
const DRAIN_PATIENCE_MS = 9_500;
const MODEL_CALL_PATIENCE_MS = 5_000;
const WEBHOOK_PATIENCE_MS = 10_000;

/** The file in the data folder by which a local runner finds its server. */
export const ADDRESS_FILE = 'server.json';

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, log, version } = options;
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stopAll = async () => {
    for (const stop of stops.reverse()) await stop();
  };
  try {
    const dataDir = settings.RIGGER_DATA_DIR;
    mkdirSync(dataDir, { recursive: true });

    // Read first: what is wrong in it is told before anything is started.
    const prices = makePriceBook(
      settings.RIGGER_UNKNOWN_MODELS,
      settings.RIGGER_PRICES === undefined ? undefined : readPrices(settings.RIGGER_PRICES),
    );
    const vaultKeys = findVaultKeys(settings);
    const store = openSnapshotStore(settings, vaultKeys?.[0] ?? null);
    const connection = await openStore(options, stops);
    const metrics = makeMetrics();
    const database = openDatabase(connection, {
      onStatement: (ms, failed) => metrics.statements.observe({ outcome: failed ? 'failed' : 'done' }, ms / 1_000),
      onError: (error) => log.warn({ error: error.message }, 'A database connection was lost'),
    });
    stops.push(() => database.close());
    const applied = await migrate(database.clientConfig);
    if (applied.length > 0) log.info({ migrations: applied }, 'Brought the database up to date');

    const callers = await makeCallers(settings, database, log);
    callers.start();
    stops.push(() => callers.stop());
    const limits = callerDefaults(settings);
    const access = { callers, rates: new Rates(database, limits), defaults: limits };

    const secret = await sharedSecret(database.db, 'session-tokens');
    const tokens = makeSessionTokens(secret);
    // Its library is large: only who asks for it loads it.
    const pods =
      settings.RIGGER_PROVISIONER === 'kubernetes' ? (await import('./kubernetes/index.ts')).makePods(settings) : null;
    const engine = makeEngine({
      database,
      policies: makePolicies(settings),
      sourceFolders: settings.RIGGER_SOURCE_FOLDERS,
      sealer: vaultKeys === null ? null : makeSealer(vaultKeys),
      placeholder: tokens.placeholder,
      keepsSnapshots: store !== null,
      snapshotsKept: settings.RIGGER_SNAPSHOTS_KEPT,
      permissionTimeoutMs: settings.RIGGER_PERMISSION_TIMEOUT_MS,
      snapshotsMax: settings.RIGGER_SNAPSHOTS_MAX,
      checkpointsKept: settings.RIGGER_CHECKPOINTS_KEPT,
      readBlob: async (hash) => (await store?.get(hash)) ?? null,
      ...(pods === null ? {} : { shapeLabels: pods.labels }),
      log,
    });
    stops.push(countCommitted(metrics, engine.signals), countPaid(metrics, engine.signals));
    const tracing = makeTracing(process.env, { 'service.version': version, 'service.instance.id': randomUUID() });
    if (tracing !== null) stops.push(() => tracing.close(), traceSessions(tracing, engine.signals));
    const runnerToken =
      settings.RIGGER_RUNNER_TOKEN ?? kept(dataDir, 'runner-token', () => randomBytes(32).toString('base64url'));

    let local: LocalRunner | null = null;
    const bus = new Bus({
      engine,
      onTell: (session, runner) => hub.tellElsewhere(session, runner),
      onDeleted: (session) => hub.removeFiles(session),
      onMissed: () => lookout.lookIn(0),
    });
    // An embedded database has one server: there is nobody to talk to.
    const alone = settings.DATABASE_URL === undefined;
    const lookout = new Lookout(engine, () => !alone && !bus.listening);
    const hub = new RunnerHub({
      engine,
      tokens,
      leaseMs: settings.RIGGER_LEASE_MS,
      serverId: bus.id,
      serverUrl: () =>
        settings.RIGGER_ADVERTISE_URL ?? reachableUrl(settings.HOST, (app.server.address() as AddressInfo).port),
      onDisconnected: () => {
        local?.check();
        provisioner?.wake();
      },
      onJoined: () => provisioner?.wake(),
    });
    // Whichever server over this database made the pod, it may dial this one.
    const podTokens = makePodTokens(secret);
    const identify = makeIdentify(runnerToken, podTokens, (token) => callers.runnerKey(token));
    const runnerSocket = new RunnerSocket(hub, identify, (keyId, end) => callers.watch(keyId, end), log);
    const provisioner =
      pods === null
        ? null
        : pods.provisioner({ engine, tokens: podTokens, secret, log, fallbackUrl: () => hub.serverUrl });

    const sender = makeSender({
      http: settings.RIGGER_WEBHOOK_HTTP,
      exceptions: settings.RIGGER_WEBHOOK_PRIVATE,
      timeoutMs: WEBHOOK_PATIENCE_MS,
      version,
    });
    const courier = new Courier({
      engine,
      sender,
      retry: { firstMs: settings.RIGGER_WEBHOOK_RETRY_FIRST_MS, forMs: settings.RIGGER_WEBHOOK_RETRY_FOR_MS },
      intervalMs: settings.RIGGER_SWEEP_INTERVAL_MS,
    });

    const scheduler = new Scheduler({ engine, intervalMs: settings.RIGGER_SWEEP_INTERVAL_MS });

    const streams = new Streams();
    const closing = new Drain();
    const app = await makeApp(
      {
        engine,
        access,
        streams,
        drain: closing,
        version,
        drainRunner: async (id, draining) => {
          const state = await drainRunner(engine, id, draining);
          bus.drainingChanged();
          return state;
        },
        files: (request) => askRunner(hub, request),
        wakeScheduler: () => asNobody(() => scheduler.wake()),
        webhooks: { sender, wake: () => asNobody(() => courier.wake()) },
        serverId: bus.id,
        readiness: () => lookAround(database.db, hub, options.upstreams, provisioner?.state),
        metricsPage: makeMetricsPage({ metrics, database, streams: () => streams.size }),
      },
      {
        log,
        ...(tracing === null ? {} : { onRequest: traceRequests(tracing) }),
        onAnswered: ({ method, route, status, seconds }) =>
          metrics.http.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds),
        host: settings.HOST,
        page: options.page ?? null,
        patienceMs: settings.RIGGER_REQUEST_TIMEOUT_MS,
        maxBodyBytes: settings.RIGGER_MAX_BODY_BYTES,
        sockets: {
          [RUNNER_SOCKET_PATH]: (request, socket, head) => runnerSocket.upgrade(request, socket, head),
        },
      },
    );
    const gateway = addGateway(app as never, {
      upstreams: new Upstreams(options.upstreams),
      tokens,
      prices,
      books: makeBooks(engine),
      patienceMs: settings.RIGGER_UPSTREAM_TIMEOUT_MS,
    });
    addTranscriptRoutes(app as never, engine, identify);
    if (store !== null) addBlobRoutes(app as never, engine, store, identify);
    addSecretValueRoute(app as never, engine, identify);
    await app.listen({ host: settings.HOST, port: settings.PORT });
    stops.push(() => app.close());
    if (settings.RIGGER_RUNNER_PORT !== undefined) {
      const door = await openDoor(app.server, settings.HOST, settings.RIGGER_RUNNER_PORT);
      stops.push(() => {
        door.close();
        door.closeAllConnections();
      });
    }
    stops.push(() => runnerSocket.close());
    stops.push(() => hub.close());
    if (!alone) {
      await bus.start();
      stops.push(() => bus.close());
    }
    lookout.lookIn(0);
    stops.push(() => lookout.stop());
    const { port } = app.server.address() as AddressInfo;
    const url = `http://${settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST}:${port}`;

    const sweeper = new Sweeper({
      engine,
      intervalMs: settings.RIGGER_SWEEP_INTERVAL_MS,
      reconcile: () => hub.reconcile(),
      onSwept: (ms) => metrics.sweep.observe(ms / 1_000),
    });
    sweeper.start();
    stops.push(() => sweeper.stop());

    courier.start();
    stops.push(() => courier.stop());
    scheduler.start();
    stops.push(() => scheduler.stop());

    if (provisioner !== null) {
      provisioner.start();
      stops.push(() => provisioner.stop());
    }

    const jobs = new Jobs(
      database,
      chores(engine, { ledgerKeptMs: settings.RIGGER_LEDGER_RETENTION_MS, blobs: store }),
      log,
    );
    jobs.start();
    stops.push(() => jobs.stop());

    const addressFile = join(dataDir, ADDRESS_FILE);
    if (options.runnerCommand !== undefined && settings.RIGGER_LOCAL_RUNNER && pods === null) {
      writeFileSync(addressFile, JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
      local = new LocalRunner({
        command: options.runnerCommand,
        dataDir,
        log,
        env: {
          RIGGER_SERVER_FILE: addressFile,
          RIGGER_RUNNER_TOKEN: runnerToken,
          RIGGER_DATA_DIR: dataDir,
          ...sandboxVariables(settings),
          RIGGER_RUNNER_CAPACITY: String(settings.RIGGER_RUNNER_CAPACITY),
          RIGGER_RUNNER_MIN_FREE_BYTES: settings.RIGGER_RUNNER_MIN_FREE_BYTES,
          RIGGER_AGENT_RECYCLE_BYTES: String(settings.RIGGER_AGENT_RECYCLE_BYTES),
          RIGGER_USAGE_INTERVAL_MS: String(settings.RIGGER_USAGE_INTERVAL_MS),
          RIGGER_WORKSPACE_MAX_BYTES: String(settings.RIGGER_WORKSPACE_MAX_BYTES),
          RIGGER_WORKSPACE_MAX_FILES: String(settings.RIGGER_WORKSPACE_MAX_FILES),
          RIGGER_WARM_SPARES: String(settings.RIGGER_WARM_SPARES),
          RIGGER_EGRESS_PRIVATE: settings.RIGGER_EGRESS_PRIVATE,
          // The provider's key stays here, and the vault's.
          ANTHROPIC_API_KEY: '',
          RIGGER_VAULT_KEY: '',
          AWS_ACCESS_KEY_ID: '',
          AWS_SECRET_ACCESS_KEY: '',
          DATABASE_URL: '',
        },
      });
      local.start();
      stops.push(async () => {
        if (local === null) return;
        hub.sendAway(local.id);
        await local.stop();
        rmSync(addressFile, { force: true });
      });
    }
    log.info(
      { url, data: dataDir, database: settings.DATABASE_URL === undefined ? 'embedded' : 'external' },
      'Rigger is listening',
    );
    const drain = async () => {
      const late = setTimeout(() => {
        log.error('Draining took too long; the server ends at once');
        process.exit(1);
      }, DRAIN_PATIENCE_MS);
      late.unref();
      closing.begin();
      const streamsEnded = streams.endAll();
      await sweeper.stop();
      // Left to itself, a local runner would have nobody to tell of an end: it stays only for turns that run.
      if (local !== null && (await works(engine, local.id))) {
        local.leave();
        local = null;
      }
      if (local === null) hub.sendAway(null);
      await gateway.drain(MODEL_CALL_PATIENCE_MS);
      await streamsEnded;
      await stopAll();
      clearTimeout(late);
    };
    return { url, runnerConnected: () => hub.whenConnected(), close: stopAll, drain };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** The database to use: the one named, or a PostgreSQL of our own, which only one server at a time may use. */
async function openStore({ settings, log }: ServerOptions, stops: (() => unknown)[]): Promise<Connection> {
  if (settings.DATABASE_URL !== undefined) return settings.DATABASE_URL;
  const folder = settings.RIGGER_DATA_DIR;
  stops.push(await takeFolder(folder));
  const embedded = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    log: (level, message, data) => log[level](data ?? {}, message),
  });
  const release = await takeDatabase(embedded.connection, folder, (error) => {
    log.fatal({ err: error }, 'This server lost its database to another one and ends');
    process.exit(1);
  });
  stops.push(() => embedded.stop());
  stops.push(release);
  return embedded.connection;
}

/** Where another machine would reach a server that listens here: its address on the network where it listens on all. */
function reachableUrl(host: string, port: number): string {
  const anywhere = host === '0.0.0.0' || host === '::';
  const address = anywhere
    ? (Object.values(networkInterfaces())
        .flatMap((found) => found ?? [])
        .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1')
    : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/**
 * The vault's keys: from the settings, or, where this is the only server there can be, one that is made once and kept beside its
 * database. Null where several servers have to be given the same.
 */
function findVaultKeys(settings: Settings): ReturnType<typeof readVaultKeys> | null {
  const { RIGGER_VAULT_KEY: given, RIGGER_VAULT_KEY_FILE: file } = settings;
  if (given !== undefined) return readVaultKeys(given);
  if (file !== undefined) return readVaultKeys(readFileSync(file, 'utf8'));
  if (settings.DATABASE_URL !== undefined) return null;
  return readVaultKeys(kept(settings.RIGGER_DATA_DIR, 'vault-key', () => randomBytes(32).toString('base64')));
}

/** A secret of this machine's, made once and kept where only the owner of the data folder can read it. */
function kept(dataDir: string, name: string, make: () => string): string {
  const path = join(dataDir, name);
  if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600 });
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}

async function lookAround(
  db: ReturnType<typeof openDatabase>['db'],
  hub: RunnerHub,
  upstreams: Upstream[],
  pods?: { ok: boolean; detail: string },
): Promise<Readiness> {
  const database = await db
    .selectFrom('serverSecrets')
    .select('name')
    .limit(1)
    .execute()
    .then(() => ({ ok: true, detail: 'answers' }))
    .catch((error: Error) => ({ ok: false, detail: error.message }));
  const runners = hub.connected;
  const runner =
    // Where each session gets a pod, none need be there.
    pods !== undefined
      ? pods
      : runners.length > 0
        ? { ok: true, detail: runners.map((one) => `${one.id} (${one.hello.isolation})`).join(', ') }
        : { ok: false, detail: 'no runner is connected; sessions wait until one is' };
  const known = { ok: true, detail: upstreams.map((one) => one.description).join(', ') };
  return { ready: database.ok && runner.ok, database, runner, upstream: known };
}
