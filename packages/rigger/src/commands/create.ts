import type { Rigger, Session } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, printJson } from '../terminal/output.ts';
import { wait } from '../terminal/progress.ts';
import { dim } from '../terminal/style.ts';
import { addSessionOptions, createRequest, type SessionOptions } from './session-options.ts';

export function addCreate(program: Command): void {
  const command = program
    .command('create')
    .description('Make a session; its id goes to standard output')
    .option('--resume <session>', 'continue the conversation of another session')
    .option('--wait', 'until its agent is up (long-running and single-container sessions, which start by themselves)');
  addJsonOption(addServerOptions(addSessionOptions(command)))
    .addHelpText(
      'after',
      `
The pattern is hybrid unless told otherwise: parked while nobody writes, back with the next message.

Examples:
  $ ID=$(rigger create --allow Read,Edit,Bash --budget 5)
  $ rigger create --pattern long-running --idle 1d --tag mail --wait`,
    )
    .action(async (options: SessionOptions & { resume?: string; wait?: boolean; json?: boolean }) => {
      const rigger = clientOf(command);
      const request = createRequest(options, 'hybrid');
      if (options.resume !== undefined) request.config = { ...request.config, resumeSessionId: options.resume };
      const created = await rigger.sessions.create(request);
      const session = options.wait === true ? await whenUp(rigger, created) : created;
      showCreated(session, options.json === true);
    });
}

/** The id for whoever puts it into a variable, and what can be done with it for whoever looks. */
export function showCreated(session: Session, json: boolean): void {
  if (json) return printJson(session);
  const { stderr } = process;
  for (const notice of session.notices ?? []) stderr.write(`rigger: ${notice}\n`);
  console.log(session.id);
  if (stderr.isTTY) stderr.write(dim(`  ${session.pattern}, ${session.status}: rigger attach ${session.id}\n`, stderr));
}

async function whenUp(rigger: Rigger, session: Session): Promise<Session> {
  const done = wait('The session starts');
  try {
    if (session.pattern === 'long-running' || session.pattern === 'single-container')
      for await (const event of rigger.sessions.follow(session.id, { untilEnded: true })) {
        if (event.type === 'agent.start_failed') throw new Error(`It could not be started: ${event.data.message}`);
        if (event.type === 'session.status_changed') break;
      }
    return await rigger.sessions.get(session.id);
  } finally {
    done();
  }
}
