/** What a shell has to know of the commands to complete them, read from the program itself. */
import type { Argument, Command, Option } from 'commander';

export interface CompletedOption {
  flags: string[];
  description: string;
  /** Whether a value follows. */
  takesValue: boolean;
  choices: readonly string[];
}

export interface CompletedCommand {
  /** The words that lead to it: `files ls`. */
  path: string[];
  description: string;
  commands: { name: string; description: string }[];
  options: CompletedOption[];
  /** Whether its first argument is a session. */
  takesSession: boolean;
}

const optionOf = (option: Option): CompletedOption => ({
  flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
  description: option.description,
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
});

/** The command and all below it, each with what may follow. */
export function shapeOf(command: Command, path: string[] = []): CompletedCommand[] {
  const first = (command.registeredArguments as readonly Argument[])[0]?.name();
  const own: CompletedCommand = {
    path,
    description: command.description(),
    commands: command.commands.map((sub) => ({ name: sub.name(), description: sub.description() })),
    options: [
      ...command.options.map(optionOf),
      { flags: ['-h', '--help'], description: 'show help', takesValue: false, choices: [] },
    ],
    takesSession: first === 'session',
  };
  return [own, ...command.commands.flatMap((sub) => shapeOf(sub, [...path, sub.name()]))];
}
