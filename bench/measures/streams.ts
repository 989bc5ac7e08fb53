/**
 * From an event to its readers. The time of the commit itself is not to be seen from outside: what is measured begins when
 * the runner sends the event, so the commit is in it, and is the upper bound of what the target speaks of.
 */
import type { Bench, Measure } from '../harness/bench.ts';
import { makeClient } from '../harness/http.ts';
import { assistantEvent } from '../harness/items.ts';
import { memoryMb } from '../harness/processes.ts';
import { type Readers, startReaders } from '../harness/readers.ts';
import { type HeldSession, joinAsRunner, type ScriptedRunner } from '../harness/scripted-runner.ts';
import { percentile } from '../harness/statistics.ts';

const SESSIONS = 20;
const MOST_MS = 100;
const MOST_KB = 20;

export const streams: Measure = async (bench) => {
  const { withServer, report, progress, count } = bench;
  const clients = count(1_000, 100);
  await withServer('none', async (server) => {
    const client = makeClient(server.url);
    const runner = await joinAsRunner(server, 100);
    const ids: string[] = [];
    for (let n = 0; n < SESSIONS + 1; n += 1) {
      const { id } = await client.call('POST', '/api/sessions', { pattern: 'long-running', config: {} });
      ids.push(String(id));
    }
    const held = await Promise.all(ids.map((id) => runner.held(id)));
    const [crowded, ...spread] = [held[0]!, ...held.slice(1)];
    const readers = startReaders();
    try {
      progress(`${clients} readers`);
      const before = memoryMb([server.pid]).rss;
      await readers.follow(server.url, ids.slice(1), clients);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      report({
        name: `memory of one idle reader (RSS, ${clients} of them)`,
        rigger: ((memoryMb([server.pid]).rss - before) * 1024) / clients,
        bare: null,
        unit: 'KB',
        count: clients,
        target: { limit: MOST_KB, wanted: 'at most' },
      });
      await paced(bench, runner, readers, spread, `${clients} readers of ${SESSIONS} sessions`, clients / SESSIONS);
    } finally {
      await readers.close();
    }
    const together = startReaders();
    try {
      await together.follow(server.url, ids.slice(0, 1), clients);
      await paced(bench, runner, together, [crowded], `${clients} readers of one session`, clients);
    } finally {
      await together.close();
    }
    await runner.close();
    client.close();
  });
};

/** Twenty events a second in all, each to `readersEach` readers. */
async function paced(
  { report, progress, count }: Bench,
  runner: ScriptedRunner,
  readers: Readers,
  sessions: HeldSession[],
  name: string,
  readersEach: number,
): Promise<void> {
  progress(name);
  const now = () => Number(process.hrtime.bigint()) / 1e6;
  const everyMs = readersEach > 200 ? 200 : 50;
  const events = Math.round((count(15, 4) * 1_000) / everyMs);
  const acks: number[] = [];
  const send = async (n: number) => {
    const began = now();
    await runner.commit(sessions[n % sessions.length]!, [assistantEvent({ sentAt: began })]);
    acks.push(now() - began);
  };
  const warmUps = 20;
  for (let n = 0; n < warmUps; n += 1) await send(n);
  await received(readers, warmUps * readersEach);
  await readers.reset();
  acks.length = 0;
  const began = now();
  const sent: Promise<void>[] = [];
  for (let n = 0; n < events; n += 1) {
    const wait = began + n * everyMs - now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(send(n));
  }
  await Promise.all(sent);
  const summary = await received(readers, events * readersEach);
  const rate = `${Math.round((1_000 / everyMs) * readersEach)} deliveries/s`;
  report({
    name: `${name}, ${rate}: sent → client, p50`,
    rigger: summary.p50,
    bare: null,
    unit: 'ms',
    count: summary.received,
    target: null,
  });
  report({
    name: `${name}, ${rate}: sent → client, p99`,
    rigger: summary.p99,
    bare: null,
    unit: 'ms',
    count: summary.received,
    target: { limit: MOST_MS, wanted: 'at most' },
  });
  report({
    name: `${name}: sent → acknowledged, p50`,
    rigger: percentile(acks, 50),
    bare: null,
    unit: 'ms',
    count: acks.length,
    target: null,
  });
}

/** Waits until so many deliveries have come. @throws Error when others come, or they do not come in five seconds. */
async function received(readers: Readers, expected: number) {
  let summary = await readers.summary();
  for (let tries = 0; summary.received < expected && tries < 50; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    summary = await readers.summary();
  }
  if (summary.received === expected) return summary;
  throw new Error(
    `${expected} deliveries were due, ${summary.received} came; ${summary.dropped} readers were dropped.`,
  );
}
