/** The help of every command, for docs/CLI.md. */
import type { Command } from 'commander';
import { makeProgram } from '../packages/rigger/src/program.ts';

const WIDTH = 110;

/** What `--help` prints, as sections of a document: the commands with their subcommands, in the order of the help. */
export function cliDocument(): string {
  let said = '';
  const program = makeProgram({
    writeOut: (text) => {
      said += text;
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  const helpOf = (command: Command): string => {
    said = '';
    command.outputHelp();
    return said.trim();
  };
  const section = (command: Command, path: string): string[] => [
    `### ${path}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``,
    ...command.commands.flatMap((sub) => section(sub, `${path} ${sub.name()}`)),
  ];
  return program.commands.flatMap((command) => section(command, `rigger ${command.name()}`)).join('\n\n');
}
