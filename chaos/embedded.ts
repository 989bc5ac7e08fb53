/** The mode with an embedded database: one server with all that belongs to it in one folder, killed again and again. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { Api } from './api.ts';
import { Client } from './client.ts';
import { freePort } from './ports.ts';
import { Program } from './programs.ts';
import { makeRandom, type Random } from './random.ts';
import type { Result } from './report.ts';
import { DRAIN_PATIENCE_MS, type Run } from './run.ts';
import { openSql, type Sql } from './sql.ts';
import { judgeAll, judgeLogs } from './verify.ts';
import { LEASE_MS, STOP_PATIENCE_MS, SWEEP_MS, startModel } from './world.ts';

const BIN = fileURLToPath(new URL('../packages/rigger/src/bin.ts', import.meta.url));
const CLIENTS = 4;
const WARM_UP_MS = 3_000;
const REFUSAL_PATIENCE_MS = 30_000;
const VICTIMS = ['server', 'runner', 'postmaster'] as const;
type Victim = (typeof VICTIMS)[number];

export async function runEmbedded(run: Run): Promise<Result> {
  const { options, ledger } = run;
  const { seed, times } = options;
  const random = makeRandom(`embedded/${seed}`);
  const plan = Array.from({ length: times }, () => subset(random));
  run.say(`seed ${seed}, ${times} times; lease ${LEASE_MS} ms, sweep every ${SWEEP_MS} ms, ${CLIENTS} clients`);
  run.say(`the plan: ${plan.map((victims, n) => `${n + 1}. ${victims.join(' + ')}`).join(', ')}`);

  const dataDir = join(run.folder, 'data');
  mkdirSync(dataDir);
  const model = await startModel(run.logs, (how) => ledger.violate('process ended', how));
  run.undo.push(() => model.program.end('SIGINT', STOP_PATIENCE_MS));
  const port = await freePort();
  const env = {
    ...model.env,
    RIGGER_DATA_DIR: dataDir,
    RIGGER_LEASE_MS: String(LEASE_MS),
    RIGGER_SWEEP_INTERVAL_MS: String(SWEEP_MS),
    RIGGER_EPHEMERAL_RETENTION_MS: '3600000',
    RIGGER_ISOLATION: options.isolation,
  };
  const server = new Program({
    name: 'server',
    args: ['serve'],
    env: { ...env, PORT: String(port) },
    upWhen: 'Rigger is listening',
    logs: run.logs,
    onUnexpectedEnd: (how) => ledger.violate('process ended', how),
  });
  run.undo.push(() => server.end('SIGKILL', STOP_PATIENCE_MS));
  await server.start();

  const { sql, close } = openSql(() => connectionOf(dataDir));
  run.undo.push(close);
  const over = new AbortController();
  run.undo.push(() => over.abort());
  run.interrupted.addEventListener('abort', () => over.abort(), { once: true });

  run.begin();
  let killing = true;
  const clients = Array.from({ length: CLIENTS }, (_, n) => {
    const own = random.named(`client${n + 1}`);
    const api = new Api([port], own.named('servers'), over.signal);
    const goOn = () => killing && !run.interrupted.aborted;
    const name = `c${n + 1}`;
    return new Client({
      api,
      sql,
      ledger,
      random: own,
      name,
      goOn,
      over: over.signal,
      patienceMs: DRAIN_PATIENCE_MS,
    }).run();
  });
  await pause(WARM_UP_MS, undefined, { signal: run.interrupted }).catch(() => {});
  const pauses = random.named('pauses');
  for (const [index, victims] of plan.entries()) {
    if (index === Math.floor(times / 2)) await refusesSecondServer(run, env, await freePort());
    await pause(pauses.int(300, 2_500), undefined, { signal: run.interrupted }).catch(() => {});
    if (run.interrupted.aborted) break;
    const name = `${index + 1}. ${victims.join(' + ')} killed`;
    const injected = run.note(`${victims.join(' + ')} killed`);
    injected.whom = await kill(victims, server, dataDir);
    run.say(`fault ${name} (${injected.whom})`);
    if (!server.running) {
      const began = Date.now();
      await server.start();
      run.say(`      the server was up again after ${Date.now() - began} ms`);
    }
    await run.untilWell(name);
    await nothingLost(run, sql);
  }
  killing = false;
  run.say('no more kills: what is under way is finished');
  await Promise.all(clients);
  over.abort();
  const seconds = run.elapsedMs / 1_000;
  if (!run.interrupted.aborted) await judgeAll(sql, ledger);
  run.judgeProgress(seconds);
  await close();
  await server.end('SIGINT', STOP_PATIENCE_MS);
  await model.program.end('SIGINT', STOP_PATIENCE_MS);
  await run.judgeLeftovers();
  return {
    mode: 'embedded',
    seed,
    about: { times, clients: CLIENTS, leaseMs: LEASE_MS, sweepMs: SWEEP_MS },
    faults: run.faults,
    ledger,
    seconds,
    errors: { server: Object.fromEntries(server.errors) },
  };
}

/** All of them as often as not, else some. */
function subset(random: Random): Victim[] {
  if (random.chance(0.5)) return [...VICTIMS];
  const some = VICTIMS.filter(() => random.chance(0.5));
  return some.length > 0 ? some : [random.pick(VICTIMS)];
}

