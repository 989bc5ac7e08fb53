/**
 * The sandbox port: one session's isolation, however it is made.
 *
 * A sandbox is opened once per session and any number of agent processes are spawned into it; they share its workspace,
 * home, /tmp, processes and network namespace. A driver promises what `conformance.ts` probes, and no more: `none`
 * isolates nothing, it only remembers what it must clean up.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export type DriverName = 'none' | 'bubblewrap';

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
}

export interface SpawnInSandbox {
  env: Record<string, string | undefined>;
  /** A path inside the sandbox; the workspace when absent. */
  cwd?: string;
  /** SIGTERM when aborted. */
  signal?: AbortSignal;
}

/** A Node child process whose `kill` reaches the program in the sandbox; satisfies the SDK's `SpawnedProcess`. */
export type SandboxProcess = ChildProcessByStdio<Writable, Readable, Readable>;

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
  /** Host pids of all that runs in the sandbox, without the driver's own keepers. */
  processes(): Promise<number[]>;
  /** SIGTERM to all, SIGKILL after `graceMs`; resolves once nothing is left. May be called twice. */
  close(graceMs: number): Promise<void>;
}

export type SelfTest = { ok: true; detail: string } | { ok: false; reason: string; remedy: string };

export interface SandboxDriver {
  readonly name: DriverName;
  /** Opens a real sandbox and looks around in it. */
  selfTest(): Promise<SelfTest>;
  /** @throws SandboxSpecError for a spec that cannot be honoured, SandboxUnavailable when the machine cannot. */
  open(spec: SandboxSpec): Promise<Sandbox>;
  /** Kills what a former runner left behind for sessions below `dataDir`; returns how many processes. */
  reap(dataDir: string): Promise<number>;
}

/** The isolation asked for cannot be had here. A session is refused, never run with less in silence. */
export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';
  readonly driver: DriverName;
  readonly reason: string;
  readonly remedy: string;

  constructor(driver: DriverName, reason: string, remedy: string, options?: ErrorOptions) {
    super(`Sandbox driver ${driver} is unavailable: ${reason}. ${remedy}`, options);
    this.driver = driver;
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** The spec asks for something that would break the sandbox or leak through it. */
export class SandboxSpecError extends Error {
  override readonly name = 'SandboxSpecError';
}

/** `spawn` after `close`, or after the sandbox died. */
export class SandboxClosed extends Error {
  override readonly name = 'SandboxClosed';
}
