/**
 * The sandbox port: one session's isolation, however it is made.
 *
 * A sandbox is opened once per session and any number of agent processes are spawned into it; they share its workspace,
 * home, /tmp, processes and network namespace. A driver promises what `conformance.ts` probes, and no more: `none`
 * isolates nothing, it only remembers what it must clean up.
 */
import type { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import type { Readable, Writable } from 'node:stream';

export type DriverName = 'none' | 'bubblewrap' | 'docker' | 'pod';
/** What stands where none can be had, and refuses every session. */
export type Unavailable = 'unavailable';

/** What one sandbox may take of its machine, all its processes together. */
export interface Resources {
  /** Null: as much as there is. */
  memoryBytes: number | null;
  /** How many CPUs' time, fractions too; null: all of them. */
  cpus: number | null;
  /** Processes and threads at a time. */
  processes: number;
}

export interface SandboxSpec {
  sessionId: string;
  /** Host folder private to this session; the driver makes `home/`, `tmp/`, `run/` and `workspace/` in it. */
  root: string;
  /** Where `root/workspace` appears inside. Driver `none` ignores it: the agent sees the host path. */
  workingDirectory: string;
  /** Host folders to be visible read-only, by a name: the CLI's, node's. Where they appear, `Sandbox.programs` tells. */
  programs: Record<string, string>;
  /** Environment of every process, beneath what `spawn` is given. */
  env: Record<string, string>;
  /** The image to run in, for a driver that has images; by default the operator's. */
  image?: string;
  /** Less than what the operator lets every sandbox have; what is absent is as the operator has set it. */
  resources?: Partial<Resources>;
}

export interface SpawnInSandbox {
  env: Record<string, string | undefined>;
  /** A path inside the sandbox; the workspace when absent. */
  cwd?: string;
  /** SIGTERM when aborted. */
  signal?: AbortSignal;
}

/**
 * A program in the sandbox, with as much of a Node child process as a driver can promise; satisfies the SDK's `SpawnedProcess`.
 * `exit` comes once, with code and signal. SIGKILL ends its process group.
 */
export interface SandboxProcess extends EventEmitter {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  /** Whether a signal was sent. */
  readonly killed: boolean;
  kill(signal?: NodeJS.Signals): boolean;
}

export interface Sandbox {
  readonly driver: DriverName;
  /** The workspace, HOME, CLAUDE_CONFIG_DIR and gateway socket as the agent sees them. */
  readonly cwd: string;
  readonly home: string;
  readonly configDir: string;
  readonly socketPath: string;
  /** The spec's program folders as the agent sees them. */
  readonly programs: Record<string, string>;
  /** The gateway socket and the workspace as the host sees them. */
  readonly hostSocketPath: string;
  readonly hostWorkspace: string;
  spawn(command: string, args: string[], options: SpawnInSandbox): SandboxProcess;
  /** Its folder has been moved, on the same file system, while it is open. Not for a driver whose agents see the host's paths. */
  moved(root: string): void;
  /** A TCP listener on the sandbox's own 127.0.0.1 whose connections come out here; the caller closes it. */
  listen(): Promise<Server>;
  /** Host pids of all that runs in the sandbox, without the driver's own keepers. */
  processes(): Promise<number[]>;
  /**
   * Host pids below which what runs in the sandbox is found at little cost, and those among them that are the driver's own keepers. For
   * counting: what has drifted away from them need not be found.
   */
  tree(): { roots: number[]; keepers: number[] };
  /** How many of its processes the kernel has ended for want of memory; null where nobody counts. */
  memoryKills(): Promise<number | null>;
  /** SIGTERM to all, SIGKILL after `graceMs`; resolves once nothing is left. May be called twice. */
  close(graceMs: number): Promise<void>;
}

export type SelfTest = { ok: true; detail: string } | { ok: false; reason: string; remedy: string };

export interface SandboxDriver {
  readonly name: DriverName | Unavailable;
  /** Whether a sandbox's folder may be moved while it is open. */
  readonly movable: boolean;
  /** Makes a session's folder and its workspace as its sandbox will expect them: files may come first. */
  prepare(root: string): Promise<void>;
  /** Opens a real sandbox and looks around in it. */
  selfTest(): Promise<SelfTest>;
  /**
   * @throws SandboxSpecError for a spec that cannot be honoured, SandboxRefused for one that the operator does not allow,
   * SandboxUnavailable when the machine cannot.
   */
  open(spec: SandboxSpec): Promise<Sandbox>;
  /** Kills what a former runner left behind for sessions below `dataDir`; returns how many processes. */
  reap(dataDir: string): Promise<number>;
}

/** The isolation asked for cannot be had here. A session is refused, never run with less in silence. */
export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';
  readonly driver: DriverName | Unavailable;
  readonly reason: string;
  readonly remedy: string;

  constructor(driver: DriverName | Unavailable, reason: string, remedy: string, options?: ErrorOptions) {
    super(
      `${driver === 'unavailable' ? 'No sandbox' : `Sandbox driver ${driver} is unavailable`}: ${reason}. ${remedy}`,
      options,
    );
    this.driver = driver;
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** The spec asks for something that would break the sandbox or leak through it. */
export class SandboxSpecError extends Error {
  override readonly name = 'SandboxSpecError';
}

/** The spec asks for what the operator does not let sessions have. */
export class SandboxRefused extends Error {
  override readonly name = 'SandboxRefused';
  readonly code: 'image_not_allowed' | 'resources_not_allowed';

  constructor(code: SandboxRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** `spawn` after `close`, or after the sandbox died. */
export class SandboxClosed extends Error {
  override readonly name = 'SandboxClosed';
}
