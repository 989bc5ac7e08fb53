import type { Runner } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { untilToldToStop } from '../stop-signals.ts';
import { addListOptions, type JsonOptions, printList } from '../terminal/output.ts';
import { VERSION } from '../version.ts';

interface RunOptions {
  server?: string;
  token?: string;
  id?: string;
  labels?: string;
  capacity?: string;
}

const LOOK_AGAIN_MS = 500;

export function addRunner(program: Command): void {
  const runner = program
    .command('runner')
    .description('Run a runner that joins a server; or list and empty the runners of one')
    .option('--server <url>', 'address of the server, or of several with commas between (RIGGER_SERVER_URL)')
    .option('--token <token>', 'what the server asks of runners (RIGGER_RUNNER_TOKEN)')
    .option(
      '--id <name>',
      'its name, kept over a restart; default: made once and kept in the data folder (RIGGER_RUNNER_ID)',
    )
    .option('--labels <a,b>', 'labels that sessions may ask for (RIGGER_RUNNER_LABELS)')
    .option('--capacity <n>', 'sessions that it may hold at once (RIGGER_RUNNER_CAPACITY)')
    .action(async (options: RunOptions) => {
      const given = {
        RIGGER_SERVER_URL: options.server,
        RIGGER_RUNNER_TOKEN: options.token,
        RIGGER_RUNNER_ID: options.id,
        RIGGER_RUNNER_LABELS: options.labels,
        RIGGER_RUNNER_CAPACITY: options.capacity,
      };
      const [{ readRunnerSettings, startRunner }, { makeLog }] = await Promise.all([
        import('@rigger/runner'),
        import('@rigger/runner/log'),
      ]);
      const settings = readRunnerSettings({
        ...process.env,
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      });
      const log = makeLog({ level: settings.RIGGER_LOG_LEVEL, version: VERSION, dsn: process.env.SENTRY_DSN });
      const running = await startRunner(settings, log, VERSION);
      await Promise.race([untilToldToStop(), running.ended]);
      await running.stop();
      process.exit(0);
    });

  const list = addListOptions(
    runner
      .command('list')
      .alias('ls')
      .description('List the runners of a server, what they hold and whether they are being emptied'),
  );
  addServerOptions(list).action(async (options: JsonOptions) => {
    printList(
      await clientOf(list).runners.list(),
      options,
      ['RUNNER', 'STATE', 'SESSIONS', 'ISOLATION', 'LABELS', 'VERSION'],
      (one) => [
        one.id,
        one.state,
        `${one.sessions}/${one.capacity}`,
        one.isolation,
        one.labels.join(',') || '-',
        one.version,
      ],
      'No runner has joined. Start one with: rigger runner --server URL --token …',
    );
  });

  const drain = runner
    .command('drain <id>')
    .description('Empty a runner: nothing new is placed on it, and its sessions move to others as their turns end')
    .option('--undo', 'let it be filled again')
    .option('--wait', 'return when it holds nothing any more');
  addServerOptions(drain).action(async (id: string, options: { undo?: boolean; wait?: boolean }) => {
    const { runners } = clientOf(drain);
    let state: Pick<Runner, 'sessions'> = await runners.drain(id, { draining: options.undo !== true });
    if (options.undo === true) return console.log(`${id} takes sessions again.`);
    let said = -1;
    while (options.wait === true && state.sessions > 0) {
      if (said !== state.sessions) console.log(`${id} holds ${state.sessions} sessions …`);
      said = state.sessions;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      state = (await runners.list()).find((one) => one.id === id) ?? { sessions: 0 };
    }
    console.log(
      state.sessions === 0
        ? `${id} is empty and takes nothing new: it can be stopped.`
        : `${id} takes nothing new; ${state.sessions} sessions move as their turns end. --wait waits for that, --undo takes it back.`,
    );
  });
}
