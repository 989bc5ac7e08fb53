/** What a crowd costs that only listens: many readers of event streams, and nothing said to them. */
import type { Bench, Measure } from '../harness/bench.ts';
import { makeClient } from '../harness/http.ts';
import { memoryMb } from '../harness/processes.ts';
import { startReaders } from '../harness/readers.ts';
import type { Server } from '../harness/server.ts';

const SESSIONS = 1_000;
const MOST_KB = 20;
const SETTLE_MS = 3_000;

export const idle: Measure = async (bench) => {
  const { withServer, progress, count } = bench;
  const clients = count(10_000, 500);
  await withServer('none', async (server) => {
    const client = makeClient(server.url);
    const ids: string[] = [];
    for (let n = 0; n < count(SESSIONS, 50); n += 1) {
      const { id } = await client.call('POST', '/api/sessions', { pattern: 'hybrid', config: {} });
      ids.push(String(id));
    }
    client.close();
    const before = { left: await memoryOf(server), kept: await memoryOf(server, 'collect') };
    const readers = startReaders();
    try {
      progress(`${clients} readers`);
      await readers.follow(server.url, ids, clients);
      const after = { left: await memoryOf(server), kept: await memoryOf(server, 'collect') };
      const { dropped } = await readers.summary();
      if (dropped > 0) throw new Error(`${dropped} of ${clients} readers were dropped.`);
      reportGrowth(bench, 'RSS', (memory) => memory.rss, clients, before, after);
      reportGrowth(bench, 'PSS', (memory) => memory.pss, clients, before, after);
    } finally {
      await readers.close();
    }
  });
};

type Memory = ReturnType<typeof memoryMb>;
interface Seen {
  /** As it stands, with whatever garbage nobody has had a reason to collect. */
  left: Memory;
  /** After a full collection. */
  kept: Memory;
}

async function memoryOf(server: Server, collect?: 'collect'): Promise<Memory> {
  if (collect !== undefined) server.collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return memoryMb([server.pid]);
}

function reportGrowth(
  { report }: Bench,
  name: string,
  of: (memory: Memory) => number,
  clients: number,
  before: Seen,
  after: Seen,
): void {
  const of1 = { bare: null, count: clients };
  report({ ...of1, name: `server before, ${name}`, rigger: of(before.kept), unit: 'MB', target: null });
  report({
    ...of1,
    name: `server with ${clients} idle readers, ${name}`,
    rigger: of(after.left),
    unit: 'MB',
    target: null,
  });
  const each = (seen: 'left' | 'kept') => ((of(after[seen]) - of(before[seen])) * 1024) / clients;
  report({
    ...of1,
    name: `one of ${clients} idle readers, ${name}`,
    rigger: each('left'),
    unit: 'KB',
    target: { limit: MOST_KB, wanted: 'at most' },
  });
  report({
    ...of1,
    name: `one of ${clients} idle readers, ${name} after a collection`,
    rigger: each('kept'),
    unit: 'KB',
    target: null,
  });
}
