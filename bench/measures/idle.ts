/** What a crowd costs that only listens: many readers of event streams, and nothing said to them. */
import type { Bench, Measure } from '../harness/bench.ts';
import { makeClient } from '../harness/http.ts';
import { memoryMb } from '../harness/processes.ts';
import { startReaders } from '../harness/readers.ts';
import type { Server } from '../harness/server.ts';
import type { Wire } from '../harness/sse-clients.ts';

const SESSIONS = 1_000;
const MOST_KB = 20;
const SETTLE_MS = 3_000;

export const idle: Measure = async (bench) => {
  await crowd(bench, 'sse', 'readers');
  await crowd(bench, 'websocket', 'readers by WebSocket');
};

async function crowd(bench: Bench, wire: Wire, name: string): Promise<void> {
  const { withServer, progress, report, count } = bench;
  const clients = count(10_000, 500);
  await withServer('none', async (server) => {
    const client = makeClient(server.url);
    const ids: string[] = [];
    for (let n = 0; n < count(SESSIONS, 50); n += 1) {
      const { id } = await client.call('POST', '/api/sessions', { pattern: 'hybrid', config: {} });
      ids.push(String(id));
    }
    client.close();
    const before = await look(server);
    const readers = startReaders();
    try {
      progress(`${clients} ${name}`);
      await readers.follow(server.url, ids, clients, wire);
      const after = await look(server);
      const { dropped } = await readers.summary();
      if (dropped > 0) throw new Error(`${dropped} of ${clients} were dropped.`);
      for (const kind of ['rss', 'pss'] as const) {
        const figure = { bare: null, count: clients };
        const kb = (when: 'asItStands' | 'collected') => ((after[when][kind] - before[when][kind]) * 1024) / clients;
        const one = `one of ${clients} idle ${name}, ${kind.toUpperCase()}`;
        const all = { rigger: after.asItStands[kind], unit: 'MB', target: null };
        report({ ...figure, ...all, name: `server with ${clients} idle ${name}, ${kind.toUpperCase()}` });
        const target = wire === 'sse' ? ({ limit: MOST_KB, wanted: 'at most' } as const) : null;
        report({ ...figure, name: one, rigger: kb('asItStands'), unit: 'KB', target });
        report({ ...figure, name: `${one} after a collection`, rigger: kb('collected'), unit: 'KB', target: null });
      }
    } finally {
      await readers.close();
    }
  });
}

/** With whatever garbage nobody has had a reason to collect, and without. */
async function look(server: Server) {
  const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await settle();
  const asItStands = memoryMb([server.pid]);
  server.collectGarbage();
  await settle();
  return { asItStands, collected: memoryMb([server.pid]) };
}
