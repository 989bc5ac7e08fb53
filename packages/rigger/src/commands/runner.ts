import { readRunnerSettings, startRunner } from '@rigger/runner';
import type { Command } from 'commander';
import pino from 'pino';
import { untilToldToStop } from '../serve.ts';
import { VERSION } from '../version.ts';

export function addRunner(program: Command): void {
  program
    .command('runner')
    .description('Run a runner that joins a server')
    .option('--server <url>', 'address of the server, or of several with commas between (RIGGER_SERVER_URL)')
    .option('--token <token>', 'what the server asks of runners (RIGGER_RUNNER_TOKEN)')
    .option('--id <name>', 'its name; the same after a restart (RIGGER_RUNNER_ID)')
    .action(async (options: { server?: string; token?: string; id?: string }) => {
      const settings = readRunnerSettings({
        ...process.env,
        ...(options.server === undefined ? {} : { RIGGER_SERVER_URL: options.server }),
        ...(options.token === undefined ? {} : { RIGGER_RUNNER_TOKEN: options.token }),
        ...(options.id === undefined ? {} : { RIGGER_RUNNER_ID: options.id }),
      });
      const runner = await startRunner(settings, pino({ level: settings.RIGGER_LOG_LEVEL }), VERSION);
      await Promise.race([untilToldToStop(), runner.ended]);
      await runner.stop();
      process.exit(0);
    });
}
