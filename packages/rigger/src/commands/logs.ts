import type { Delta, SessionEvent } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { LogPrinter } from '../terminal/log-printer.ts';
import { printJson } from '../terminal/output.ts';
import { count } from './session-options.ts';

interface LogsOptions {
  follow?: boolean;
  after: number;
  agent?: string;
  type?: string;
  deltas?: boolean;
  json?: boolean;
}

export function addLogs(program: Command): void {
  const command = program
    .command('logs <session>')
    .description('Print the log of a session: what was said, done and decided')
    .option('-f, --follow', 'stay with it until the session has ended, over broken connections')
    .option('--after <seq>', 'begin after this event', count, 0)
    .option('--agent <name>', 'only what belongs to this agent')
    .option('--type <prefix>', 'only types that begin so: turn., permission., sdk.message')
    .option('--deltas', 'with --follow --json: the words as they come, too')
    .option('--json', 'every event as it is, one a line');
  addServerOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ rigger logs -f SESSION
  $ rigger logs SESSION --type turn.finished --json | jq .data.status`,
    )
    .action(async (id: string, options: LogsOptions) => {
      const { after, agent, type = '' } = options;
      const rigger = clientOf(command);
      const printer = new LogPrinter();
      const deltas = options.deltas === true && options.json === true;
      const events: AsyncIterable<SessionEvent | Delta> =
        options.follow === true
          ? rigger.sessions.follow(id, { after, untilEnded: true, deltas: deltas as true })
          : rigger.sessions.eachEvent(id, { after });
      for await (const event of events) {
        if (agent !== undefined && event.agent !== agent) continue;
        if (!event.type.startsWith(type) && event.type !== 'sdk.delta') continue;
        if (options.json === true) printJson(event);
        else if (event.seq !== undefined) printer.print(event);
      }
    });
}
