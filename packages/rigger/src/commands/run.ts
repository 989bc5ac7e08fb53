import { openAsBlob, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Rigger, Session } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { UsageError } from '../exit-codes.ts';
import { canAsk } from '../terminal/ask.ts';
import { addJsonOption } from '../terminal/output.ts';
import { wait } from '../terminal/progress.ts';
import { dim } from '../terminal/style.ts';
import { downloadFolder, uploadFolder } from '../transfers.ts';
import { playTurn } from '../turns/play.ts';
import { readPrompt } from './prompt.ts';
import { addSessionOptions, collect, createRequest, type SessionOptions } from './session-options.ts';

interface RunOptions extends SessionOptions {
  dir?: string;
  file?: string[];
  exclude?: string[];
  out?: string;
  keep?: boolean;
  ask?: boolean;
  json?: boolean;
}

export function addRun(program: Command): void {
  const command = program
    .command('run [prompt...]')
    .description('Have one thing done: makes a session, sends a prompt, shows the turn, and ends with its outcome')
    .option('-d, --dir <folder>', 'put a folder into the workspace before it begins')
    .option('-f, --file <file>', 'put a file into it; several times for several', collect)
    .option(
      '--exclude <name>',
      'a name that is left out of --dir, such as node_modules; several times for several',
      collect,
    )
    .option('-o, --out <folder>', 'bring the workspace back into a folder afterwards')
    .option('--keep', 'keep the session, to go on with it (its pattern is then hybrid, unless told otherwise)')
    .option(
      '--ask',
      'let other tools ask, and wait for an answer: here, or by “rigger approve”; the default on a terminal',
    )
    .option('--no-ask', 'refuse other tools at once; the default elsewhere');
  addJsonOption(addServerOptions(addSessionOptions(command)))
    .addHelpText(
      'after',
      `
The agent's words go to standard output, all else to standard error. With --json every event is a line, and the last line is
{ "type": "done", "turn", "session" }. Without a prompt, or with -, the prompt is read from standard input.

Examples:
  $ rigger run "What is in this repository?" --dir . --allow Read,Glob,Grep
  $ rigger run "Fix the failing test" --dir . --exclude node_modules --allow Read,Edit,Bash --out fixed --budget 1
  $ (echo "Review this change:"; git diff) | rigger run > review.md

Exit codes: 0 the turn succeeded, 1 it failed, 2 not understood, 3 a limit was reached, 4 no server answers, 130 interrupted.`,
    )
    .action(async (words: string[], options: RunOptions) => {
      checkFiles(options);
      const prompt = await readPrompt(words);
      const rigger = clientOf(command);
      process.exitCode = await run(rigger, prompt, options);
    });
}

async function run(rigger: Rigger, prompt: string, options: RunOptions): Promise<number> {
  const request = createRequest(options, options.keep === true ? 'hybrid' : 'ephemeral');
  // Where nobody would answer, nothing is to wait for an answer.
  if (!(options.ask ?? canAsk())) request.config = { permissionTimeoutMs: 0, ...request.config };
  const session = await rigger.sessions.create(request);
  const { stderr } = process;
  if (stderr.isTTY && options.json !== true) stderr.write(dim(`  session ${session.id}\n`, stderr));
  try {
    await fill(rigger, session, options);
    const { turn, session: queued } = await rigger.sessions.queue(session.id, prompt);
    // From its beginning, which says what it is.
    const before = { ...queued, lastEventSeq: 0 };
    const played = await playTurn(rigger, before, turn, { json: options.json === true, label: 'The session starts' });
    if (options.out !== undefined) await downloadFolder(rigger, session.id, '', options.out);
    return played.exit;
  } finally {
    await tidy(rigger, session, options.keep === true);
  }
}

/** An ephemeral session goes by itself, a minute later, so that it can be looked at; others would stay for ever. */
async function tidy(rigger: Rigger, session: Session, keep: boolean): Promise<void> {
  const { stderr } = process;
  if (keep) stderr.write(dim(`  kept: rigger send ${session.id} "…"  or  rigger attach ${session.id}\n`, stderr));
  else if (session.pattern !== 'ephemeral')
    await rigger.sessions
      .delete(session.id)
      .catch((error: Error) => stderr.write(`rigger: ${session.id} is left: ${error.message}\n`));
}

function checkFiles({ dir, file = [] }: RunOptions): void {
  const folder = dir === undefined ? undefined : statSync(dir, { throwIfNoEntry: false });
  if (dir !== undefined && folder?.isDirectory() !== true) throw new UsageError(`${dir} is no folder.`);
  for (const one of file)
    if (statSync(one, { throwIfNoEntry: false })?.isFile() !== true) throw new UsageError(`${one} is no file.`);
}

async function fill(rigger: Rigger, session: Session, { dir, file = [], exclude = [] }: RunOptions): Promise<void> {
  if (dir !== undefined) await uploadFolder(rigger, session.id, dir, '', new Set(exclude));
  for (const one of file) {
    const done = wait(`Sending ${one}`);
    await rigger.files.write(session.id, basename(one), await openAsBlob(one)).finally(done);
  }
}
