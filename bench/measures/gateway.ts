/**
 * What the gateway adds to a model call: the same calls to the model itself and through the gateway, one after the other and
 * many at once, and what a call costs that is refused for want of money.
 */
import http from 'node:http';
import { GATEWAY_PREFIX, SESSION_TOKEN_HEADER } from '@rigger/runner/protocol';
import type { Bench, Measure } from '../harness/bench.ts';
import { reportSeries, type Target } from '../harness/figures.ts';
import { type Client, makeClient } from '../harness/http.ts';
import { joinAsRunner, type ScriptedRunner } from '../harness/scripted-runner.ts';

const STREAMS = 200;
const SESSIONS = 40;
const CHUNKS = 100;
const CHUNK_MS = 50;
const SPREAD_MS = 4_000;
/** As much as an agent sends with its first message. */
const SYSTEM = 'You are an agent that is measured. '.repeat(1_500);

interface Took {
  status: number;
  firstByteMs: number;
  wholeMs: number;
}
type Call = (step: object) => Promise<Took>;

const above = (bare: number | null, ms: number): Target | null =>
  bare === null ? null : { limit: bare + ms, wanted: 'at most', from: `bare + ${ms} ms` };

const bodyOf = (step: object): string =>
  JSON.stringify({
    model: 'claude-sonnet-4-5',
    max_tokens: 1_000,
    stream: true,
    system: SYSTEM,
    messages: [{ role: 'user', content: `\`\`\`offline\n${JSON.stringify([step])}\n\`\`\`` }],
  });

function caller(url: string, path: string, token: string | null): { call: Call; close(): void } {
  const agent = new http.Agent({ keepAlive: true });
  const headers = {
    'content-type': 'application/json',
    'x-api-key': 'bench',
    'anthropic-version': '2023-06-01',
    ...(token === null ? {} : { [SESSION_TOKEN_HEADER]: token }),
  };
  return {
    close: () => agent.destroy(),
    call: (step) =>
      new Promise((resolve, reject) => {
        const body = bodyOf(step);
        const began = performance.now();
        const request = http.request(new URL(path, url), { method: 'POST', agent, headers }, (response) => {
          let firstByteMs = Number.NaN;
          response.on('data', () => {
            if (Number.isNaN(firstByteMs)) firstByteMs = performance.now() - began;
          });
          response.once('error', reject);
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, firstByteMs, wholeMs: performance.now() - began }),
          );
        });
        request.once('error', reject);
        request.end(body);
      }),
  };
}

async function tokenFor(client: Client, runner: ScriptedRunner, more: object): Promise<string> {
  const { id } = await client.call('POST', '/api/sessions', { pattern: 'long-running', config: {}, ...more });
  return (await runner.held(String(id))).token;
}

export const gateway: Measure = (bench) =>
  bench.withServer('none', async (server) => {
    const client = makeClient(server.url);
    const runner = await joinAsRunner(server, 2 * SESSIONS);
    const through = (token: string) => caller(server.url, `${GATEWAY_PREFIX}/v1/messages`, token);
    const direct = caller(bench.model.url, '/v1/messages', null);
    const free = through(await tokenFor(client, runner, {}));
    const limited = through(await tokenFor(client, runner, { maxBudgetUsd: 100_000 }));
    try {
      await oneByOne(bench, direct.call, { 'without a budget': free.call, 'with a budget': limited.call });
      const sessions: { call: Call; close(): void }[] = [];
      while (sessions.length < SESSIONS)
        sessions.push(through(await tokenFor(client, runner, { maxBudgetUsd: 100_000 })));
      await atOnce(
        bench,
        [direct.call],
        sessions.map((one) => one.call),
      );
      for (const one of sessions) one.close();
      await client.call('PUT', '/api/budgets', { scope: 'user', userId: 'broke', period: 'total', limitUsd: 0 });
      const broke = through(await tokenFor(client, runner, { userId: 'broke' }));
      await refusals(bench, broke.call);
      broke.close();
    } finally {
      for (const one of [direct, free, limited]) one.close();
      await runner.close();
      client.close();
    }
  });

async function oneByOne(
  { count, progress, report }: Bench,
  direct: Call,
  through: Record<string, Call>,
): Promise<void> {
  const times = count(300, 30);
  const step = { text: 'hello '.repeat(20), chunkDelayMs: 5 };
  for (const [name, call] of Object.entries(through)) {
    progress(`calls one by one, ${name}`);
    const took: Record<'rigger' | 'bare', number[]> = { rigger: [], bare: [] };
    for (let n = -20; n < times; n += 1) {
      const bare = await direct(step);
      const rigger = await call(step);
      if (rigger.status !== 200) throw new Error(`The gateway answered ${rigger.status}.`);
      if (n < 0) continue;
      took.bare.push(bare.firstByteMs);
      took.rigger.push(rigger.firstByteMs);
    }
    reportSeries(report, `call → first byte, ${name}`, took, [50, 99], (p, bare) => (p === 50 ? above(bare, 3) : null));
  }
}

async function atOnce({ count, progress, report }: Bench, direct: Call[], through: Call[]): Promise<void> {
  const streams = count(STREAMS, 20);
  const step = { text: 'x'.repeat(24 * CHUNKS), chunkDelayMs: CHUNK_MS };
  const all = async (calls: Call[]) => {
    const took = await Promise.all(
      Array.from({ length: streams }, async (_, n) => {
        // One after the other: how they begin together is another question than how they run together.
        await new Promise((resolve) => setTimeout(resolve, (n * SPREAD_MS) / streams));
        return calls[n % calls.length]!(step);
      }),
    );
    const bad = took.find((one) => one.status !== 200);
    if (bad !== undefined) throw new Error(`One of ${streams} streams was answered ${bad.status}.`);
    return took;
  };
  await all(through);
  progress(`${streams} streams at once, direct`);
  const bare = await all(direct);
  progress(`${streams} streams at once of ${SESSIONS} sessions, through the gateway`);
  const rigger = await all(through);
  for (const [name, member] of [
    ['first byte', 'firstByteMs'],
    ['end', 'wholeMs'],
  ] as const) {
    const took = { rigger: rigger.map((one) => one[member]), bare: bare.map((one) => one[member]) };
    const target = (p: number, direct: number | null) => (p === 99 ? above(direct, 50) : null);
    reportSeries(report, `${streams} streams of ${SESSIONS} sessions at once: call → ${name}`, took, [50, 99], target);
  }
}

async function refusals({ count, progress, report }: Bench, call: Call): Promise<void> {
  progress('refusals');
  const took: number[] = [];
  const times = count(200, 20);
  for (let n = -20; n < times; n += 1) {
    const { status, wholeMs } = await call({ text: 'never said' });
    if (status !== 402) throw new Error(`A call without money was answered ${status}.`);
    if (n >= 0) took.push(wholeMs);
  }
  const refused = { rigger: took, bare: null };
  reportSeries(report, 'a call that there is no money for → refused', refused, [50, 99], (p) =>
    p === 50 ? { limit: 5, wanted: 'at most' } : null,
  );
}
