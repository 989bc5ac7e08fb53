/** A message to a parked session until its result, with history and files, beside a cold start of the bare SDK. */
import { makeBare, sessionConfig } from '../harness/bare.ts';
import type { Measure } from '../harness/bench.ts';
import { reportSeries } from '../harness/figures.ts';
import { makeClient } from '../harness/http.ts';

const PROMPT = 'Say hello to the benchmark.';
const MOST_OF_BARE = 1.2;

export const resume: Measure = async ({ withServer, model, report, progress, count }) => {
  const runs = count(30, 6);
  const warmUps = 2;
  await withServer('local', async (server) => {
    const client = makeClient(server.url);
    const bare = makeBare(model.url);
    const ms = { rigger: [] as number[], bare: [] as number[] };
    const { id } = await client.call<{ id: string }>('POST', '/api/sessions', {
      pattern: 'hybrid',
      config: sessionConfig,
    });
    await client.call('POST', `/api/sessions/${id}/message`, { prompt: PROMPT });
    for (let run = -warmUps; run < runs; run += 1) {
      progress(`resume ${run + 1}/${runs}`);
      const { seq } = await parked(server.url, id, () =>
        client.call('PATCH', `/api/sessions/${id}`, { status: 'idle' }),
      );
      const tookBare = await bare.cold(PROMPT);
      const began = performance.now();
      await client.call('POST', `/api/sessions/${id}/message`, { prompt: PROMPT });
      const took = performance.now() - began;
      const { events } = await client.call<{ events: { type: string; data: { resumed?: boolean } }[] }>(
        'GET',
        `/api/sessions/${id}/events?after=${seq}`,
      );
      if (events.find((event) => event.type === 'agent.started')?.data.resumed !== true)
        throw new Error('It was not brought back with its history.');
      if (run < 0) continue;
      ms.rigger.push(took);
      ms.bare.push(tookBare);
    }
    reportSeries(report, 'message to a parked session → result', ms, [50, 95], (p, bareMs) =>
      p === 50
        ? { limit: MOST_OF_BARE * (bareMs ?? Number.NaN), wanted: 'at most', from: `${MOST_OF_BARE} × bare` }
        : null,
    );
    client.close();
    bare.close();
  });
};

/** Parks a session and waits until it is saved: until its log says so. */
async function parked(url: string, id: string, park: () => Promise<unknown>): Promise<{ seq: number }> {
  const client = makeClient(url);
  const { lastEventSeq } = await client.call<{ lastEventSeq: number }>('GET', `/api/sessions/${id}`);
  const saved = Promise.withResolvers<{ seq: number }>();
  const stop = await client.follow(id, lastEventSeq, (event) => {
    if (event.seq !== undefined && /^snapshot\.(taken|failed)$/.test(event.type)) saved.resolve({ seq: event.seq });
  });
  await park();
  const at = await saved.promise;
  stop();
  client.close();
  return at;
}
