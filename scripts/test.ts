/**
 * The one test command, exactly what CI runs: format, lint, types, dependency rules, generated files, and every test on
 * the embedded PostgreSQL; those that use the database once more on the machine's own. What the machine cannot run is
 * listed at the end with the reason; with RIGGER_TEST_REQUIRE=all it counts as failed.
 *
 * `npm test -- --only types,vitest` runs some of it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineLacks, startTestEngine, type TestEngine } from './test/docker.ts';
import { clusterLacks, startTestCluster } from './test/kubernetes.ts';
import { machineLacks } from './test/machine.ts';
import { startMachinePostgres } from './test/machine-postgres.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const requireAll = process.env.RIGGER_TEST_REQUIRE === 'all';
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]?.split(',') : undefined;
const scratch = mkdtempSync(join(tmpdir(), 'rigger-npm-test-'));

interface Outcome {
  passed: number;
  failed: string[];
  skipped: string[];
}
const total: Outcome = { passed: 0, failed: [], skipped: [] };
const took: [string, number][] = [];

function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function step(name: string, title: string, work: () => Promise<Outcome>): Promise<void> {
  if (only !== undefined && !only.includes(name)) return;
  console.log(`\n── ${title}`);
  const began = performance.now();
  const outcome = await work();
  took.push([title, (performance.now() - began) / 1000]);
  total.passed += outcome.passed;
  total.failed.push(...outcome.failed);
  total.skipped.push(...outcome.skipped);
}

/** A check that is one thing: it holds or it does not. */
const check = (name: string, command: string, args: string[]) => async (): Promise<Outcome> =>
  (await run(command, args)) === 0
    ? { passed: 1, failed: [], skipped: [] }
    : { passed: 0, failed: [name], skipped: [] };

interface Report {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

async function vitest(label: string, paths: string[], env: Record<string, string>): Promise<Outcome> {
  const file = join(scratch, `${label}.json`);
  const code = await run(
    'vitest',
    ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`, ...paths],
    env,
  );
  const outcome: Outcome = { passed: 0, failed: [], skipped: [] };
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { ...outcome, failed: [`${label}: vitest ended with ${code} and no report`] };
  }
  for (const suite of report.testResults) {
    const where = suite.name.replace(root, '');
    if (suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'))
      outcome.failed.push(`${label}: ${where}: ${suite.message}`);
    for (const test of suite.assertionResults) {
      const name = `${label}: ${where}: ${test.fullName}`;
      if (test.status === 'passed') outcome.passed += 1;
      else if (test.status === 'failed') outcome.failed.push(name);
      else outcome.skipped.push(name);
    }
  }
  if (code !== 0 && outcome.failed.length === 0) outcome.failed.push(`${label}: vitest ended with ${code}`);
  return outcome;
}

const lacks = await machineLacks();
await step('lint', 'Format and lint', check('format and lint', 'biome', ['check', '--error-on-warnings', '.']));
await step('types', 'Types', check('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']));
await step('types', 'Types of the page', check('types of the page', 'tsc', ['--noEmit', '-p', 'packages/dashboard']));
await step('rules', 'Dependency rules', check('dependency rules', 'depcruise', ['--output-type', 'err', 'packages']));
await step(
  'generated',
  'Generated files',
  check('generated files', process.execPath, ['scripts/generate.ts', '--check']),
);
await step(
  'page',
  'The page',
  check('the page', process.execPath, ['packages/dashboard/build/when-stale.ts', '--strict']),
);
/** Those of containers are skipped where there is no engine for them. */
let engine: TestEngine | null = null;
if (engineLacks() === null && (only === undefined || only.includes('vitest') || only.includes('postgres'))) {
  console.log('\n── A container engine and an image for tests');
  engine = await startTestEngine(join(scratch, 'docker')).catch((error: Error) => {
    lacks.push({ what: `no container engine could be started (${error.message})`, mend: 'see scripts/test/docker.ts' });
    return null;
  });
}
await step('vitest', 'Tests, on the embedded PostgreSQL', () =>
  vitest('embedded', ['--exclude', 'chaos/**', '--exclude', 'test/kubernetes/**'], { ...engine?.env }),
);
await step('postgres', 'Tests that use the database, on the machine’s PostgreSQL', async () => {
  const postgres = await startMachinePostgres(join(scratch, 'postgres'));
  if (postgres === null)
    return { passed: 0, failed: [], skipped: ['every test that uses the database, on the machine’s PostgreSQL'] };
  try {
    console.log(`PostgreSQL ${postgres.version}`);
    return await vitest(`PostgreSQL ${postgres.version}`, ['packages/server/src/store', 'packages/rigger/test'], {
      RIGGER_TEST_POSTGRES: postgres.url,
      ...engine?.env,
    });
  } finally {
    await postgres.stop();
  }
});
await engine?.stop();
// By its name alone for now: on a busy machine the cluster takes longer than the rest of this has patience for.
if (only?.includes('kubernetes'))
  await step('kubernetes', 'Rigger on a Kubernetes cluster, the short form', async () => {
    const what = ['every test on a Kubernetes cluster'];
    if (clusterLacks() !== null) return { passed: 0, failed: [], skipped: what };
    const cluster = await startTestCluster((text) => console.log(text)).catch((error: Error) => {
      lacks.push({ what: `no cluster could be started (${error.message})`, mend: 'see scripts/test/kubernetes.ts' });
      return null;
    });
    if (cluster === null) return { passed: 0, failed: [], skipped: what };
    try {
      return await vitest('kubernetes', ['test/kubernetes/'], cluster.env);
    } finally {
      await cluster.stop();
    }
  });
// Alone: it measures how soon the whole gets over a fault, and needs the machine for itself.
await step('chaos', 'A short run of the fault harness', () => vitest('chaos', ['chaos'], {}));
rmSync(scratch, { recursive: true, force: true });

console.log('\n── In all');
for (const [title, seconds] of took) console.log(`${seconds.toFixed(1).padStart(7)} s  ${title}`);
for (const name of total.failed) console.log(`FAILED   ${name}`);
if (total.skipped.length > 0) {
  console.log(
    `\nSkipped ${total.skipped.length}${requireAll ? ', and RIGGER_TEST_REQUIRE=all makes that a failure' : ''}:`,
  );
  for (const { what, mend } of lacks) console.log(`  because ${what}: ${mend}`);
  for (const name of total.skipped) console.log(`  - ${name}`);
} else console.log('\nNothing was skipped.');
const failed = total.failed.length + (requireAll ? total.skipped.length : 0);
console.log(
  `\n${total.passed} passed, ${failed} failed${requireAll || total.skipped.length === 0 ? '' : `, ${total.skipped.length} skipped`}`,
);
process.exitCode = failed === 0 ? 0 : 1;
