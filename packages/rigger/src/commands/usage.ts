import type { UsageResponse } from '@rigger/server/types';
import { type Command, Option } from 'commander';
import { ask, DEFAULT_SERVER, printTable } from '../client.ts';

interface UsageOptions {
  server: string;
  by: string;
  from?: string;
  to?: string;
  user?: string;
  session?: string;
  tag?: string;
  limit: string;
}

const usd = (value: number): string => `$${value.toFixed(value !== 0 && Math.abs(value) < 0.01 ? 6 : 2)}`;
const whole = (value: number): string => value.toLocaleString('en-US');

/** A day means its beginning in UTC. */
const time = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;

export function addUsage(program: Command): void {
  program
    .command('usage')
    .description('Show what was spent, from a running server')
    .addOption(new Option('--server <url>', 'address of the server').env('RIGGER_SERVER_URL').default(DEFAULT_SERVER))
    .option('--by <a,b>', 'session, agent, user, key, tag, model, pattern, day, hour; several with commas', 'day')
    .option('--from <time>', 'a day such as 2026-11-01, or a time in ISO 8601')
    .option('--to <time>', 'the first that no longer counts')
    .option('--user <id>', 'of one user')
    .option('--session <id>', 'of one session')
    .option('--tag <tag>', 'of sessions with this tag')
    .option('--limit <n>', 'rows at most', '50')
    .action(async ({ server, by, from, to, user, session, tag, limit }: UsageOptions) => {
      const asked = { groupBy: by, from: time(from), to: time(to), userId: user, sessionId: session, tag, limit };
      const given = Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const found = await ask<UsageResponse>(
        server.split(',')[0]!,
        'GET',
        `/api/usage?${new URLSearchParams(Object.fromEntries(given))}`,
      );
      if (found.rows.length === 0) return console.log('Nothing was spent. Every model call of a session counts here.');
      const cells = (row: UsageResponse['total']) => [
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
      if (found.more) console.log(`There are more rows; --limit shows them.`);
      if (found.total.estimatedCost > 0)
        console.log(
          `${usd(found.total.estimatedCost)} of it is estimated: calls that broke off before they were counted.`,
        );
    });
}
