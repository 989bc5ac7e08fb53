/** The rigger command as people and programs run it: with pipes, and on a terminal of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { BIN } from './harness.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string | undefined>;
  input?: string | Uint8Array;
  cwd?: string;
  /** Called once it runs. */
  meanwhile?: (child: ChildProcess) => void | Promise<void>;
}

const command = (args: string[]): string[] => [process.execPath, BIN, ...args];

/** Runs it to its end. */
export async function cli(args: string[], { env = {}, input, cwd, meanwhile }: CliOptions = {}): Promise<Ended> {
  const [program, ...rest] = command(args);
  const child = spawn(program!, rest, {
    env: { PATH: process.env.PATH, ...env } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const ended = once(child, 'close');
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  await meanwhile?.(child);
  const [code] = (await ended) as [number | null];
  return { code, stdout: Buffer.concat(out).toString(), stderr };
}

export interface Terminal {
  /** Everything that it has shown, escapes taken out. */
  shown(): string;
  /** With escapes. */
  raw(): string;
  type(text: string): void;
  /** Resolves once what is shown from now on, or since the last call, has this. */
  sees(words: string): Promise<void>;
  /** Its exit code, once it has ended. */
  ended: Promise<number>;
  kill(): void;
}

const PATIENCE_MS = 20_000;
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs it on a pseudo terminal of a hundred columns. */
export function terminal(args: string[], env: Record<string, string> = {}): Terminal {
  const line = `stty cols 100 rows 40; ${command(args).map(quoted).join(' ')}; echo "ended with $?"`;
  const child = spawn('script', ['-qfec', line, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', ...env } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let raw = '';
  let from = 0;
  child.stdout.on('data', (chunk) => {
    raw += String(chunk);
  });
  const shown = (): string => stripVTControlCharacters(raw).replaceAll('\r', '');
  const ended = once(child, 'close').then(() => Number(/ended with (\d+)\s*$/.exec(shown())?.[1] ?? Number.NaN));
  return {
    shown,
    raw: () => raw,
    type: (text) => void child.stdin.write(text),
    async sees(words) {
      const late = Date.now() + PATIENCE_MS;
      for (;;) {
        const at = shown().indexOf(words, from);
        if (at !== -1) {
          from = at + words.length;
          return;
        }
        if (Date.now() > late) throw new Error(`“${words}” was not seen in:\n${shown().slice(from)}\nof:\n${shown()}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    ended,
    kill: () => void child.kill('SIGKILL'),
  };
}
