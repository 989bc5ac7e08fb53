/** Processes of Rigger as a supervisor runs them: started, watched, signalled, started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../packages/rigger/src/bin.ts', import.meta.url));
const START_PATIENCE_MS = 60_000;
/** What ended by itself is started again after this, as a supervisor would. */
const RESTART_MS = 1_000;

export interface ProgramOptions {
  name: string;
  /** Arguments of `rigger`. */
  args: string[];
  env: Record<string, string>;
  /** Words of the line with which it says that it is up. */
  upWhen: string;
  /** Where its output is kept. */
  logs: string;
  /** It ended, and nobody here had ended it. */
  onUnexpectedEnd(how: string): void;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  ms: number;
}

/** The line that names an error, of the many that a crash leaves. */
const causeIn = (words: string[]): string =>
  words.find((line) => /^\S*[Ee]rror:/.test(line)) ?? words.at(-1) ?? 'nothing';

export class Program {
  readonly name: string;
  /** Messages that it logged as errors, with how often. */
  readonly errors = new Map<string, number>();
  readonly #options: ProgramOptions;
  readonly #log: WriteStream;
  #child: ChildProcess | null = null;
  #endingIt = false;
  #restart: NodeJS.Timeout | null = null;
  /** Stopped by SIGSTOP. */
  paused = false;

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = createWriteStream(join(options.logs, `${options.name}.log`), { flags: 'a' });
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** Resolves once it says that it is up. @throws Error with its last words when it ends instead, or says nothing for a minute. */
  async start(): Promise<void> {
    const { args, env, upWhen, name } = this.#options;
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A session of its own, or Ctrl-C would reach it before us.
      detached: true,
    });
    this.#child = child;
    this.#endingIt = false;
    const lastWords: string[] = [];
    let wasUp = false;
    const up = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        this.#log.write(`${line}\n`);
        lastWords.push(line);
        if (lastWords.length > 20) lastWords.shift();
        if (line.includes(upWhen)) {
          wasUp = true;
          up.resolve();
        }
        this.#noteError(line);
      });
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = null;
      this.paused = false;
      const how = `${name} ended with ${code ?? signal}`;
      up.reject(new Error(`${how}:\n${lastWords.join('\n')}`));
      if (this.#endingIt || !wasUp) return;
      this.#options.onUnexpectedEnd(`${how}; it said: ${causeIn(lastWords)}`);
      this.#restart = setTimeout(() => {
        this.start().catch((error: Error) => this.#options.onUnexpectedEnd(`started again, ${error.message}`));
      }, RESTART_MS);
    });
    const late = setTimeout(
      () => up.reject(new Error(`${name} was not up after ${START_PATIENCE_MS} ms:\n${lastWords.join('\n')}`)),
      START_PATIENCE_MS,
    );
    await up.promise.finally(() => clearTimeout(late));
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child?.pid === undefined) return;
    process.kill(this.#child.pid, signal);
    if (signal === 'SIGSTOP') this.paused = true;
    if (signal === 'SIGCONT') this.paused = false;
  }

  /** Ends it on purpose: by `signal`, and after `patienceMs` by SIGKILL. Harmless when it does not run. */
  async end(signal: NodeJS.Signals, patienceMs: number): Promise<Ended> {
    if (this.#restart !== null) clearTimeout(this.#restart);
    const child = this.#child;
    const began = performance.now();
    if (child === null) return { code: 0, signal: null, ms: 0 };
    this.#endingIt = true;
    const ended = new Promise<Ended>((resolve) =>
      child.once('exit', (code, by) => resolve({ code, signal: by, ms: Math.round(performance.now() - began) })),
    );
    child.kill(signal);
    if (this.paused) child.kill('SIGCONT');
    const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    return ended.finally(() => clearTimeout(late));
  }

  #noteError(line: string): void {
    if (!line.startsWith('{')) return;
    try {
      const { level, msg } = JSON.parse(line) as { level?: number; msg?: string };
      if (level !== undefined && level >= 50 && msg !== undefined)
        this.errors.set(msg, (this.errors.get(msg) ?? 0) + 1);
    } catch {
      // Half a line of a process that was killed while it wrote.
    }
  }
}
