/** How many resident sessions fit: memory for each as there are more of them, and what it costs to hold them and to measure them. */
import type { Bench, Measure } from '../harness/bench.ts';
import { makeClient } from '../harness/http.ts';
import { agentsBelow, cpuSeconds, descendants, memoryMb } from '../harness/processes.ts';
import { residentSession } from '../harness/sessions.ts';

const MOST = 100;
const STEPS = [1, 10, 25, 50, MOST];
/** For what starts leave behind to be collected. */
const SETTLE_MS = 3_000;
const WATCHED_MS = 20_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const residents: Measure = async ({ withServer, report, progress, count }: Bench) => {
  const most = count(MOST, 10);
  const settings = { RIGGER_RUNNER_CAPACITY: String(MOST + 8), RIGGER_USAGE_INTERVAL_MS: '1000' };
  await withServer(
    'local',
    async (server) => {
      const client = makeClient(server.url);
      const runner = server.runnerPid()!;
      const figure = (name: string, value: number, unit: string, n: number) =>
        report({ name, rigger: value, bare: null, unit, count: n, target: null });
      await pause(SETTLE_MS);
      const before = memoryMb([runner]).pss;
      let resident = 0;
      for (const step of STEPS.filter((n) => n <= most)) {
        for (; resident < step; resident += 1) {
          progress(`${resident}/${step} resident`);
          const id = await residentSession(client);
          await client.call('POST', `/api/sessions/${id}/message`, { prompt: 'Hello' });
        }
        await pause(SETTLE_MS);
        const agents = agentsBelow(runner).length;
        if (agents !== resident) throw new Error(`${resident} sessions are resident, with ${agents} agent processes.`);
        const { pss, rss } = memoryMb(descendants(runner));
        figure(`${step} resident: processes of a session, PSS`, pss / step, 'MB', step);
        figure(`${step} resident: the same, RSS`, rss / step, 'MB', step);
        figure(
          `${step} resident: what the runner grew by for each`,
          (memoryMb([runner]).pss - before) / step,
          'MB',
          step,
        );
      }
      progress('at rest');
      const began = { cpu: cpuSeconds(runner), at: performance.now() };
      await pause(WATCHED_MS);
      const share = ((cpuSeconds(runner) - began.cpu) / (performance.now() - began.at)) * 100_000;
      figure(`${resident} resident, at rest, measured every second: the runner, of a core`, share, '%', resident);
      client.close();
    },
    settings,
  );
};
