#!/usr/bin/env node
/**
 * Working examples of Rigger's four hosting patterns. Each one drives a real server with @rigger/client, shows what its agents
 * do while they do it, and ends with what it has proved. `node session-patterns.js` lists them.
 */
import { bold, dim, line, Proof } from './lib/terminal.js';

const SERVER = process.env.RIGGER_URL || 'http://localhost:3333';

/** In the order in which `all` runs them; each module exports `run(rigger, proof, args)`. */
const EXAMPLES = {
  'bug-fix': 'ephemeral: an agent repairs a bug, and its session completes by itself',
  invoices: 'ephemeral: several one-off jobs at the same time',
  'email-monitor': 'long-running: one live process sees every message, until it is terminated',
  'site-builder': 'long-running: a page is built and changed, then a limit on idle time ends the session',
  'project-manager': 'hybrid: parked while nobody writes, back with memory and files when somebody does',
  simulation: 'single-container: a coordinator and two players in one sandbox, writing to each other',
  monitor: 'a table of the sessions and the sums over them',
  cleanup: 'ends what the examples left idle and deletes what has ended (--all: parked sessions too)',
};

function usage() {
  const width = Math.max(...Object.keys(EXAMPLES).map((name) => name.length));
  line(`${bold('Usage:')} node session-patterns.js <example>\n`);
  for (const [name, summary] of Object.entries(EXAMPLES)) line(`  ${name.padEnd(width)}  ${summary}`);
  line(`  ${'all'.padEnd(width)}  runs each of them`);
  line(`  ${'help'.padEnd(width)}  prints this`);
  line(`\nServer: ${SERVER} ${dim('(RIGGER_URL names another)')}`);
}

/** Loaded late, so that whoever has not installed it yet is told how. */
async function client() {
  try {
    return await import('@rigger/client');
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write('The client is not there yet. In this folder, run:   npm install\n');
    return process.exit(1);
  }
}

async function runOne(name, rigger, args) {
  line(`\n${bold(name)}  ${dim(EXAMPLES[name])}`);
  const { run } = await import(`./patterns/${name}.js`);
  const proof = new Proof();
  await run(rigger, proof, args);
  return proof.conclude();
}

async function main([name = 'help', ...args]) {
  if (name === 'help' || name === '--help' || name === '-h') return usage();
  if (name !== 'all' && !Object.hasOwn(EXAMPLES, name)) {
    line(`There is no example “${name}”.\n`);
    usage();
    process.exitCode = 1;
    return;
  }
  const { Rigger } = await client();
  const rigger = new Rigger({ baseUrl: SERVER, apiKey: process.env.RIGGER_API_KEY });
  const ready = await rigger.readiness();
  line(dim(`Server ${SERVER} · runner ${ready.runner.detail} · model: ${ready.upstream.detail}`));
  if (!ready.ready) line(dim(`It is not ready yet: ${JSON.stringify(ready)}`));

  const failed = [];
  for (const one of name === 'all' ? Object.keys(EXAMPLES) : [name])
    if (!(await runOne(one, rigger, args))) failed.push(one);
  if (name === 'all')
    line(
      failed.length === 0
        ? `\n${bold('All examples proved what they claim.')}`
        : `\n${bold('Not proved:')} ${failed.join(', ')}`,
    );
  if (failed.length > 0) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error) => {
  if (error.name === 'RiggerConnectionError') {
    process.stderr.write(
      `\nNo Rigger server answers at ${SERVER} (${error.reason}).\n` +
        'Start one in another terminal, in the folder of Rigger:   npm start\n' +
        'or name the address of yours:                             RIGGER_URL=http://host:port node session-patterns.js …\n',
    );
  } else if (error.name === 'RiggerApiError')
    process.stderr.write(
      `\nThe server refused: ${error.status} ${error.code}: ${error.message}. ${error.remedy ?? ''}\n`,
    );
  else process.stderr.write(`\n${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
