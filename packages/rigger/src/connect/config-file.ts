/** The servers that a user knows by name, in `~/.config/rigger/config.json`, which nobody else can read. */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../exit-codes.ts';

export interface Context {
  url: string;
  apiKey?: string;
}

export interface Config {
  /** The name of the one that is used unless another is named. */
  current?: string;
  contexts: Record<string, Context>;
}

export const configPath = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'rigger', 'config.json');

/** What is kept; nothing where there is no file yet. @throws UsageError for one that is not ours. */
export function readConfig(path = configPath()): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { contexts: {} };
    throw error;
  }
  try {
    const { current, contexts = {} } = JSON.parse(text) as Partial<Config>;
    return { ...(current === undefined ? {} : { current }), contexts };
  } catch {
    throw new UsageError(`${path} is not JSON. Mend it, or remove it and add your servers again.`);
  }
}

/** Whole or not at all, for its owner alone: there may be keys in it. */
export function writeConfig(config: Config, path = configPath()): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}
