/** One session on this runner: its sandbox, its way to the model, its agents. */
import { randomUUID } from 'node:crypto';
import { constants, existsSync, readdirSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { Agent } from '../agents/agent.ts';
import { cliFolder } from '../agents/cli.ts';
import type { TranscriptSource } from '../agents/transcript.ts';
import type { FromRunner, SessionSpec, TurnOrder } from '../protocol/index.ts';
import { type Sandbox, type SandboxDriver, startRelay } from '../sandbox/index.ts';
import { Outbox } from './outbox.ts';

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
  send(message: FromRunner): void;
  log: Logger;
}

/** An idle resident agent whose process keeps dying is brought back ever more slowly. */
const FIRST_RESTART_MS = 250;
const LAST_RESTART_MS = 60_000;

export class SessionHost {
  readonly #parts: HostParts;
  readonly #agents = new Map<string, Agent>();
  readonly #given = new Set<string>();
  readonly outbox: Outbox;
  /** Whether anybody follows the session live: without, deltas are for nobody. */
  watched = false;
  #sandbox: Promise<{ sandbox: Sandbox; closeRelay(): Promise<void> }> | null = null;
  #closing: Promise<void> | null = null;
  /** The end of what used this session's folder before: a new sandbox must not share it with one that is being cleared away. */
  #before: Promise<unknown>;
  #restartMs = FIRST_RESTART_MS;

  constructor(parts: HostParts) {
    this.#parts = parts;
    const { spec, source, send } = parts;
    this.#before = parts.after;
    this.outbox = new Outbox(spec.session, spec.epoch, send);
    for (const agent of spec.agents) {
      this.#agents.set(
        agent.name,
        new Agent({
          spec: agent,
          source,
          allowance: spec.allowance,
          log: parts.log,
          sandbox: async () => (await this.#open()).sandbox,
          emit: (item) => this.outbox.push(item),
          delta: (name, turn, data) => {
            if (this.watched)
              send({ type: 'delta', session: spec.session, epoch: spec.epoch, agent: name, turn, data });
          },
          died: (marker) => this.#cleanUp(agent.name, marker),
          crew: spec.crew
            ? { members: () => this.#members(), send: (from, to, text, during) => this.#pass(from, to, text, during) }
            : null,
        }),
      );
    }
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
      await opened.closeRelay();
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

  #open() {
    this.#sandbox ??= this.#openNow().catch((error: unknown) => {
      this.#sandbox = null;
      throw error;
    });
    return this.#sandbox;
  }

  async #openNow() {
    const { spec, driver, root, folders, serverUrl, log } = this.#parts;
    await this.#before;
    await this.#fillWorkspace(root, folders);
    const sandbox = await driver.open({
      sessionId: spec.session,
      root,
      workingDirectory: spec.workingDirectory,
      programs: { cli: cliFolder(), node: dirname(process.execPath) },
      env: {},
    });
    try {
      const relay = await startRelay({
        socketPath: sandbox.hostSocketPath,
        serverUrl,
        token: spec.gatewayToken,
        log: (message, fields) => log.debug(fields, message),
      });
      return { sandbox, closeRelay: () => relay.close() };
    } catch (error) {
      await sandbox.close(0);
      throw error;
    }
  }

  /** A new session begins with a copy of the files of the one it continues, or of the folder it names. */
  async #fillWorkspace(root: string, folders: string): Promise<void> {
    const { workspaceFrom, sourcePath } = this.#parts.spec;
    const workspace = join(root, 'workspace');
    if (existsSync(workspace) && readdirSync(workspace).length > 0) return;
    const earlier = workspaceFrom === null ? null : join(folders, workspaceFrom, 'workspace');
    const source = earlier !== null && existsSync(earlier) ? earlier : sourcePath;
    if (source === null) return;
    await cp(source, workspace, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  }

  /** Ends what a dead agent left running. Alone in its sandbox, the whole sandbox goes; else what carries its marker. */
  async #cleanUp(name: string, marker: string): Promise<void> {
    const opened = await this.#sandbox;
    if (opened === null || this.#closing !== null) return;
    const others = [...this.#agents.values()].some((agent) => agent.name !== name && agent.alive);
    if (!others) {
      this.#sandbox = null;
      this.#before = opened.sandbox.close(0).then(() => opened.closeRelay());
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
