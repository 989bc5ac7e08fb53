import { hasEnded } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { eachOf } from './each.ts';

export function addRm(program: Command): void {
  const command = program
    .command('rm <session...>')
    .description('Delete sessions with their log and files')
    .option('--force', 'those that live too: they are ended first');
  addServerOptions(command).action(async (ids: string[], { force }: { force?: boolean }) => {
    const rigger = clientOf(command);
    await eachOf(ids, async (id) => {
      const { status } = await rigger.sessions.get(id);
      if (force !== true && !hasEnded(status))
        throw new Error(`${id} lives (${status}). Stop it first, or delete it with --force.`);
      await rigger.sessions.delete(id);
      return `${id} deleted`;
    });
  });
}
