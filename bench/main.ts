/** `npm run bench`: Rigger measured beside the bare SDK, in one run, on this machine. See `--help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clusterLacks } from '../scripts/test/kubernetes.ts';
import { type Measure, makeBench } from './harness/bench.ts';
import type { Figure } from './harness/figures.ts';
import { describeMachine, load } from './harness/machine.ts';
import { startModel } from './harness/model.ts';
import { readOptions, USAGE } from './harness/options.ts';
import { asTable } from './harness/table.ts';
import { cold } from './measures/cold.ts';
import { creates } from './measures/creates.ts';
import { events } from './measures/events.ts';
import { faults } from './measures/faults.ts';
import { gateway } from './measures/gateway.ts';
import { idle } from './measures/idle.ts';
import { kubernetes } from './measures/kubernetes.ts';
import { live } from './measures/live.ts';
import { memory } from './measures/memory.ts';
import { million } from './measures/million.ts';
import { residents } from './measures/residents.ts';
import { resume } from './measures/resume.ts';
import { snapshots } from './measures/snapshots.ts';
import { streams } from './measures/streams.ts';
import { warm } from './measures/warm.ts';

const MEASURES: Record<string, Measure> = {
  cold,
  warm,
  live,
  resume,
  snapshots,
  gateway,
  memory,
  residents,
  events,
  creates,
  million,
  streams,
  idle,
  faults,
  kubernetes,
};

const options = readOptions(process.argv.slice(2));
if (options.help) {
  process.stdout.write(`${USAGE}  measures: ${Object.keys(MEASURES).join(', ')}\n`);
  process.exit(0);
}
/** What needs a cluster is measured when it is asked for, or where there can be one. */
const chosen = options.only ?? Object.keys(MEASURES).filter((name) => name !== 'kubernetes' || clusterLacks() === null);
const unknown = chosen.filter((name) => !(name in MEASURES));
if (unknown.length > 0) {
  process.stderr.write(`There is no measure ${unknown.join(', ')}; there are ${Object.keys(MEASURES).join(', ')}.\n`);
  process.exit(2);
}

const began = new Date();
const loadBefore = load();
const figures: Figure[] = [];
const failures: { measure: string; error: string }[] = [];
const progress = (text: string) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : '');
const model = await startModel();
try {
  for (const name of chosen) {
    if (!process.stderr.isTTY) process.stderr.write(`${new Date().toISOString()} ${name}\n`);
    const report = (figure: Omit<Figure, 'measure'>) => void figures.push({ measure: name, ...figure });
    await MEASURES[name]!(makeBench(options, model, report, (text) => progress(`${name}: ${text}`))).catch(
      (error: unknown) => {
        failures.push({
          measure: name,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      },
    );
  }
} finally {
  progress('');
  await model.close();
}

const machine = describeMachine(options.checkout);
const file =
  options.json ?? join(import.meta.dirname, 'results', `${began.toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(
  file,
  `${JSON.stringify({ at: began, seconds: (Date.now() - began.getTime()) / 1_000, loadBefore, machine, options, figures, failures }, null, 2)}\n`,
);
process.stdout.write(
  `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}${machine.changedFiles > 0 ? ` with ${machine.changedFiles} files changed` : ''}; ` +
    `database ${options.databaseUrl === null ? 'embedded' : 'external'}, isolation ${options.isolation}; load before the run ${loadBefore.toFixed(2)}${options.quick ? '; QUICK' : ''}\n\n${asTable(figures)}\n\n${file}\n`,
);
for (const { measure, error } of failures) process.stderr.write(`${measure} FAILED: ${error}\n`);
process.exit(failures.length > 0 ? 1 : 0);
