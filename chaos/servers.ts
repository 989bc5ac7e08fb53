/** The mode with many servers: clients at work, one fault after the other, then everything is judged. */
import { setTimeout as pause } from 'node:timers/promises';
import { Api } from './api.ts';
import { Client } from './client.ts';
import { DRAIN_LIMIT_MS, strike } from './faults.ts';
import { type Fault, type FaultKind, inWords, KINDS, planFaults } from './plan.ts';
import { makeRandom } from './random.ts';
import type { Result } from './report.ts';
import { DRAIN_PATIENCE_MS, type Run } from './run.ts';
import { openSql } from './sql.ts';
import { judgeAll } from './verify.ts';
import { watchForTwins } from './watch.ts';
import { LEASE_MS, SWEEP_MS, startWorld, type World } from './world.ts';

/** No fault takes less in all, so no more than this can come. */
const SHORTEST_FAULT_MS = 1_500;
const WARM_UP_MS = 4_000;

export async function runServers(run: Run): Promise<Result> {
  const { options, ledger } = run;
  const { seed, minutes } = options;
  const random = makeRandom(`servers/${seed}`);
  run.say(
    `seed ${seed}, ${minutes} minutes, ${options.servers} servers, ${options.runners} runners, ${options.clients} clients`,
  );
  run.say(`lease ${LEASE_MS} ms, sweep every ${SWEEP_MS} ms, a server may take ${DRAIN_LIMIT_MS} ms to end`);
  const world = await startWorld(
    options,
    run.folder,
    run.logs,
    (how) => ledger.violate('process ended', how),
    run.undo,
  );
  run.say(`PostgreSQL ${world.postgres.version} on port ${world.postgres.port}`);

  const kinds = (Object.keys(KINDS) as FaultKind[]).filter((kind) => kind !== 'disk full' || world.smallDisk !== null);
  if (world.smallDisk === null) run.say(`skipped: “disk full”, for there is no small disk: ${world.noSmallDisk}`);
  const plan = planFaults(random.named('faults'), kinds, Math.ceil((minutes * 60_000) / SHORTEST_FAULT_MS));
  run.say(`the plan, as far as it will come:\n${plan.map((fault, n) => `  ${n + 1}. ${inWords(fault)}`).join('\n')}`);

  const { port, user, database } = world.postgres;
  const { sql, close } = openSql(() => ({ host: '127.0.0.1', port, user, database, ssl: false }));
  run.undo.push(close);
  const over = new AbortController();
  run.undo.push(() => over.abort());
  run.interrupted.addEventListener('abort', () => over.abort(), { once: true });
  const stopWatching = watchForTwins(ledger, world.runners);
  run.undo.push(stopWatching);

  run.begin();
  const endsAt = Date.now() + minutes * 60_000;
  let injecting = true;
  const clients = Array.from({ length: options.clients }, (_, n) => {
    const own = random.named(`client${n + 1}`);
    return new Client({
      api: new Api(world.ports, own.named('servers'), over.signal),
      sql,
      ledger,
      random: own,
      name: `c${n + 1}`,
      goOn: () => injecting && !run.interrupted.aborted,
      over: over.signal,
      patienceMs: DRAIN_PATIENCE_MS,
    }).run();
  });
  await pause(WARM_UP_MS, undefined, { signal: run.interrupted }).catch(() => {});
  await injectAll(run, world, plan, endsAt);
  injecting = false;
  run.say('no more faults: what is under way is finished');
  await drain(run, clients, over);
  const seconds = run.elapsedMs / 1_000;

  if (!run.interrupted.aborted) await judgeAll(sql, ledger);
  run.judgeProgress(seconds);
  const twins = stopWatching();
  await close();
  await world.stop();
  await run.judgeLeftovers();
  const programs = [...world.servers, ...world.runners];
  return {
    mode: 'servers',
    seed,
    about: {
      minutes,
      servers: options.servers,
      runners: options.runners,
      clients: options.clients,
      postgres: world.postgres.version,
      leaseMs: LEASE_MS,
      sweepMs: SWEEP_MS,
      smallDisk: world.smallDisk === null ? `none: ${world.noSmallDisk}` : 'runner1',
      looksAtProcesses: twins.samples,
      longestOnTwoRunnersMs: twins.longestMs,
    },
    faults: run.faults,
    ledger,
    seconds,
    errors: Object.fromEntries(programs.map((program) => [program.name, Object.fromEntries(program.errors)])),
  };
}

/** One after the other, each once a turn has succeeded after the one before. */
async function injectAll(run: Run, world: World, plan: Fault[], endsAt: number): Promise<void> {
  for (const [index, fault] of plan.entries()) {
    if (Date.now() + fault.pauseMs >= endsAt || run.interrupted.aborted) return;
    await pause(fault.pauseMs, undefined, { signal: run.interrupted }).catch(() => {});
    if (run.interrupted.aborted) return;
    const name = `${index + 1}. ${inWords(fault)}`;
    run.say(`fault ${name}`);
    const injected = run.note(fault.kind);
    const struck = await strike(world, fault);
    injected.whom = struck.whom;
    injected.drainMs = struck.drainMs ?? null;
    run.say(`      ${name}: was ${struck.whom}`);
    if (struck.violation !== undefined) run.ledger.violate('drain', struck.violation);
    await run.untilWell(name);
  }
}

async function drain(run: Run, clients: Promise<void>[], over: AbortController): Promise<void> {
  const done = Promise.all(clients).then(() => 'done');
  const stop = new AbortController();
  const late = pause(DRAIN_PATIENCE_MS, 'late', { signal: stop.signal }).catch(() => 'stopped');
  if ((await Promise.race([done, late])) === 'late') {
    for (const { turn, marker } of run.ledger.pending)
      run.ledger.violate(
        'stuck',
        `${turn} (${marker}) has not ended ${DRAIN_PATIENCE_MS / 1_000} s after the last fault`,
      );
    for (const session of run.ledger.sessions.values())
      if (session.state === 'open')
        run.ledger.violate('stuck', `${session.id} (${session.pattern}) could not be finished`);
  }
  stop.abort();
  over.abort();
  await done;
}
