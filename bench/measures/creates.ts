/** How many sessions can be made in a second, by one client and by many at once. */
import type { Measure } from '../harness/bench.ts';
import { countRows } from '../harness/database.ts';
import { reportSeries } from '../harness/figures.ts';
import { RawConnection } from '../harness/raw-connection.ts';

const WANTED_PER_SECOND = 1_000;

export const creates: Measure = async ({ withServer, report, progress, count }) => {
  const seconds = count(8, 2);
  await withServer('none', async (server) => {
    const open = (n: number) =>
      Promise.all(
        Array.from({ length: n }, () =>
          RawConnection.open(server.url, 'POST', '/api/sessions', { pattern: 'hybrid', config: {} }),
        ),
      );
    let made = 0;
    const run = async (connections: RawConnection[], ms: number): Promise<{ took: number[]; perSecond: number }> => {
      const took: number[] = [];
      const began = performance.now();
      await Promise.all(
        connections.map(async (connection) => {
          while (performance.now() - began < ms) {
            const asked = performance.now();
            const status = await connection.send();
            if (status !== 201) throw new Error(`POST /api/sessions was answered ${status}`);
            took.push(performance.now() - asked);
          }
        }),
      );
      made += took.length;
      return { took, perSecond: (took.length / (performance.now() - began)) * 1_000 };
    };
    const warm = await open(16);
    await run(warm, 1_000);
    for (const connection of warm) connection.close();
    for (const clients of [1, 16, 64]) {
      progress(`${clients} connections`);
      const connections = await open(clients);
      const { took, perSecond } = await run(connections, seconds * 1_000);
      for (const connection of connections) connection.close();
      report({
        name: `${clients} connections`,
        rigger: perSecond,
        bare: null,
        unit: 'creates/s',
        count: took.length,
        target: clients === 1 ? null : { limit: WANTED_PER_SECOND, wanted: 'at least' },
      });
      reportSeries(report, `${clients} connections`, { rigger: took, bare: null }, [50, 99]);
    }
    const rows = await countRows(server.connection, 'agent_sessions');
    if (rows !== made) throw new Error(`${made} creates were answered, ${rows} rows are in the table.`);
  });
};
