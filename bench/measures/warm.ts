/** From the request for a new session to the first piece of its answer, with an agent that waits, beside a cold start of the bare SDK. */
import { makeBare, sessionConfig } from '../harness/bare.ts';
import type { Measure } from '../harness/bench.ts';
import { reportSeries } from '../harness/figures.ts';
import { makeClient } from '../harness/http.ts';

const PROMPT = 'Say hello to the benchmark.';
const LIMITS: Record<number, number> = { 50: 150, 95: 300 };
const LOOK_MS = 50;

interface Runners {
  runners: { warm: { spares: number; hits: number; misses: number } | null }[];
}

export const warm: Measure = async ({ withServer, model, report, progress, count }) => {
  const runs = count(30, 5);
  const warmUps = 2;
  const settings = { RIGGER_WARM_SPARES: '1', RIGGER_LEASE_MS: '2000' };
  await withServer(
    'local',
    async (server) => {
      const client = makeClient(server.url);
      const bare = makeBare(model.url);
      const ms = { rigger: [] as number[], bare: [] as number[] };
      const pool = async () => (await client.call<Runners>('GET', '/api/runners')).runners[0]?.warm;
      for (let run = -warmUps; run < runs; run += 1) {
        progress(`warm ${run + 1}/${runs}`);
        const tookBare = await bare.firstToken(PROMPT);
        // The first session teaches the pool what to keep; the others find it.
        while (run > -warmUps && (await pool())?.spares !== 1)
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        const began = performance.now();
        const { id } = await client.call<{ id: string }>('POST', '/api/sessions', {
          pattern: 'ephemeral',
          config: sessionConfig,
        });
        const took = await firstPiece(server.url, id, began);
        await client.call('POST', `/api/sessions/${id}/terminate`);
        if (run < 0) continue;
        ms.rigger.push(took);
        ms.bare.push(tookBare);
      }
      reportSeries(report, 'create + message → first piece of the answer', ms, [50, 95], (p) => ({
        limit: LIMITS[p] ?? Number.NaN,
        wanted: 'at most',
        from: 'the issue',
      }));
      const { hits = 0, misses = 0 } = (await pool()) ?? {};
      report({
        name: 'sessions that found an agent waiting',
        rigger: hits,
        bare: null,
        unit: `of ${hits + misses}`,
        count: runs,
        target: null,
      });
      client.close();
      bare.close();
    },
    settings,
  );
};

/** Milliseconds from `began` until a streamed message says its first words. */
async function firstPiece(url: string, id: string, began: number): Promise<number> {
  const answer = await fetch(`${url}/api/sessions/${id}/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: PROMPT, streaming: true }),
  });
  let took = Number.NaN;
  let seen = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    seen += piece;
    if (Number.isNaN(took) && seen.includes('"content_block_delta"')) took = performance.now() - began;
  }
  return took;
}
