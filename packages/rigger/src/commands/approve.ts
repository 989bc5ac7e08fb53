import type { Permission, PermissionAnswer, Rigger } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { UsageError } from '../exit-codes.ts';
import { brief } from '../terminal/clean.ts';
import { addListOptions, type JsonOptions, printList } from '../terminal/output.ts';
import { choiceOf, questionsOf } from '../terminal/permission-words.ts';
import { span } from '../terminal/units.ts';

export function addApprove(program: Command): void {
  const approve = program
    .command('approve')
    .description('What agents ask: list what waits over all sessions, and answer')
    .addHelpText(
      'after',
      `
Examples:
  $ rigger approve ls
  $ rigger approve allow perm_… --for-session
  $ rigger approve deny perm_… -m "Not on the main branch"
  $ rigger approve answer perm_… 2`,
    );

  const ls = addServerOptions(
    addListOptions(approve.command('ls', { isDefault: true }).description('List what waits for an answer')),
  );
  ls.option('--session <id>', 'only of this session').action(async (options: JsonOptions & { session?: string }) => {
    const { permissions } = clientOf(ls);
    const found = await (options.session === undefined ? permissions.listAll() : permissions.list(options.session));
    printList(
      found,
      options,
      ['REQUEST', 'SESSION', 'WAITS', 'AGENT', 'ASKS'],
      (one) => [one.id, one.sessionId, span(Date.now() - Date.parse(one.requestedAt)), one.agent, whatOf(one)],
      'Nothing waits for an answer.',
    );
  });

  const allow = addServerOptions(approve.command('allow <request>').description('Let a tool run'));
  allow
    .option('--for-session', 'and do not ask for the like of it again in this session')
    .action(async (id: string, { forSession }: { forSession?: boolean }) =>
      answer(clientOf(allow), id, { behavior: 'allow', scope: forSession === true ? 'session' : 'once' }),
    );

  const deny = addServerOptions(approve.command('deny <request>').description('Refuse a tool, or a question'));
  deny
    .option('-m, --message <text>', 'what the agent is told')
    .option('--interrupt', 'stop its turn too')
    .action(async (id: string, { message, interrupt }: { message?: string; interrupt?: boolean }) =>
      answer(clientOf(deny), id, {
        behavior: 'deny',
        ...(message === undefined ? {} : { message }),
        ...(interrupt === true ? { interrupt } : {}),
      }),
    );

  const reply = addServerOptions(
    approve
      .command('answer <request> <answer...>')
      .description('Answer the questions of an agent, one answer for each: a number of an option, or words'),
  );
  reply.action(async (id: string, said: string[]) => {
    const rigger = clientOf(reply);
    const asked = await find(rigger, id);
    const questions = questionsOf(asked);
    if (questions.length !== said.length)
      throw new UsageError(
        `It asks ${questions.length} questions, and there are ${said.length} answers:\n${questions.map(({ question }) => `  ${question}`).join('\n')}`,
      );
    const answers = questions.map((one, index) => [one.question, choiceOf(one, said[index]!) ?? ''] as const);
    await send(rigger, asked, { behavior: 'answer', answers: Object.fromEntries(answers) });
  });
}

const WIDTH = 100;
const whatOf = (one: Permission): string =>
  brief(
    one.kind === 'question'
      ? questionsOf(one)
          .map(({ question }) => question)
          .join(' / ')
      : one.title,
    WIDTH,
  );

const MOST = 500;
/** Their ids say nothing of their session: it is looked for among those that wait. */
async function find(rigger: Rigger, id: string): Promise<Permission> {
  const found = (await rigger.permissions.listAll({ limit: MOST })).find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new Error(
    `No request ${id} waits for an answer. “rigger approve ls” lists those that do. (permission_not_found)`,
  );
}

const answer = async (rigger: Rigger, id: string, said: PermissionAnswer): Promise<void> =>
  send(rigger, await find(rigger, id), said);

async function send(rigger: Rigger, asked: Permission, said: PermissionAnswer): Promise<void> {
  const { status, rules = [] } = await rigger.permissions.answer(asked.sessionId, asked.id, said);
  console.log(`${asked.id} ${status}${rules.length === 0 ? '' : `; from now on: ${rules.join(', ')}`}`);
}
