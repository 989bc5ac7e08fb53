import { Rigger, type RiggerOptions } from '@rigger/client';
import type { Command } from 'commander';
import { type Asked, type Chosen, chooseServer } from './choose.ts';
import { readConfig } from './config-file.ts';

/** Gives a command the options that say which server it talks to. */
export const addServerOptions = (command: Command): Command =>
  command
    .option('-s, --server <url>', 'address of the server (RIGGER_URL; its key: RIGGER_API_KEY)')
    .option('-c, --context <name>', 'a server that you have added with: rigger context add');

/** The server that a command's options, the environment and the contexts name. */
export const serverOf = (command: Command): Chosen =>
  chooseServer(command.optsWithGlobals<Asked>(), process.env, readConfig());

/** How long a command waits for a server that is away, as one that is being restarted. */
const PATIENCE_MS = 10_000;

/** A client of that server. */
export function clientOf(command: Command, options: Partial<RiggerOptions> = {}): Rigger {
  const { url, apiKey } = serverOf(command);
  return new Rigger({
    baseUrl: url,
    ...(apiKey === undefined ? {} : { apiKey }),
    retryForMs: PATIENCE_MS,
    ...options,
  });
}
