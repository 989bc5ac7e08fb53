import type { Command } from 'commander';
import { untilToldToStop } from '../stop-signals.ts';
import { VERSION } from '../version.ts';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Run the server, with an embedded database and a runner unless told otherwise')
    .option('-p, --port <port>', 'port to listen on (PORT, 3333)')
    .option('-H, --host <host>', 'address to listen on (HOST, 127.0.0.1)')
    .option('-d, --data-dir <folder>', 'where everything is kept (RIGGER_DATA_DIR, ./.rigger)')
    .addHelpText(
      'after',
      '\nSIGINT (Ctrl-C) ends everything that was started here. SIGTERM drains: runners keep their turns for the next server.\nAll settings: docs/SETTINGS.md',
    )
    .action(async (options: { port?: string; host?: string; dataDir?: string }) => {
      const [{ readSettings }, { serve }, { makeLog }] = await Promise.all([
        import('@rigger/server'),
        import('../serve.ts'),
        import('@rigger/runner/log'),
      ]);
      const settings = readSettings({
        ...process.env,
        ...(options.port === undefined ? {} : { PORT: options.port }),
        ...(options.host === undefined ? {} : { HOST: options.host }),
        ...(options.dataDir === undefined ? {} : { RIGGER_DATA_DIR: options.dataDir }),
      });
      const stop = untilToldToStop();
      const log = makeLog({ level: settings.RIGGER_LOG_LEVEL, version: VERSION, dsn: settings.SENTRY_DSN });
      const served = await serve(settings, log);
      const signal = await stop;
      if (signal === 'SIGTERM') {
        log.info({ signal }, 'Draining: no new work is taken, and turns that run go on on their runners');
        await served.drain();
      } else {
        log.info({ signal }, 'Stopping: sessions are saved and their processes ended');
        await served.close();
      }
    });
}
