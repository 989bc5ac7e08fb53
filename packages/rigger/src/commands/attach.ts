import { hasEnded } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { UsageError } from '../exit-codes.ts';
import { count } from './session-options.ts';

/** Whoever is attached has time: a server that is being replaced is waited for. */
const PATIENCE_MS = 600_000;

export function addAttach(program: Command): void {
  const command = program
    .command('attach <session>')
    .description('Talk with a session: its words as they come, your lines, what it asks')
    .option('--agent <name>', 'which agent of a single-container session you speak to')
    .option('--last <n>', 'how many of the latest events are shown first', count, 50);
  addServerOptions(command)
    .addHelpText(
      'after',
      `
A line that you type is a message. What a tool asks leave for, and what the agent asks you, is answered on the same line. Ctrl-C stops the
turn that runs; twice it leaves, and so does Ctrl-D. The session goes on. A broken connection comes back by
itself, with nothing missed.`,
    )
    .action(async (id: string, options: { agent?: string; last: number }) => {
      if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
        throw new UsageError('attach needs a terminal. Elsewhere: “rigger send” and “rigger logs -f”.');
      const session = await clientOf(command).sessions.get(id);
      if (hasEnded(session.status))
        throw new Error(
          `${id} has ended (${session.status}). “rigger logs” shows it, “rigger create --resume” goes on from it.`,
        );
      const { attach } = await import('../attach/attach.ts');
      process.exitCode = await attach(clientOf(command, { retryForMs: PATIENCE_MS }), session, {
        agent: options.agent,
        last: options.last,
      });
    });
}
