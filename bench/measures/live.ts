/** One more message of a session whose process is up, beside one more prompt of a live bare `query()`. */
import { makeBare } from '../harness/bare.ts';
import type { Bench, Measure } from '../harness/bench.ts';
import { reportSeries } from '../harness/figures.ts';
import { type LoggedEvent, makeClient, wholeLog } from '../harness/http.ts';
import type { ModelCall } from '../harness/model-process.ts';
import { residentSession } from '../harness/sessions.ts';
import { mean, percentile } from '../harness/statistics.ts';

const MORE_THAN_BARE_MS = 8;

interface Answer {
  turn: { id: string; startedAt: string; finishedAt: string; createdAt: string };
}
/** Milliseconds since the epoch. */
interface Sample {
  asked: number;
  answered: number;
  call: ModelCall | undefined;
}
const clock = () => performance.timeOrigin + performance.now();

export const live: Measure = async (bench) => {
  const { withServer, model, report, progress, count } = bench;
  const turns = count(150, 30);
  const warmUps = 5;
  await withServer('local', async (server) => {
    const client = makeClient(server.url);
    const bareSdk = makeBare(model.url);
    const bare = bareSdk.live();
    const id = await residentSession(client);
    const samples = { rigger: [] as (Sample & { turn: Answer['turn'] })[], bare: [] as Sample[] };
    for (let n = -warmUps; n < turns; n += 1) {
      progress(`live ${n + 1}/${turns}`);
      const prompt = `Say that you heard number ${n}.`;
      model.takeCalls();
      const bareAsked = clock();
      await bare.turn(prompt);
      const bareAnswered = clock();
      const [bareCall] = model.takeCalls();
      const asked = clock();
      const { turn } = await client.call<Answer>('POST', `/api/sessions/${id}/message`, { prompt });
      const answered = clock();
      const [call] = model.takeCalls();
      if (n < 0) continue;
      samples.bare.push({ asked: bareAsked, answered: bareAnswered, call: bareCall });
      samples.rigger.push({ asked, answered, call, turn });
    }
    const took = (all: Sample[]) => all.map((sample) => sample.answered - sample.asked);
    const ms = { rigger: took(samples.rigger), bare: took(samples.bare) };
    const bareP50 = percentile(ms.bare, 50);
    reportSeries(report, 'message → result', ms, [50, 95], (p) =>
      p === 50
        ? { limit: bareP50 + MORE_THAN_BARE_MS, wanted: 'at most', from: `bare + ${MORE_THAN_BARE_MS} ms` }
        : null,
    );
    reportParts(bench, samples, await wholeLog(client, id));
    await bare.close();
    bareSdk.close();
    client.close();
  });
};

/** Where the time goes, by clocks that are there anyway: the log's times, the model's, and the client's own. Means of whole ms. */
function reportParts(
  { report }: Bench,
  samples: { rigger: (Sample & { turn: Answer['turn'] })[]; bare: Sample[] },
  events: LoggedEvent[],
): void {
  const resultAt = new Map(
    events.filter((event) => event.data.type === 'result').map((event) => [event.turnId, Date.parse(event.at)]),
  );
  const parts: [string, (sample: Sample & { turn: Answer['turn'] }) => number, ((sample: Sample) => number) | null][] =
    [
      ['ask → turn locked in the database', (s) => Date.parse(s.turn.createdAt) - s.asked, null],
      ['→ runner has the turn', (s) => Date.parse(s.turn.startedAt) - Date.parse(s.turn.createdAt), null],
      ['→ the model is called', (s) => s.call!.began - Date.parse(s.turn.startedAt), (s) => s.call!.began - s.asked],
      ['→ the model has answered', (s) => s.call!.ended - s.call!.began, (s) => s.call!.ended - s.call!.began],
      ['→ runner has the result', (s) => resultAt.get(s.turn.id)! - s.call!.ended, (s) => s.answered - s.call!.ended],
      ['→ turn’s end locked in the database', (s) => Date.parse(s.turn.finishedAt) - resultAt.get(s.turn.id)!, null],
      ['→ client has the answer', (s) => s.answered - Date.parse(s.turn.finishedAt), null],
    ];
  const rigger = samples.rigger.filter((sample) => sample.call !== undefined && resultAt.has(sample.turn.id));
  const bare = samples.bare.filter((sample) => sample.call !== undefined);
  for (const [name, ofRigger, ofBare] of parts)
    report({
      name: `mean part: ${name}`,
      rigger: mean(rigger.map(ofRigger)),
      bare: ofBare === null ? null : mean(bare.map(ofBare)),
      unit: 'ms',
      count: rigger.length,
      target: null,
    });
}
