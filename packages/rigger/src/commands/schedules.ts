import type { Schedule, ScheduleRun, ScheduleUpdate } from '@rigger/client';
import { type Command, Option } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { UsageError } from '../exit-codes.ts';
import { addJsonOption, addListOptions, type JsonOptions, printJson, printList } from '../terminal/output.ts';
import { readPrompt } from './prompt.ts';
import { addSessionOptions, count, createRequest, given, type SessionOptions } from './session-options.ts';
import { minute } from './times.ts';

interface When {
  cron?: string;
  tz?: string;
  at?: string;
  overlap?: 'skip' | 'queue';
  onMissed?: 'once' | 'skip';
}

const addWhen = (command: Command): Command =>
  command
    .option('--cron <times>', 'when: "30 8 * * mon-fri"; six fields begin with seconds')
    .option('--tz <zone>', 'the time zone that it means, such as Europe/Berlin; UTC by default')
    .option('--at <time>', 'once: 2027-01-31T08:30:00Z')
    .addOption(new Option('--overlap <what>', 'a time at which an earlier run is not over').choices(['skip', 'queue']))
    .addOption(new Option('--on-missed <what>', 'times at which no server was there').choices(['once', 'skip']));

const when = ({ cron, tz: timezone, at, overlap, onMissed }: When) => given({ cron, timezone, at, overlap, onMissed });

const target = ({ target }: Schedule): string =>
  typeof target.sessionId === 'string'
    ? target.sessionId
    : `a new ${(target.create as { pattern: string }).pattern} session`;

/** Why it was skipped, or failed. */
const why = ({ reason, error }: ScheduleRun): string => reason ?? error?.code ?? '-';

export function addSchedules(program: Command): void {
  const schedules = program
    .command('schedules')
    .description('Messages that come by the clock: add, change, pause, run')
    .addHelpText(
      'after',
      `
Examples:
  $ rigger schedules add report --cron "30 8 * * mon-fri" --tz Europe/Berlin --allow Read --budget 1 "Write the morning report."
  $ rigger schedules add nudge --cron "0 */4 * * *" --session SESSION --overlap queue "Anything new?"
  $ rigger schedules runs SCHEDULE`,
    );

  const ls = addServerOptions(addListOptions(schedules.command('ls').alias('list').description('List them')));
  ls.action(async (options: JsonOptions) => {
    printList(
      await clientOf(ls).schedules.list(),
      options,
      ['SCHEDULE', 'NAME', 'STATE', 'NEXT (UTC)', 'WHEN', 'TO'],
      (one) => [
        one.id,
        one.name,
        one.status === 'disabled' ? `disabled: ${one.statusReason}` : one.status,
        one.nextTimes[0] === undefined ? '-' : minute(one.nextTimes[0]),
        one.cron === null ? 'once' : `${one.cron} ${one.timezone}`,
        target(one),
      ],
      'There are none. Add one with: rigger schedules add NAME --cron "…" "What is to be done"',
    );
  });

  const add = schedules
    .command('add <name> [prompt...]')
    .description('Add one; its id goes to standard output. It makes a session each time, unless --session names one')
    .option('--session <session>', 'a session that the message goes to')
    .option('--agent <name>', 'to which agent of a single-container session')
    .option('--paused', 'that runs only by hand until it is resumed');
  addJsonOption(addServerOptions(addSessionOptions(addWhen(add)))).action(
    async (
      name: string,
      words: string[],
      options: SessionOptions & When & { session?: string; agent?: string; paused?: boolean; json?: boolean },
    ) => {
      const { session, agent, paused, json } = options;
      if (agent !== undefined && session === undefined)
        throw new UsageError('--agent is for a session: name it with --session.');
      const made = await clientOf(add).schedules.create({
        name,
        prompt: await readPrompt(words),
        target:
          session === undefined
            ? { create: createRequest(options, 'ephemeral') }
            : { sessionId: session, ...given({ agent }) },
        ...when(options),
        ...given({ paused }),
      });
      if (json === true) printJson(made);
      else console.log(made.id);
    },
  );

  const set = addServerOptions(
    addWhen(schedules.command('set <schedule>').description('Change one; a new time counts from now on'))
      .option('--name <name>', 'another name')
      .option('--prompt <text>', 'another message')
      .option('--session <session>', 'another session that the message goes to'),
  );
  set.action(async (id: string, options: When & { name?: string; prompt?: string; session?: string }) => {
    const { name, prompt, session } = options;
    const change: ScheduleUpdate = { ...when(options), ...given({ name, prompt }) };
    if (session !== undefined) change.target = { sessionId: session };
    await clientOf(set).schedules.update(id, change);
    console.log(`${id} is changed.`);
  });

  for (const [name, what] of [
    ['pause', 'Let its times pass'],
    ['resume', 'Go on with its next time from now'],
  ] as const) {
    const command = addServerOptions(schedules.command(`${name} <schedule>`).description(what));
    command.action(async (id: string) => {
      const { nextTimes } = await clientOf(command).schedules[name](id);
      console.log(nextTimes[0] === undefined ? `${id} is paused.` : `${id} runs next at ${minute(nextTimes[0])} UTC.`);
    });
  }

  const run = addJsonOption(
    addServerOptions(
      schedules.command('run <schedule>').description('Run it now; the id of the run goes to standard output'),
    ),
  );
  run.action(async (id: string, { json }: { json?: boolean }) => {
    const begun = await clientOf(run).schedules.run(id);
    if (json === true) printJson(begun);
    else console.log(begun.id);
  });

  const runs = addServerOptions(
    addListOptions(
      schedules
        .command('runs <schedule>')
        .description('What came of its times, the newest first')
        .option('-n, --limit <n>', 'at most so many', count, 50),
    ),
  );
  runs.action(async (id: string, options: JsonOptions & { limit: number }) => {
    const page = await clientOf(runs).schedules.runs(id, { limit: options.limit });
    printList(
      page.runs,
      options,
      ['RUN', 'DUE (UTC)', 'STATUS', 'WHY', 'SESSION', 'TURN'],
      (one) => [one.id, minute(one.dueAt), one.status, why(one), one.sessionId ?? '-', one.turnId ?? '-'],
      'None of its times has come yet.',
    );
  });

  const rm = addServerOptions(
    schedules.command('rm <schedule>').description('Remove one with its history; what it has started goes on'),
  );
  rm.action(async (id: string) => {
    await clientOf(rm).schedules.delete(id);
    console.log(`${id} is removed.`);
  });
}
