/**
 * The local provisioner: one runner as a child process on this machine. It outlives a crash of the server: the next
 * server finds it by its pid file, and it finds the server by the address file, both in the data folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';

export interface LocalRunnerOptions {
  /** The program and its arguments. */
  command: [string, ...string[]];
  /** What it gets beside this process's own environment. */
  env: Record<string, string>;
  dataDir: string;
  log: Logger;
}

const RESTART_MS = 500;
const WATCH_MS = 1_000;
const STOP_PATIENCE_MS = 10_000;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie that nobody has reaped yet still answers signals.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** When a process began, in the kernel's ticks: what tells a pid from the same pid used again. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

export class LocalRunner {
  readonly #options: LocalRunnerOptions;
  readonly #pidFile: string;
  #pid: number | null = null;
  #child: ChildProcess | null = null;
  #restart: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(options: LocalRunnerOptions) {
    this.#options = options;
    this.#pidFile = join(options.dataDir, 'runner.pid');
  }

  /** Takes over the runner that a former server left, or starts one. */
  start(): void {
    const left = this.#readPidFile();
    if (left !== null) {
      this.#pid = left;
      this.#options.log.info({ runnerPid: left }, 'Took over the local runner of a former server');
      // It is nobody's child here: no signal tells of its end.
      this.#watch = setInterval(() => this.check(), WATCH_MS);
      this.#watch.unref();
    } else this.#spawn();
  }

  /** Told when its connection is gone: if it has died, another is started at once. */
  check(): void {
    // A child's own end is told by its exit; this is for one that was taken over, which is nobody's child here.
    if (this.#stopping || this.#child !== null || this.#restart !== null || (this.#pid !== null && alive(this.#pid)))
      return;
    this.#spawn();
  }

  /** The id under which it joins; null until it has made one. */
  get id(): string | null {
    try {
      return readFileSync(join(this.#options.dataDir, 'runner-id'), 'utf8').trim();
    } catch {
      return null;
    }
  }

  /** Leaves it to the next server on this data folder. */
  leave(): void {
    this.#stopping = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    if (this.#watch !== null) clearInterval(this.#watch);
  }

  /** Waits for it to end, which it has been told to over its connection; kills it if it does not. */
  async stop(): Promise<void> {
    this.leave();
    const pid = this.#pid;
    if (pid === null) return;
    if (alive(pid)) process.kill(pid, 'SIGTERM');
    const deadline = Date.now() + STOP_PATIENCE_MS;
    // An adopted runner is nobody's child here, so there is no signal of its end but its absence.
    while (alive(pid)) {
      if (Date.now() > deadline) {
        process.kill(pid, 'SIGKILL');
        this.#options.log.warn({ runnerPid: pid }, 'The local runner did not end in time and was killed');
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    rmSync(this.#pidFile, { force: true });
  }

  #readPidFile(): number | null {
    try {
      const [pid, began] = readFileSync(this.#pidFile, 'utf8').split(' ');
      return alive(Number(pid)) && beganAt(Number(pid)) === began ? Number(pid) : null;
    } catch {
      return null;
    }
  }

  #spawn(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    const { command, env, dataDir, log } = this.#options;
    const output = openSync(join(dataDir, 'runner.log'), 'a');
    const child = spawn(command[0], command.slice(1), {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    this.#pid = child.pid ?? null;
    child.unref();
    child.once('error', (error) => log.error({ error: error.message }, 'The local runner could not be started'));
    child.once('exit', (code, signal) => {
      this.#child = null;
      if (this.#stopping) return;
      log.error({ code, signal, log: join(dataDir, 'runner.log') }, 'The local runner ended; another one is started');
      this.#restart = setTimeout(() => {
        this.#restart = null;
        this.#spawn();
      }, RESTART_MS);
    });
    if (child.pid !== undefined) {
      writeFileSync(this.#pidFile, `${child.pid} ${beganAt(child.pid)}`, { mode: 0o600 });
      log.info({ runnerPid: child.pid }, 'Started the local runner');
    }
  }
}