/** PostgreSQL's own note of itself: pid, folder, start, port, folder of the socket. */
const noteOf = (dataDir: string): string[] =>
  readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n');

function connectionOf(dataDir: string): pg.ClientConfig {
  const [, , , port, host] = noteOf(dataDir);
  return { host: host ?? '', port: Number(port), user: 'rigger', database: 'rigger', ssl: false };
}

/** kill -9, as nearly at once as one process can. @returns whom, in words */
async function kill(victims: readonly Victim[], server: Program, dataDir: string): Promise<string> {
  const pids: [Victim, number][] = [];
  for (const victim of victims) {
    try {
      if (victim === 'runner')
        pids.push([victim, Number(readFileSync(join(dataDir, 'runner.pid'), 'utf8').split(' ')[0])]);
      if (victim === 'postmaster') pids.push([victim, Number(noteOf(dataDir)[0])]);
    } catch {
      // It is being started again since the last time.
    }
  }
  const killed: string[] = [];
  const ended = victims.includes('server') ? server.end('SIGKILL', 0) : null;
  for (const [victim, pid] of pids) {
    try {
      process.kill(pid, 'SIGKILL');
      killed.push(`${victim} ${pid}`);
    } catch {
      killed.push(`${victim} was not there`);
    }
  }
  await ended;
  return [...(ended === null ? [] : ['server']), ...killed].join(', ');
}

/** Every acknowledged session and turn is there, and every log is whole. */
async function nothingLost(run: Run, sql: Sql): Promise<void> {
  const { ledger } = run;
  const open = [...ledger.sessions.values()].filter((session) => session.state !== 'deleted');
  const turns = open.flatMap(({ messages }) => messages.flatMap(({ turn }) => (turn === null ? [] : [turn])));
  const ids = open.map((session) => session.id);
  const missing = await sql<{ id: string }>(
    `SELECT id FROM unnest($1::text[]) AS known(id) WHERE NOT EXISTS (SELECT FROM agent_sessions s WHERE s.id = known.id)
     UNION ALL SELECT id FROM unnest($2::text[]) AS known(id) WHERE NOT EXISTS (SELECT FROM session_turns t WHERE t.id = known.id)`,
    [ids, turns],
  );
  for (const { id } of missing) {
    // One that its client has deleted since is not lost.
    const owner = open.find((session) => session.id === id || session.messages.some(({ turn }) => turn === id));
    if (owner?.state === 'deleted') continue;
    ledger.violate(id.startsWith('turn_') ? 'lost message' : 'lost session', `${id} was acknowledged and is not there`);
  }
  await judgeLogs(sql, ledger);
}

/** Two servers on one embedded database would each think that it is alone. */
async function refusesSecondServer(run: Run, env: Record<string, string>, port: number): Promise<void> {
  const child = spawn(process.execPath, [BIN, 'serve'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += String(piece)));
  const late = setTimeout(() => child.kill('SIGKILL'), REFUSAL_PATIENCE_MS);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(late);
  const clear = said.includes('Another Rigger server is using the data folder');
  run.say(`a second server on the same folder ended with ${code}: ${clear ? 'it said why' : said.slice(-500)}`);
  if (code === 0 || code === null || !clear)
    run.ledger.violate('second server', `on the same data folder it ended with ${code} and said: ${said.slice(-500)}`);
}
