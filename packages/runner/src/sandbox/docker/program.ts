/**
 * A program in a container: one exec of the engine's, with the face of a Node child process.
 *
 * It begins as a shell, which says its pid as the first line on standard error, puts its environment in order and becomes the
 * program. A signal that is sent before the pid is known waits for it.
 *
 * The engine tells of a death by a signal as a shell does, by an exit code above 128, and so it is read.
 */
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { type Duplex, PassThrough, Readable, type Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxProcess } from '../port.ts';
import { withKill } from '../spawned.ts';
import { isVariable, requireVariable } from '../spec-rules.ts';
import type { Engine } from './engine.ts';
import { readFrames } from './frames.ts';
import type { Keeper } from './keeper.ts';

const PREFIX = 'RIGGER_ENV_';
/** What the docker command exits with when the engine could not run a program. */
const NOT_STARTED = 125;
const LONGEST_FIRST_LINE = 16;

/** The engine adds variables of its own, as do the image and bash: what was not given is unset, and what was gets its name back. */
const BECOME = `echo $$ >&2
rigger_n=$RIGGER_NAMES; unset $RIGGER_UNSET RIGGER_UNSET RIGGER_NAMES PATH PWD OLDPWD SHLVL HOSTNAME HOME TERM container
for rigger_i in $rigger_n; do eval "export $rigger_i=\\"\\\${${PREFIX}$rigger_i}\\"; unset ${PREFIX}$rigger_i"; done
unset rigger_n rigger_i
if [ -n "$BASH_VERSION" ]; then exec /usr/bin/env -u SHLVL -u _ -- "$@"; fi
exec "$@"`;

export interface Start {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  signal?: AbortSignal;
}

export interface Place {
  engine: Engine;
  container: string;
  /** Variables that its image sets. */
  imageVariables: string[];
  keeper: Keeper;
}

/** Runs a program in a container. @throws SandboxSpecError for an environment variable no shell could export. */
export function startProgram(place: Place, start: Start): Program {
  for (const name of Object.keys(start.env)) requireVariable(name);
  const program = new Program(place, start);
  return withKill(program, (signal) => program.send(signal), start.signal);
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

export class Program extends EventEmitter implements SandboxProcess {
  readonly stdin: Writable = new PassThrough();
  readonly stdout: Readable;
  readonly stderr: Readable;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  readonly killed = false;
  readonly #keeper: Keeper;
  #inside: number | null = null;
  readonly #waiting: NodeJS.Signals[] = [];
  #frames: { resume(): void } | null = null;

  constructor(place: Place, start: Start) {
    super();
    this.#keeper = place.keeper;
    const resume = () => this.#frames?.resume();
    this.stdout = new Readable({ read: resume });
    this.stderr = new Readable({ read: resume });
    // Its exit, or what it says, tells how it went; nothing here may end the runner.
    this.#run(place, start).catch((error: Error) => this.#ended(NOT_STARTED, `${error.message.trim()}\n`));
  }

  /** Its pid inside; null until it has said it. */
  get inside(): number | null {
    return this.#inside;
  }

  kill(_signal?: NodeJS.Signals): boolean {
    throw new Error('replaced when it is started');
  }

  send(signal: NodeJS.Signals): boolean {
    if (this.#inside === null) this.#waiting.push(signal);
    // It leads a group of its own, which SIGKILL leaves no chance to end by itself.
    else this.#keeper.signal(signal, ...(signal === 'SIGKILL' ? [-this.#inside, this.#inside] : [this.#inside]));
    return true;
  }

  async #run({ engine, container, imageVariables }: Place, { command, args, cwd, env }: Start): Promise<void> {
    const variables = Object.entries(env).map(([name, value]) => `${PREFIX}${name}=${value}`);
    const { exec, stream } = await engine.exec(container, {
      Cmd: ['/bin/sh', '-c', BECOME, 'sh', command, ...args],
      Env: [
        `RIGGER_NAMES=${Object.keys(env).join(' ')}`,
        `RIGGER_UNSET=${imageVariables.filter(isVariable).join(' ')}`,
        ...variables,
      ],
      WorkingDir: cwd,
    });
    let first: Buffer | null = Buffer.alloc(0);
    this.#frames = readFrames(stream, (data, isError) => {
      if (!isError) return this.stdout.push(data);
      if (first === null) return this.stderr.push(data);
      first = Buffer.concat([first, data]);
      const end = first.indexOf('\n');
      if (end < 0 && first.length < LONGEST_FIRST_LINE) return true;
      const rest = this.#named(first, end);
      first = null;
      return rest.length === 0 || this.stderr.push(rest);
    });
    this.stdin.pipe(stream);
    await over(stream);
    if (first !== null && first.length > 0) this.stderr.push(first);
    this.#ended(await exitCode(engine, exec), '');
  }

  /** Takes the pid off the first line, where it is one: else the engine speaks, of why it runs nothing. */
  #named(said: Buffer, end: number): Buffer {
    const pid = end < 0 ? null : /^\d+$/.exec(said.toString('latin1', 0, end));
    if (pid === null) return said;
    this.#inside = Number(pid[0]);
    for (const signal of this.#waiting.splice(0)) this.send(signal);
    return said.subarray(end + 1);
  }

  #ended(code: number, said: string): void {
    if (said !== '') this.stderr.push(said);
    this.stdout.push(null);
    this.stderr.push(null);
    this.stdin.destroy();
    this.signalCode = SIGNALS.get(code - 128) ?? null;
    this.exitCode = this.signalCode === null ? code : null;
    this.emit('exit', this.exitCode, this.signalCode);
    this.emit('close', this.exitCode, this.signalCode);
  }
}

function over(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    stream.on('error', () => {});
    for (const event of ['end', 'close']) stream.once(event, () => resolve());
  });
}

/** The output may end a moment before the engine knows of the end. Where it knows nothing more, the container was killed. */
async function exitCode(engine: Engine, exec: string): Promise<number> {
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    const code = await engine.exitCode(exec).catch(() => 128 + constants.signals.SIGKILL);
    if (code !== null) return code;
    await sleep(pause);
  }
}
