/** Which server a command talks to. Pure. */
import { UsageError } from '../exit-codes.ts';
import type { Config, Context } from './config-file.ts';

export interface Asked {
  server?: string | undefined;
  context?: string | undefined;
}

export interface Chosen extends Context {
  /** Where it was said, for people. */
  from: string;
}

export const DEFAULT_SERVER = 'http://127.0.0.1:3333';

/**
 * `--server`, else `--context`, else `RIGGER_URL`, else the current context, else this machine. `RIGGER_API_KEY` goes before a
 * context's key; a context's key goes to its own server only.
 * @throws UsageError for a context that is not known and an address that is none.
 */
export function chooseServer(asked: Asked, env: NodeJS.ProcessEnv, config: Config): Chosen {
  const found = locate(asked, env, config);
  const apiKey = env.RIGGER_API_KEY || found.apiKey;
  return { url: addressOf(found.url), from: found.from, ...(apiKey === undefined ? {} : { apiKey }) };
}

function locate(asked: Asked, env: NodeJS.ProcessEnv, config: Config): Chosen {
  if (asked.server !== undefined) return { url: asked.server.split(',')[0]!, from: '--server' };
  if (asked.context !== undefined) return { ...contextOf(config, asked.context), from: `context ${asked.context}` };
  if (env.RIGGER_URL) return { url: env.RIGGER_URL, from: 'RIGGER_URL' };
  // Runners' own setting, which may name several servers.
  if (env.RIGGER_SERVER_URL) return { url: env.RIGGER_SERVER_URL.split(',')[0]!, from: 'RIGGER_SERVER_URL' };
  if (config.current !== undefined) return { ...contextOf(config, config.current), from: `context ${config.current}` };
  return { url: DEFAULT_SERVER, from: 'the default' };
}

export function contextOf(config: Config, name: string): Context {
  const found = Object.hasOwn(config.contexts, name) ? config.contexts[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(config.contexts);
  throw new UsageError(
    `There is no context “${name}”. ${known.length === 0 ? 'Add one with: rigger context add NAME URL' : `Known: ${known.join(', ')}.`}`,
  );
}

/** `localhost:3333` is an address too. @throws UsageError */
export function addressOf(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`“${text}” is no address of a server, as ${DEFAULT_SERVER} is one.`);
  return url.replace(/\/+$/, '');
}
