import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption } from '../terminal/output.ts';
import { showCreated } from './create.ts';
import { collect, given } from './session-options.ts';

interface ForkOptions {
  snapshot?: string;
  at?: string;
  description?: string;
  tag?: string[];
  json?: boolean;
}

export function addFork(program: Command): void {
  const command = program
    .command('fork <session>')
    .description('Make a session that goes on from where another is, or was; its id goes to standard output')
    .option('--snapshot <id>', 'from this snapshot: its files, and the conversation as far as it had come')
    .option('--at <message>', 'after this message of the conversation (its uuid in the log)')
    .option('--description <text>', 'what it is for')
    .option('--tag <tag>', 'a tag; several times for several', collect);
  addJsonOption(addServerOptions(command)).action(async (id: string, options: ForkOptions) => {
    const { snapshot, at: atMessageId, description, tag: tags } = options;
    const forked = await clientOf(command).sessions.fork(id, given({ snapshot, atMessageId, description, tags }));
    showCreated(forked, options.json === true);
  });
}
