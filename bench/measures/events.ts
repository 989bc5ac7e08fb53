/** How many events in a second come into the database, by the way they really come: batches of a runner, each answered once committed. */
import type { Item } from '@rigger/runner/protocol';
import type { Measure } from '../harness/bench.ts';
import { countRows } from '../harness/database.ts';
import { makeClient } from '../harness/http.ts';
import { assistantEvent } from '../harness/items.ts';
import { cpuSeconds } from '../harness/processes.ts';
import { type HeldSession, joinAsRunner } from '../harness/scripted-runner.ts';
import { mean } from '../harness/statistics.ts';

const WANTED_PER_SECOND = 20_000;
const BATCHES = [1, 50, 500];
const SESSIONS = [1, 20];

export const events: Measure = async ({ withServer, report, progress, count }) => {
  const seconds = count(6, 2);
  await withServer('none', async (server) => {
    const client = makeClient(server.url);
    const runner = await joinAsRunner(server, 100);
    const ids: string[] = [];
    for (let n = 0; n < Math.max(...SESSIONS); n += 1) {
      const { id } = await client.call('POST', '/api/sessions', { pattern: 'long-running', config: {} });
      ids.push(String(id));
    }
    const held = await Promise.all(ids.map((id) => runner.held(id)));
    const before = await countRows(server.connection, 'session_events');
    let sent = 0;
    const run = async (sessions: HeldSession[], items: Item[], ms: number) => {
      let committed = 0;
      const acks: number[] = [];
      const began = performance.now();
      const cpu = cpuSeconds(server.pid);
      await Promise.all(
        sessions.map(async (session) => {
          while (performance.now() - began < ms) {
            const at = performance.now();
            await runner.commit(session, items);
            acks.push(performance.now() - at);
            committed += items.length;
          }
        }),
      );
      sent += committed;
      const elapsed = (performance.now() - began) / 1_000;
      return {
        perSecond: committed / elapsed,
        committed,
        ackMs: mean(acks),
        busy: (cpuSeconds(server.pid) - cpu) / elapsed,
      };
    };
    await run(
      held,
      Array.from({ length: 20 }, () => assistantEvent()),
      1_000,
    );
    for (const sessions of SESSIONS)
      for (const batch of BATCHES) {
        progress(`${sessions} sessions, batches of ${batch}`);
        const result = await run(
          held.slice(0, sessions),
          Array.from({ length: batch }, () => assistantEvent()),
          seconds * 1_000,
        );
        report({
          name: `${sessions} session${sessions === 1 ? '' : 's'}, batches of ${batch} (ack ${result.ackMs.toFixed(1)} ms, server ${Math.round(result.busy * 100)} % of a core)`,
          rigger: result.perSecond,
          bare: null,
          unit: 'events/s',
          count: result.committed,
          target: batch === Math.max(...BATCHES) ? { limit: WANTED_PER_SECOND, wanted: 'at least' } : null,
        });
      }
    const rows = (await countRows(server.connection, 'session_events')) - before;
    if (rows !== sent) throw new Error(`${sent} events were acknowledged, ${rows} rows are in the table.`);
    report({
      name: 'bytes of JSON in one such event',
      rigger: JSON.stringify(assistantEvent().data).length,
      bare: null,
      unit: 'B',
      count: 1,
      target: null,
    });
    await runner.close();
    client.close();
  });
};
