import { readFileSync } from 'node:fs';
import pino from 'pino';
import { readRunnerSettings, startRunner } from './main.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const settings = readRunnerSettings(process.env);
const log = pino({ level: settings.RIGGER_LOG_LEVEL });
const runner = await startRunner(settings, log, version);
const stop = () => void runner.stop().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
await runner.ended;
process.exit(0);
