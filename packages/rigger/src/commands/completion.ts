import { Argument, type Command } from 'commander';
import { bash, fish, zsh } from '../completion/scripts.ts';
import { shapeOf } from '../completion/shape.ts';

const SHELLS = { bash, zsh, fish };

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print what has a shell complete commands, options and ids of sessions')
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(rigger completion bash)                                    in ~/.bashrc
  $ source <(rigger completion zsh)                                     in ~/.zshrc, after compinit
  $ rigger completion fish > ~/.config/fish/completions/rigger.fish`,
    )
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](shapeOf(program)));
    });
}
