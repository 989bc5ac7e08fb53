import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { COMMANDS } from './commands/index.ts';
import { EXIT } from './exit-codes.ts';
import { failureOf } from './terminal/failure.ts';
import { VERSION } from './version.ts';

const AFTER = `
Examples:
  $ rigger demo                                    watch a hosted agent fix a bug
  $ rigger serve                                   run a server on this machine
  $ rigger run "Fix the tests" --dir . --allow Read,Edit,Bash --budget 1
  $ rigger create --pattern hybrid --allow Bash    make a session that stays
  $ rigger attach SESSION                          talk with it

Exit codes: 0 all went well, 1 failed or refused, 2 not understood, 3 a limit was reached, 4 no server answers,
130 interrupted. Colours only on a terminal, and never with NO_COLOR.`;

/**
 * All commands. Nothing is read or run until one is asked for.
 * @param output where help goes, and how wide it is, where not to this process's own
 */
export function makeProgram(output?: OutputConfiguration): Command {
  const program = new Command('rigger')
    .configureOutput(output ?? {})
    .description('The self-hosted home for Claude Agent SDK agents.')
    .version(VERSION)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .showHelpAfterError('(add --help to see what it takes)')
    .addHelpText('after', AFTER);
  for (const [heading, commands] of COMMANDS) {
    program.commandsGroup(heading);
    for (const add of commands) add(program);
  }
  exitByThrowing(program);
  return program;
}

/** What was not understood ends with a code of its own. */
function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) exitByThrowing(sub);
}

export async function main(argv: string[]): Promise<void> {
  // A reader that has seen enough, such as head, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
  try {
    await makeProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    const { line, exit } = failureOf(error);
    process.stderr.write(`rigger: ${line}\n`);
    process.exit(exit);
  }
}
