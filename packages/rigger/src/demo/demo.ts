/** The demo: a server, an ephemeral session over a copy of a sample repository, and an agent that fixes its failing test. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { intro, log, note, outro } from '@clack/prompts';
import { type MessagePart, Rigger, type Session } from '@rigger/client';
import { readIsolation } from '@rigger/runner';
import { makeLog } from '@rigger/runner/log';
import { isLoopback } from '@rigger/runner/protocol';
import { chooseDriver } from '@rigger/runner/sandbox';
import { type Settings, sandboxVariables } from '@rigger/server';
import pino from 'pino';
import { serve } from '../serve.ts';
import { untilToldToStop } from '../stop-signals.ts';
import { VERSION } from '../version.ts';
import { Screen } from './screen.ts';

const SAMPLE = fileURLToPath(new URL('../../samples/buggy-cart', import.meta.url));
const PROMPT =
  'Fix the failing test in this repository. Run the tests before and after, and say in two sentences what was wrong.';

/** @returns the exit code: 0 when the sample's tests pass after the agent's work. */
export async function runDemo(asked: Settings, once: boolean): Promise<number> {
  intro(styleText('bold', 'Rigger: a hosted agent fixes a bug'));
  mkdirSync(asked.RIGGER_DATA_DIR, { recursive: true });
  const logFile = join(asked.RIGGER_DATA_DIR, 'server.log');
  const settings = { ...asked, RIGGER_SOURCE_FOLDERS: [...asked.RIGGER_SOURCE_FOLDERS, SAMPLE] };
  const stop = untilToldToStop();
  const screen = new Screen();

  screen.wait('Starting the server and its database');
  const served = await serve(
    settings,
    makeLog({
      level: asked.RIGGER_LOG_LEVEL,
      version: VERSION,
      dsn: asked.SENTRY_DSN,
      destination: pino.destination({ dest: logFile, sync: true }),
    }),
  );
  try {
    const { server, offline } = served;
    await server.runnerConnected();
    screen.clear();
    log.success(`Rigger listens on ${server.url}  ${styleText('dim', `log: ${logFile}`)}`);
    if (offline === null) log.info('The agent is Claude.');
    else
      log.warn(
        'No ANTHROPIC_API_KEY: the offline model speaks. Its words are scripted; the tools, files and processes are real.',
      );

    const fixed = await fixTheSample(server.url, settings, screen);
    if (once) {
      outro(fixed ? 'The tests pass.' : 'The tests do not pass.');
      return fixed ? 0 : 1;
    }
    log.info(
      `Its page: ${styleText('cyan', server.url)}  ${styleText('dim', `and its documents: ${server.url}/docs`)}`,
    );
    note(
      `curl -s ${server.url}/api/sessions/stats/summary\ncurl -s ${server.url}/api/sessions`,
      'It keeps serving: try, in another terminal',
    );
    log.message('Ctrl-C stops it.');
    await stop;
    return fixed ? 0 : 1;
  } finally {
    screen.wait('Stopping: sessions are saved and their processes ended');
    await served.close();
    screen.clear();
  }
}

async function fixTheSample(url: string, settings: Settings, screen: Screen): Promise<boolean> {
  const rigger = new Rigger({ baseUrl: url });
  const session = await rigger.sessions.create({
    pattern: 'ephemeral',
    config: {
      systemPrompt: { type: 'preset', preset: 'claude_code' },
      allowedTools: ['Read', 'Edit', 'Bash', 'Grep', 'Glob'],
      source: { path: SAMPLE },
      ...(process.env.RIGGER_DEMO_MODEL === undefined ? {} : { model: process.env.RIGGER_DEMO_MODEL }),
    },
    maxBudgetUsd: 2,
    maxTurns: 40,
    description: 'Fix the failing test of buggy-cart',
    tags: ['demo'],
  });
  log.step(`Created the ephemeral session ${styleText('cyan', session.id)} over a copy of samples/buggy-cart`);
  log.message(styleText('italic', PROMPT), { symbol: styleText('cyan', '›') });
  screen.wait('The agent starts');

  let last: MessagePart | null = null;
  for await (const entry of rigger.sessions.messageStream(session.id, PROMPT)) {
    screen.show(entry);
    last = entry;
  }
  screen.clear();
  if (last?.type === 'error') log.error(`The turn ended with ${last.code}: ${last.error}`);
  else if (last?.type !== 'done') log.error('The stream ended before the turn did.');

  // An ephemeral session is deleted soon after it completes: its files are copied now.
  const copy = mkdtempSync(join(tmpdir(), 'rigger-demo-'));
  try {
    const workspace = join(copy, 'workspace');
    cpSync(join(settings.RIGGER_DATA_DIR, 'sessions', session.id, 'workspace'), workspace, { recursive: true });
    log.step('What it changed');
    cpSync(SAMPLE, join(copy, 'before'), { recursive: true });
    log.message(diff(copy, 'before', 'workspace'));
    const passed = await testsPass(copy, settings);
    const after = last !== null && 'session' in last ? last.session : undefined;
    if (after !== undefined) note(summary(after, last?.type === 'done' ? last.latency : null), 'The session');
    if (passed) log.success('The sample’s tests pass now, run again in a sandbox of their own.');
    else log.error('The sample’s tests still fail.');
    return passed;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function summary(session: Session, latency: number | null): string {
  return [
    `status   ${session.status}`,
    `turns    ${session.numTurns}`,
    `cost     $${session.totalCost.toFixed(4)}`,
    `tokens   ${session.totalTokens}`,
    `tools    ${session.toolsUsed.join(', ')}`,
    `sandbox  ${session.isolation}`,
    ...(latency === null ? [] : [`time     ${(latency / 1000).toFixed(1)} s`]),
  ].join('\n');
}

function diff(cwd: string, before: string, after: string): string {
  const color = process.stdout.isTTY ? '--color=always' : '--color=never';
  const { stdout, error } = spawnSync('git', ['diff', '--no-index', '--no-prefix', color, before, after], {
    cwd,
    encoding: 'utf8',
  });
  if (error !== undefined) return '(git is not installed, so no diff is shown)';
  return stdout.trim() === ''
    ? '(nothing)'
    : stdout.replaceAll(`${before}/`, 'a/').replaceAll(`${after}/`, 'b/').trimEnd();
}

/** Runs the sample's own tests on the copy below `root`, isolated as the agent was: it is the agent's code. */
async function testsPass(root: string, settings: Settings): Promise<boolean> {
  const where = { bare: isLoopback(settings.HOST), scratch: settings.RIGGER_DATA_DIR };
  const isolation = readIsolation({ ...process.env, ...sandboxVariables(settings) }, where);
  const { driver } = await chooseDriver(isolation);
  const sandbox = await driver.open({
    sessionId: 'demo-check',
    root,
    workingDirectory: '/workspace',
    programs: { node: dirname(process.execPath) },
    env: {},
  });
  try {
    const run = sandbox.spawn(join(sandbox.programs.node!, 'node'), ['--test'], { env: {}, cwd: sandbox.cwd });
    const [code] = await Promise.all([
      new Promise<number | null>((resolve) => run.once('exit', resolve)),
      text(run.stdout),
      text(run.stderr),
    ]);
    return code === 0;
  } finally {
    await sandbox.close(1_000);
  }
}
