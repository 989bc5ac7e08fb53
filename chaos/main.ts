/** `npm run chaos`: faults of every kind while clients work, and the proof that nothing acknowledged was lost. See `--help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { runEmbedded } from './embedded.ts';
import { type ChaosOptions, readOptions, USAGE } from './options.ts';
import { asJson, asTable } from './report.ts';
import { Run } from './run.ts';
import { runServers } from './servers.ts';

let options: ChaosOptions;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (process.platform !== 'linux') {
  process.stderr.write('npm run chaos needs Linux: it looks at processes through /proc.\n');
  process.exit(2);
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    process.stderr.write('\nStopping: everything that was started is ended.\n');
    interrupted.abort();
  });

const run = new Run(options, interrupted.signal);
// A mistake of ours must not leave PostgreSQL and agents behind.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`);
  void run.cleanUp().finally(() => process.exit(1));
});
try {
  const result = await (options.embedded ? runEmbedded(run) : runServers(run));
  const { violations } = run.ledger;
  process.stdout.write(`\n${asTable(result)}\n\n`);
  if (options.json !== null) {
    mkdirSync(dirname(resolve(options.json)), { recursive: true });
    writeFileSync(options.json, asJson(result));
  }
  for (const { check, what } of violations) process.stdout.write(`VIOLATION ${check}: ${what}\n`);
  process.stdout.write(
    interrupted.signal.aborted
      ? 'Stopped before its end: this proves nothing.\n'
      : violations.length === 0
        ? 'Nothing acknowledged was lost or done twice.\n'
        : `${violations.length} violations.\n`,
  );
  process.exitCode = interrupted.signal.aborted ? 130 : violations.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`The run failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await run.cleanUp();
}
