import { readFileSync } from 'node:fs';
import { makeLog } from './log/log.ts';
import { readRunnerSettings, startRunner } from './main.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const settings = readRunnerSettings(process.env);
const log = makeLog({ level: settings.RIGGER_LOG_LEVEL, version, dsn: process.env.SENTRY_DSN });
const runner = await startRunner(settings, log, version);
const stop = () => void runner.stop().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
await runner.ended;
process.exit(0);
