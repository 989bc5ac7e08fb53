import type { Usage, UsageQuery } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, printJson, printTable } from '../terminal/output.ts';
import { usd, whole } from '../terminal/units.ts';
import { count, given } from './session-options.ts';
import { time } from './times.ts';

interface UsageOptions {
  by: string;
  from?: string;
  to?: string;
  user?: string;
  session?: string;
  tag?: string;
  limit: number;
  json?: boolean;
}

export function addUsage(program: Command): void {
  const command = program
    .command('usage')
    .description('What was spent, by day, session, agent, user, key, tag, model, pattern or hour')
    .option('--by <a,b>', 'session, agent, user, key, tag, model, pattern, day, hour; several with commas', 'day')
    .option('--from <time>', 'a day such as 2026-11-01, or a time in ISO 8601')
    .option('--to <time>', 'the first that no longer counts')
    .option('--user <id>', 'of one user')
    .option('--session <id>', 'of one session')
    .option('--tag <tag>', 'of sessions with this tag')
    .option('-n, --limit <n>', 'rows at most', count, 50);
  addJsonOption(addServerOptions(command)).action(async (options: UsageOptions) => {
    const { by, from, to, user, session, tag, limit } = options;
    const query: UsageQuery = given({
      groupBy: by,
      from: time(from),
      to: time(to),
      userId: user,
      sessionId: session,
      tag,
      limit,
    });
    const found = await clientOf(command).usage(query);
    if (options.json === true) printJson(found);
    else show(found);
  });
}

function show(found: Usage): void {
  if (found.rows.length === 0) return console.log('Nothing was spent. Every model call of a session counts here.');
  const cells = (row: Usage['total']) => [
    whole(row.calls),
    whole(row.inputTokens),
    whole(row.cacheReadTokens),
    whole(row.cacheWrite5mTokens + row.cacheWrite1hTokens),
    whole(row.outputTokens),
    usd(row.cost),
  ];
  printTable([
    [
      ...found.groupBy.map((group) => group.toUpperCase()),
      'CALLS',
      'INPUT',
      'CACHE READ',
      'CACHE WRITE',
      'OUTPUT',
      'COST',
    ],
    ...found.rows.map((row) => [...found.groupBy.map((group) => row[group] ?? '-'), ...cells(row)]),
    [...found.groupBy.map((_, n) => (n === 0 ? 'total' : '')), ...cells(found.total)],
  ]);
  if (found.more) console.log('There are more rows; --limit shows them.');
  if (found.total.estimatedCost > 0)
    console.log(`${usd(found.total.estimatedCost)} of it is estimated: calls that broke off before they were counted.`);
}
