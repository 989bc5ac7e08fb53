/** What memory it takes: the server idle and with many parked sessions, the runner, the embedded database, and a live session. */
import { makeBare, sessionConfig } from '../harness/bare.ts';
import type { Bench, Measure } from '../harness/bench.ts';
import type { Report, Target } from '../harness/figures.ts';
import { makeClient } from '../harness/http.ts';
import { agentsBelow, descendants, memoryMb } from '../harness/processes.ts';
import { joinAsRunner } from '../harness/scripted-runner.ts';
import { residentSession } from '../harness/sessions.ts';

const PARKED = 1_000;
const LIVE = 5;
const MOST_MB = 150;
/** For what a start or a burst of requests leaves behind to be collected. */
const SETTLE_MS = 3_000;
const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

function reportMemory(report: Report, name: string, pids: number[], target: Target | null = null): void {
  const { rss, pss } = memoryMb(pids);
  report({ name: `${name}, RSS`, rigger: rss, bare: null, unit: 'MB', count: pids.length, target });
  report({ name: `${name}, PSS`, rigger: pss, bare: null, unit: 'MB', count: pids.length, target: null });
}

export const memory: Measure = async (bench) => {
  await withParked(bench);
  await withLive(bench);
};

/** Sessions that have spoken once and were parked, on a runner that costs this server nothing but its protocol. */
async function withParked({ withServer, report, progress }: Bench): Promise<void> {
  await withServer('none', async (server) => {
    const client = makeClient(server.url);
    const runner = await joinAsRunner(server, PARKED);
    await settle();
    reportMemory(report, 'server, idle', [server.pid]);
    const park = async () => {
      const { id } = await client.call('POST', '/api/sessions', { pattern: 'hybrid', config: sessionConfig });
      await client.call('POST', `/api/sessions/${id}/message`, { prompt: 'Hello' });
      await client.call('PATCH', `/api/sessions/${id}`, { status: 'idle' });
    };
    for (let n = 0; n < PARKED; n += 20) {
      progress(`${n}/${PARKED} parked`);
      await Promise.all(Array.from({ length: 20 }, park));
    }
    await settle();
    reportMemory(report, `server, ${PARKED} parked sessions`, [server.pid], { limit: MOST_MB, wanted: 'at most' });
    await runner.close();
    client.close();
  });
}

async function withLive({ withServer, model, report, progress }: Bench): Promise<void> {
  await withServer('local', async (server) => {
    const client = makeClient(server.url);
    const runner = server.runnerPid()!;
    await settle();
    reportMemory(report, 'runner, idle', [runner]);
    if (server.databasePids().length > 0) {
      const { pss } = memoryMb(server.databasePids());
      report({
        name: 'embedded PostgreSQL, PSS of all its processes',
        rigger: pss,
        bare: null,
        unit: 'MB',
        count: server.databasePids().length,
        target: null,
      });
    }
    const runnerBefore = memoryMb([runner]).pss;
    for (let n = 0; n < LIVE; n += 1) {
      progress(`${n + 1}/${LIVE} live`);
      const id = await residentSession(client);
      await client.call('POST', `/api/sessions/${id}/message`, { prompt: 'Hello' });
    }
    await settle();
    const ofRigger = {
      all: memoryMb(descendants(runner)).pss,
      agents: agentsBelow(runner).length,
      grown: memoryMb([runner]).pss - runnerBefore,
    };
    // The binary's pages are shared between processes: the other side is measured alone.
    for (const { id } of (await client.call<{ sessions: { id: string }[] }>('GET', '/api/sessions')).sessions)
      await client.call('POST', `/api/sessions/${id}/terminate`);

    const bare = makeBare(model.url);
    const hostBefore = memoryMb([process.pid]).pss;
    const lives = Array.from({ length: LIVE }, () => bare.live());
    for (const live of lives) await live.turn('Hello');
    await settle();
    const ofBare = { all: memoryMb(agentsBelow(process.pid)).pss, grown: memoryMb([process.pid]).pss - hostBefore };
    for (const live of lives) await live.close();
    bare.close();
    if (ofRigger.agents !== LIVE)
      throw new Error(`${LIVE} sessions were live, with ${ofRigger.agents} agent processes.`);
    report({
      name: `a live session: its processes, PSS of ${LIVE} divided`,
      rigger: ofRigger.all / LIVE,
      bare: ofBare.all / LIVE,
      unit: 'MB',
      count: LIVE,
      target: null,
    });
    report({
      name: `a live session: what its host process grew by`,
      rigger: ofRigger.grown / LIVE,
      bare: ofBare.grown / LIVE,
      unit: 'MB',
      count: LIVE,
      target: null,
    });
    client.close();
  });
}
