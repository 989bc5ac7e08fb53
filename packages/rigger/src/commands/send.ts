import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, printJson } from '../terminal/output.ts';
import { playTurn } from '../turns/play.ts';
import { readPrompt } from './prompt.ts';

export function addSend(program: Command): void {
  const command = program
    .command('send <session> [prompt...]')
    .description('Send a message to a session, and show its turn')
    .option('--agent <name>', 'to which agent of a single-container session')
    .option('--no-wait', 'come back with the id of the turn at once')
    .option('--key <key>', 'an idempotency key: the same key and words again mean the same turn');
  addJsonOption(addServerOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ rigger send SESSION "And now the tests"
  $ rigger send SESSION --no-wait < task.md

Exit codes: 0 the turn succeeded, 1 it failed, 3 a limit was reached, 130 interrupted.`,
    )
    .action(
      async (id: string, words: string[], options: { agent?: string; wait: boolean; key?: string; json?: boolean }) => {
        const { agent, key } = options;
        const prompt = await readPrompt(words);
        const rigger = clientOf(command);
        const before = await rigger.sessions.get(id);
        const message = agent === undefined ? { prompt } : { prompt, agent };
        const { turn } = await rigger.sessions.queue(id, message, key === undefined ? {} : { idempotencyKey: key });
        if (!options.wait) {
          if (options.json === true) printJson(turn);
          else console.log(turn.id);
          return;
        }
        // Under a key that was used before, the turn began before now.
        const since = turn.status === 'queued' ? before : { ...before, lastEventSeq: 0 };
        const label = before.status === 'active' ? 'The session is working' : 'The session is woken';
        process.exitCode = (await playTurn(rigger, since, turn, { json: options.json === true, label })).exit;
      },
    );
}
