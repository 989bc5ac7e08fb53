import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, printJson } from '../terminal/output.ts';

export function addInterrupt(program: Command): void {
  const command = program
    .command('interrupt <session>')
    .description('Stop the turn that runs, and keep the session')
    .option('--agent <name>', 'only the turn of this agent');
  addJsonOption(addServerOptions(command)).action(
    async (id: string, { agent, json }: { agent?: string; json?: boolean }) => {
      const { interrupted, queued } = await clientOf(command).sessions.interrupt(
        id,
        agent === undefined ? {} : { agent },
      );
      if (json === true) return printJson({ interrupted, queued });
      const waiting = queued.length === 0 ? '' : ` ${queued.length} more are queued and go on.`;
      console.log(
        interrupted.length === 0 ? `No turn runs.${waiting}` : `Stopped ${interrupted.join(', ')}.${waiting}`,
      );
    },
  );
}
