import type { TerminateReason } from '@rigger/client';
import { type Command, Option } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { eachOf } from './each.ts';

const REASONS: TerminateReason[] = ['user_requested', 'idle_timeout', 'budget_exceeded', 'max_turns', 'error'];

export function addStop(program: Command): void {
  const command = program
    .command('stop <session...>')
    .description('End sessions: their processes are gone when this returns; log and files stay')
    .addOption(new Option('--reason <reason>', 'what the log is to say').choices(REASONS).default('user_requested'));
  addServerOptions(command).action(async (ids: string[], { reason }: { reason: TerminateReason }) => {
    const rigger = clientOf(command);
    await eachOf(ids, async (id) => {
      const { session } = await rigger.sessions.terminate(id, { reason });
      return `${id} ${session.status}`;
    });
  });
}
