import type { Command } from 'commander';
import { untilToldToStop } from '../stop-signals.ts';

export function addModel(program: Command): void {
  program
    .command('model')
    .description('Serve the offline model: the Messages API with scripted words')
    .option('-p, --port <port>', 'port to listen on', '3444')
    .option('-s, --scenarios <folder...>', 'folders of scenario files')
    .action(async (options: { port: string; scenarios?: string[] }) => {
      const { startOfflineModel } = await import('@rigger/offline-model');
      const stop = untilToldToStop();
      const model = await startOfflineModel({
        port: Number(options.port),
        ...(options.scenarios === undefined ? {} : { scenarioDirs: options.scenarios }),
      });
      process.stdout.write(
        `The offline model is at ${model.url}\nUse it with ANTHROPIC_BASE_URL=${model.url} and any ANTHROPIC_API_KEY. Ctrl-C stops it.\n`,
      );
      await stop;
      await model.close();
    });
}
