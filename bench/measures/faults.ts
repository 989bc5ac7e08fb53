/** Stopping a turn, ending a session, and coming back after `kill -9` of the agent's process or of the runner. */
import { makeBare } from '../harness/bare.ts';
import type { Bench, Measure } from '../harness/bench.ts';
import { reportSeries } from '../harness/figures.ts';
import { type Client, makeClient } from '../harness/http.ts';
import { agentsBelow } from '../harness/processes.ts';
import type { Server } from '../harness/server.ts';
import { SILENT_PROMPT, type SilentTurn, silentTurn } from '../harness/sessions.ts';

export const faults: Measure = async (bench) => {
  const { withServer, model, report, progress, count } = bench;
  const runs = count(10, 3);
  await withServer('local', async (server) => {
    const client = makeClient(server.url);
    const bareSdk = makeBare(model.url);
    const ms = {
      interrupt: [] as number[],
      bareInterrupt: [] as number[],
      terminate: [] as number[],
      killed: [] as number[],
    };
    for (let run = 0; run < runs; run += 1) {
      progress(`interrupt and terminate ${run + 1}/${runs}`);
      const bare = bareSdk.live();
      await bare.turn('Hello');
      const silent = bare.begin(SILENT_PROMPT);
      await silent.streaming;
      const bareBegan = performance.now();
      await bare.interrupt();
      await silent.over;
      ms.bareInterrupt.push(performance.now() - bareBegan);
      await bare.close();

      const running = await silentTurn(client);
      const began = performance.now();
      await client.call('POST', `/api/sessions/${running.id}/interrupt`);
      await running.until((event) => event.type === 'turn.finished');
      ms.interrupt.push(performance.now() - began);
      await running.speakAgain();
      const terminated = performance.now();
      await client.call('POST', `/api/sessions/${running.id}/terminate`);
      ms.terminate.push(performance.now() - terminated);
      running.stop();
    }
    for (let run = 0; run < runs; run += 1) {
      progress(`kill -9 of the agent's process ${run + 1}/${runs}`);
      const running = await silentTurn(client);
      const [agent, ...others] = agentsBelow(server.runnerPid()!);
      if (agent === undefined || others.length > 0)
        throw new Error(`One agent process was to run, not ${others.length + 1}.`);
      ms.killed.push(await killAndWait(running, agent));
      await end(client, running);
    }
    reportSeries(
      report,
      'interrupt → turn.finished (bare: → result)',
      { rigger: ms.interrupt, bare: ms.bareInterrupt },
      [50],
    );
    reportSeries(report, 'terminate, turn running → all processes gone', { rigger: ms.terminate, bare: null }, [50]);
    reportSeries(
      report,
      'kill -9 of the agent’s process → its turn started again',
      { rigger: ms.killed, bare: null },
      [50, 99],
    );
    await killRunners(bench, server, client);
    bareSdk.close();
    client.close();
  });
};

async function killRunners({ report, progress, count }: Bench, server: Server, client: Client): Promise<void> {
  const ms: number[] = [];
  const runs = count(5, 2);
  for (let run = 0; run < runs; run += 1) {
    progress(`kill -9 of the runner ${run + 1}/${runs}`);
    const running = await silentTurn(client);
    ms.push(await killAndWait(running, server.runnerPid()!));
    await end(client, running);
  }
  reportSeries(report, 'kill -9 of the runner → its turn started again', { rigger: ms, bare: null }, [50, 99]);
}

async function killAndWait(running: SilentTurn, pid: number): Promise<number> {
  const began = performance.now();
  process.kill(pid, 'SIGKILL');
  await running.until((event) => event.type === 'turn.started' && event.data.attempt === 2);
  return performance.now() - began;
}

async function end(client: Client, running: SilentTurn): Promise<void> {
  await client.call('POST', `/api/sessions/${running.id}/terminate`);
  running.stop();
}
