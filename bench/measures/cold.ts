/** From nothing to an answer: a new session and its first message, beside one `query()` of the bare SDK. */
import { makeBare, sessionConfig } from '../harness/bare.ts';
import type { Measure } from '../harness/bench.ts';
import { reportSeries } from '../harness/figures.ts';
import { makeClient } from '../harness/http.ts';

const PROMPT = 'Say hello to the benchmark.';
const MOST_OF_BARE = 1.15;

export const cold: Measure = async ({ withServer, model, report, progress, count }) => {
  const runs = count(30, 6);
  const warmUps = 2;
  await withServer('local', async (server) => {
    const client = makeClient(server.url);
    const bare = makeBare(model.url);
    const ms = { whole: [] as number[], message: [] as number[], bare: [] as number[] };
    for (let run = -warmUps; run < runs; run += 1) {
      progress(`cold ${run + 1}/${runs}`);
      const took = await bare.cold(PROMPT);
      const began = performance.now();
      const { id } = await client.call('POST', '/api/sessions', { pattern: 'ephemeral', config: sessionConfig });
      const created = performance.now();
      await client.call('POST', `/api/sessions/${id}/message`, { prompt: PROMPT });
      const answered = performance.now();
      // Answered once its processes are gone: the next run must not share the processor with their end.
      await client.call('POST', `/api/sessions/${id}/terminate`);
      if (run < 0) continue;
      ms.bare.push(took);
      ms.whole.push(answered - began);
      ms.message.push(answered - created);
    }
    const target = (_: number, bareMs: number | null) => ({
      limit: MOST_OF_BARE * (bareMs ?? Number.NaN),
      wanted: 'at most' as const,
      from: `${MOST_OF_BARE} × bare`,
    });
    reportSeries(report, 'create + message → result', { rigger: ms.whole, bare: ms.bare }, [50, 95], target);
    reportSeries(report, 'message alone → result', { rigger: ms.message, bare: ms.bare }, [50, 95]);
    client.close();
    bare.close();
  });
};
