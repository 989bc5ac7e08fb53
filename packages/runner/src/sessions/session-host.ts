/** One session on this runner: its sandbox, its way to the model, its agents. */
import { randomUUID } from 'node:crypto';
import { constants, existsSync, renameSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { Agent, type DeathReason } from '../agents/agent.ts';
import { cliFolder } from '../agents/cli.ts';
import type { TranscriptSource } from '../agents/transcript.ts';
import type { Exceptions } from '../protocol/addresses.ts';
import type {
  BoundSecret,
  FromRunner,
  GitSource,
  Item,
  PermissionDecision,
  SessionSpec,
  SessionUsage,
  SnapshotOrder,
  TurnOrder,
} from '../protocol/index.ts';
import { type ProcessSizes, sizeOfMarked } from '../resources/marked.ts';
import { type Sandbox, type SandboxDriver, startRelay } from '../sandbox/index.ts';
import type { BlobStore } from '../snapshots/index.ts';
import { cloneInto } from './git-source.ts';
import { isFilled, KeptFiles, readNote } from './kept-files.ts';
import { Outbox } from './outbox.ts';
import { startFailure } from './start-failure.ts';
import { openWayOut, type WayOut } from './way-out.ts';

export interface HostParts {
  spec: SessionSpec;
  driver: SandboxDriver;
  /** The end of this session's former host here, with which it must not share its folder. */
  after: Promise<void>;
  /** This session's folder, and the folders of them all. */
  root: string;
  folders: string;
  serverUrl(): string;
  source: TranscriptSource;
  /** Where snapshots are kept. */
  blobs: BlobStore;
  /** The value of a secret that the session names; rejects with `SecretUnavailable`. */
  reveal(name: string): Promise<string>;
  /** Private addresses that sessions may reach. */
  exceptions: Exceptions;
  /** The memory beyond which an agent's process is replaced between two turns. */
  recycleBytes: number;
  send(message: FromRunner): void;
  log: Logger;
  /** Given to a spare, which belongs to no session yet: told when its agent dies before it does. */
  onLost?(): void;
}

interface Opened {
  sandbox: Sandbox;
  /** What its processes find in their environment beside an agent's own. */
  env: Record<string, string>;
  /** How many of its processes the kernel has ended for want of memory, as far as that was told. */
  memoryKills: number;
  closeDoors(): Promise<void>;
}

/** An idle resident agent whose process keeps dying is brought back ever more slowly. */
const FIRST_RESTART_MS = 250;
const LAST_RESTART_MS = 60_000;

export class SessionHost {
  #parts: HostParts;
  readonly #agents = new Map<string, Agent>();
  readonly #given = new Set<string>();
  outbox: Outbox;
  /** What its agent said of itself before it was anybody's; null once it is a session's. */
  #untold: Item[] | null;
  /** Whether anybody follows the session live: without, deltas are for nobody. */
  watched = false;
  #sandbox: Promise<Opened> | null = null;
  #opened: Opened | null = null;
  #closing: Promise<void> | null = null;
  /** The end of what used this session's folder before: a new sandbox must not share it with one that is being cleared away. */
  #before: Promise<unknown>;
  #restartMs = FIRST_RESTART_MS;
  readonly #files = new KeptFiles(() => ({ ...this.#parts, report: (item) => this.outbox.push(item) }));

  constructor(parts: HostParts) {
    this.#parts = parts;
    const { spec } = parts;
    this.#before = parts.after;
    this.#untold = parts.onLost === undefined ? null : [];
    this.outbox = new Outbox(spec.session, spec.epoch, parts.send);
    for (const agent of spec.agents) {
      this.#agents.set(
        agent.name,
        new Agent({
          spec: agent,
          source: {
            load: (sdkSession, subpath) => this.#parts.source.load(sdkSession, subpath),
            subpaths: (sdkSession) => this.#parts.source.subpaths(sdkSession),
          },
          allowance: spec.allowance,
          beforeTurn: (order) => this.#beforeTurn(order),
          log: () => this.#parts.log,
          sandbox: () => this.#open(),
          startFailure,
          emit: (item) => {
            if (this.#untold === null) this.outbox.push(item);
            else this.#untold.push(item);
            if (item.kind === 'turn_finished') void this.#ranOutOfMemory();
          },
          settle: (item) => this.outbox.settle(item),
          asks: () => this.#parts.spec.asks,
          delta: (name, turn, data) => {
            const { session, epoch } = this.#parts.spec;
            if (this.watched) this.#parts.send({ type: 'delta', session, epoch, agent: name, turn, data });
          },
          died: (marker) => this.#died(agent.name, marker),
          crew: spec.crew
            ? { members: () => this.#members(), send: (from, to, text, during) => this.#pass(from, to, text, during) }
            : null,
        }),
      );
    }
  }

  /** Brings up its agent beforehand, for a session that is not there yet. Rejects when it does not come up. */
  async warmUp(): Promise<void> {
    for (const agent of this.#agents.values()) {
      await agent.start();
      await agent.rehearse();
    }
  }

  /** Whether it belongs to nobody yet and its agent waits for a prompt. */
  get ready(): boolean {
    return this.#untold !== null && this.#closing === null && [...this.#agents.values()].every((agent) => agent.alive);
  }

  /** A spare becomes the host of a session, with its folder: from here on all that it does is under that session's lease. */
  adopt(parts: Omit<HostParts, 'driver' | 'after' | 'onLost'>): void {
    const untold = this.#untold ?? [];
    renameSync(this.#parts.root, parts.root);
    this.#opened?.sandbox.moved(parts.root);
    this.#parts = { ...parts, driver: this.#parts.driver, after: this.#parts.after };
    this.#untold = null;
    this.outbox = new Outbox(parts.spec.session, parts.spec.epoch, parts.send);
    this.#files.note(false);
    const at = new Date().toISOString();
    for (const item of untold)
      this.outbox.push(item.kind === 'agent_started' ? { ...item, at, data: { ...item.data, warm: true } } : item);
  }

  get session(): string {
    return this.#parts.spec.session;
  }

  processTree(): { roots: number[]; keepers: number[] } | null {
    return this.#closing === null ? (this.#opened?.sandbox.tree() ?? null) : null;
  }

  /** Its processes have been measured: agents whose own process has grown too large get another one. */
  measured({ memoryBytes }: SessionUsage, processes: ProcessSizes): void {
    if (memoryBytes <= this.#parts.recycleBytes || this.#closing !== null) return;
    for (const agent of this.#agents.values()) {
      const size = agent.marker === null ? 0 : sizeOfMarked(agent.marker, processes);
      if (size <= this.#parts.recycleBytes) continue;
      this.#parts.log.info(
        { agent: agent.name, memoryBytes: size },
        'The agent’s process is too large and is replaced',
      );
      agent.recycle(size).catch((error: unknown) => {
        this.#parts.log.warn({ err: error, agent: agent.name }, 'The agent could not be brought up again');
        this.#restartLater(agent.name);
      });
    }
  }

  get root(): string {
    return this.#parts.root;
  }

  get epoch(): number {
    return this.#parts.spec.epoch;
  }

  /** The turns it was given, as the protocol names them. */
  get given(): string[] {
    return [...this.#given];
  }

  /** Brings up the agents that are to be resident. Rejects when the sandbox cannot be had. */
  async start(): Promise<void> {
    const { startNow } = this.#parts.spec;
    if (startNow.length > 0) await this.#open();
    // Not to have a process yet is mended by trying again; only a sandbox that cannot be had refuses the session.
    await Promise.all(startNow.map((name) => this.#startOne(name)));
  }

  run(order: TurnOrder): void {
    if (this.#closing !== null) return;
    this.#given.add(`${order.id}#${order.attempt}`);
    void this.#agents.get(order.agent)?.run(order);
  }

  /** A person has answered what an agent asked. */
  decide(agent: string, id: string, decision: PermissionDecision): void {
    this.#agents.get(agent)?.decide(id, decision);
  }

  /** What runs now is to be taken up elsewhere. */
  keepTurns(): void {
    for (const agent of this.#agents.values()) agent.keepTurn();
  }

  interrupt(turn: string): void {
    for (const agent of this.#agents.values()) void agent.interrupt(turn);
  }

  /** Ends every agent and the sandbox. Resolves once no process is left. */
  close(graceMs: number): Promise<void> {
    this.#closing ??= (async () => {
      const deadline = Date.now() + graceMs;
      await Promise.allSettled([...this.#agents.values()].map((agent) => agent.close(graceMs)));
      const opened = await this.#sandbox?.catch(() => null);
      if (opened == null) return;
      await opened.sandbox.close(Math.max(0, deadline - Date.now()));
      await opened.closeDoors();
    })();
    return this.#closing;
  }

  #members() {
    return this.#parts.spec.agents.map(({ name, description }) => ({
      name,
      description,
      state: this.#agents.get(name)?.working === true ? ('working' as const) : ('idle' as const),
    }));
  }

  #pass(from: string, to: string, text: string, during: string | null): void {
    const turn = `turn_${randomUUID().replaceAll('-', '')}`;
    this.outbox.push({ kind: 'agent_message', turn, from, to, text, during, at: new Date().toISOString() });
  }

  #open(): Promise<Opened> {
    this.#sandbox ??= this.#openNow().then(
      (opened) => {
        this.#opened = opened;
        return opened;
      },
      (error: unknown) => {
        this.#sandbox = null;
        throw error;
      },
    );
    return this.#sandbox;
  }

  async #openNow(): Promise<Opened> {
    const { spec, driver, root, folders, log } = this.#parts;
    await this.#before;
    const begins = readNote(root) === null && !isFilled(root);
    const restored = await this.#files.restore();
    const empty = begins && !restored && (await this.#fillWorkspace(root, folders));
    const sandbox = await driver.open({
      sessionId: spec.session,
      root,
      workingDirectory: spec.workingDirectory,
      programs: { cli: cliFolder(), node: dirname(process.execPath) },
      env: {},
      resources: spec.resources,
      ...(spec.image === null ? {} : { image: spec.image }),
    });
    try {
      this.#files.note(restored);
      if (empty && spec.gitSource !== null) await this.#clone(sandbox, spec.gitSource);
      const way = await this.#wayOut(sandbox, spec.allow, spec.secrets);
      const relay = await startRelay({
        socketPath: sandbox.hostSocketPath,
        serverUrl: () => this.#parts.serverUrl(),
        token: () => this.#parts.spec.gatewayToken,
        log: (message, fields) => log.debug(fields, message),
      });
      const closeDoors = async () => {
        way.close();
        await relay.close();
      };
      return { sandbox, env: way.env, memoryKills: 0, closeDoors };
    } catch (error) {
      await sandbox.close(0);
      throw error;
    }
  }

  #wayOut(sandbox: Sandbox, allow: string[], secrets: BoundSecret[]): Promise<WayOut> {
    const { reveal, exceptions } = this.#parts;
    return openWayOut({ sandbox, allow, secrets, reveal, exceptions, log: (type, data) => this.#log(type, data) });
  }

  #log(type: string, data: Record<string, unknown>): void {
    this.outbox.push({ kind: 'event', type, agent: null, turn: null, at: new Date().toISOString(), data });
  }

  async #clone(sandbox: Sandbox, source: GitSource): Promise<void> {
    const began = performance.now();
    const { host, protocol } = new URL(source.url);
    const way = await this.#wayOut(sandbox, [`${protocol}//${host}`], source.secret === null ? [] : [source.secret]);
    try {
      await cloneInto(sandbox, source, way.env);
    } finally {
      way.close();
    }
    this.#log('source.cloned', { url: source.url, ref: source.ref, ms: Math.round(performance.now() - began) });
  }

  /** Takes a snapshot of the workspace as it is now; what comes of it is reported. */
  async keep(order: SnapshotOrder): Promise<void> {
    // As it is let go of, files that it never came to work with are not what it has: an older snapshot is.
    if (this.#closing !== null) return this.#files.areOurs ? this.#files.keep(order) : undefined;
    try {
      await this.#open();
    } catch (error) {
      return this.#files.fail(order, error);
    }
    return this.#files.keep(order);
  }

  /** What its files were when a turn began is kept, where that is asked for; a turn that is taken up again began before. */
  async #beforeTurn({ id, attempt }: TurnOrder): Promise<void> {
    if (!this.#parts.spec.checkpoints || attempt > 1) return;
    await this.keep({ id: `snap_${randomUUID().replaceAll('-', '')}`, reason: 'turn', turn: id });
  }

  get keepsSnapshots(): boolean {
    return this.#parts.spec.keepsSnapshots;
  }

  /**
   * A new session begins with a copy of the files of the one it continues, or of the folder it names.
   * @returns whether it begins with nothing yet.
   */
  async #fillWorkspace(root: string, folders: string): Promise<boolean> {
    const { workspaceFrom, sourcePath } = this.#parts.spec;
    const workspace = join(root, 'workspace');
    const earlier = workspaceFrom === null ? null : join(folders, workspaceFrom, 'workspace');
    const source = earlier !== null && existsSync(earlier) ? earlier : sourcePath;
    if (source === null) return true;
    await cp(source, workspace, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    return false;
  }

  async #died(name: string, marker: string): Promise<DeathReason | null> {
    if (this.#untold === null) {
      const reason = (await this.#ranOutOfMemory()) ? 'out_of_memory' : null;
      await this.#cleanUp(name, marker);
      return reason;
    }
    this.#parts.onLost?.();
    await this.close(0);
    return null;
  }

  /** Tells of processes that were ended for want of memory since it last looked; whether there were any. */
  async #ranOutOfMemory(): Promise<boolean> {
    const opened = this.#opened;
    const kills = (await opened?.sandbox.memoryKills()) ?? null;
    if (opened === null || kills === null || kills <= opened.memoryKills) return false;
    this.#log('sandbox.out_of_memory', { processes: kills - opened.memoryKills });
    opened.memoryKills = kills;
    return true;
  }

  /** Ends what a dead agent left running. Alone in its sandbox, the whole sandbox goes; else what carries its marker. */
  async #cleanUp(name: string, marker: string): Promise<void> {
    const opened = await this.#sandbox;
    if (opened === null || this.#closing !== null) return;
    const others = [...this.#agents.values()].some((agent) => agent.name !== name && agent.alive);
    if (!others) {
      this.#sandbox = null;
      this.#opened = null;
      this.#before = opened.sandbox.close(0).then(() => opened.closeDoors());
      await this.#before;
    } else {
      for (const pid of await opened.sandbox.processes()) {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        if (environment.split('\0').includes(`RIGGER_AGENT=${marker}`)) process.kill(pid, 'SIGKILL');
      }
    }
    this.#restartLater(name);
  }

  async #startOne(name: string): Promise<void> {
    try {
      await this.#agents.get(name)?.start();
    } catch (error) {
      this.#parts.log.warn({ err: error, agent: name }, 'A resident agent could not be brought up; it is tried again');
      this.#restartLater(name);
    }
  }

  #restartLater(name: string): void {
    if (!this.#parts.spec.startNow.includes(name)) return;
    const agent = this.#agents.get(name);
    setTimeout(() => {
      if (this.#closing !== null || agent === undefined || agent.alive || agent.working) return;
      void this.#startOne(name);
    }, this.#restartMs).unref();
    this.#restartMs = Math.min(LAST_RESTART_MS, this.#restartMs * 2);
  }
}
