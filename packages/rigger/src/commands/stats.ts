import type { SessionStats } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, printJson, printTable } from '../terminal/output.ts';
import { bold } from '../terminal/style.ts';
import { span, usd, whole } from '../terminal/units.ts';
import { collect, given } from './session-options.ts';
import { time } from './times.ts';

interface StatsOptions {
  user?: string;
  tag?: string[];
  from?: string;
  to?: string;
  json?: boolean;
}

export function addStats(program: Command): void {
  const command = program
    .command('stats')
    .description('Sums over sessions: how many, how they ended, what they cost')
    .option('--user <id>', 'of one user')
    .option('--tag <tag>', 'of sessions with this tag; several times: with all of them', collect)
    .option('--from <time>', 'created since a day such as 2026-11-01, or a time in ISO 8601')
    .option('--to <time>', 'created before');
  addJsonOption(addServerOptions(command)).action(async ({ user, tag, from, to, json }: StatsOptions) => {
    const query = given({ userId: user, tags: tag, from: time(from), to: time(to) });
    const stats = await clientOf(command).sessions.stats(query);
    if (json === true) printJson(stats);
    else show(stats);
  });
}

function show(stats: SessionStats): void {
  const statuses = Object.entries(stats.byStatus).filter(([, count]) => count > 0);
  const counts = statuses.map(([status, count]) => `${count} ${status}`).join(', ');
  console.log(`${bold('Sessions')}  ${whole(stats.totalSessions)}${counts === '' ? '' : `: ${counts}`}`);
  console.log(
    `${bold('Spent')}     ${usd(stats.totalCost)}, ${whole(stats.totalTokens)} tokens, ${span(stats.avgSessionDuration)} on average`,
  );
  const patterns = Object.entries(stats.byPattern).filter(([, { count }]) => count > 0);
  if (patterns.length === 0) return;
  console.log();
  printTable([
    ['PATTERN', 'SESSIONS', 'AVG COST', 'AVG TOKENS', 'AVG TIME'],
    ...patterns.map(([name, one]) => [
      name,
      whole(one.count),
      usd(one.avgCost),
      whole(Math.round(one.avgTokens)),
      span(one.avgDuration),
    ]),
  ]);
}
