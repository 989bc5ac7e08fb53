import type { Rigger, Session, SessionPattern, SessionQuery, SessionStatus } from '@rigger/client';
import { type Command, Option } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { UsageError } from '../exit-codes.ts';
import { addListOptions, type JsonOptions, printList } from '../terminal/output.ts';
import { span, usd } from '../terminal/units.ts';
import { collect, count, given } from './session-options.ts';

interface PsOptions extends JsonOptions {
  all?: boolean;
  status?: SessionStatus;
  pattern?: SessionPattern;
  user?: string;
  tag?: string[];
  limit: number;
  quiet?: boolean;
  watch?: boolean;
}

const LIVE: SessionStatus[] = ['active', 'idle', 'initializing'];
const STATUSES: SessionStatus[] = [...LIVE, 'completed', 'error', 'terminated'];
const WATCH_MS = 2_000;
const DESCRIPTION = 60;

export function addPs(program: Command): void {
  const command = program
    .command('ps')
    .description('List sessions that live, or all of them')
    .option('-a, --all', 'those that have ended too')
    .addOption(new Option('--status <status>', 'only those of this status').choices(STATUSES))
    .option('--pattern <pattern>', 'only those of this pattern')
    .option('--user <id>', 'only those of this user')
    .option('--tag <tag>', 'only those with this tag; several times: with all of them', collect)
    .option('-n, --limit <n>', 'how many at most', count, 50)
    .option('-q, --quiet', 'only their ids')
    .option('-w, --watch', 'again every two seconds, until Ctrl-C');
  addServerOptions(addListOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ rigger ps
  $ rigger ps --all --tag bug-fix --json | jq .totalCost
  $ rigger stop $(rigger ps -q --tag test)`,
    )
    .action(async (options: PsOptions) => {
      const rigger = clientOf(command);
      if (options.watch !== true) return show(await find(rigger, options), options);
      if (process.stdout.isTTY !== true)
        throw new UsageError('--watch needs a terminal. “rigger logs -f” follows a session.');
      for (;;) {
        const found = await find(rigger, options);
        // From the top, and without what was there.
        process.stdout.write('\x1b[H\x1b[2J');
        show(found, options);
        await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      }
    });
}

async function find(rigger: Rigger, { all, status, pattern, user, tag, limit }: PsOptions): Promise<Session[]> {
  const wanted = status !== undefined ? [status] : all === true ? [undefined] : LIVE;
  const lists = wanted.map(async (one) => {
    const query: SessionQuery = given({ status: one, pattern, userId: user, tags: tag, limit: Math.min(limit, 500) });
    const found: Session[] = [];
    if (limit > 0) for await (const session of rigger.sessions.each(query)) if (found.push(session) >= limit) break;
    return found;
  });
  const newestFirst = (a: Session, b: Session): number => b.createdAt.localeCompare(a.createdAt);
  return (await Promise.all(lists)).flat().sort(newestFirst).slice(0, limit);
}

function show(sessions: Session[], options: PsOptions): void {
  if (options.quiet === true) {
    for (const { id } of sessions) console.log(id);
    return;
  }
  printList(
    sessions,
    options,
    ['SESSION', 'PATTERN', 'STATUS', 'AGE', 'IDLE', 'COST', 'TURNS', 'WAITS', 'DESCRIPTION'],
    rowOf,
    options.all === true
      ? 'There are no sessions.'
      : 'No session lives. “rigger ps --all” lists those that have ended.',
  );
}

function rowOf(session: Session): string[] {
  const since = (time: string): string => span(Date.now() - Date.parse(time));
  const { status, statusReason, paused, parked, pendingPermissions } = session;
  return [
    session.id,
    session.pattern,
    paused
      ? 'paused'
      : parked
        ? 'parked'
        : statusReason === null || statusReason === 'error'
          ? status
          : `${status} (${statusReason})`,
    since(session.createdAt),
    status === 'active' ? '-' : since(session.lastActivityAt),
    usd(session.totalCost),
    String(session.numTurns),
    pendingPermissions > 0 ? `${pendingPermissions} asked` : '-',
    (session.description ?? session.tags.join(', ')).slice(0, DESCRIPTION),
  ];
}
