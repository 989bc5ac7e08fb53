/** What every measure gets. */

import type { Report } from './figures.ts';
import type { Model } from './model.ts';
import type { BenchOptions } from './options.ts';
import { type Server, startServer } from './server.ts';

export interface Bench {
  options: BenchOptions;
  model: Model;
  report: Report;
  /** A line on stderr that the next one replaces. */
  progress(text: string): void;
  /** How many: the first for a claim, the second for `--quick`. */
  count(full: number, quick: number): number;
  /** Runs `work` against a server of its own, which is stopped afterwards whatever happens. */
  withServer<T>(
    runner: 'local' | 'none',
    work: (server: Server) => Promise<T>,
    settings?: Record<string, string>,
  ): Promise<T>;
}

export type Measure = (bench: Bench) => Promise<void>;

export function makeBench(
  options: BenchOptions,
  model: Model,
  report: Report,
  progress: (text: string) => void,
): Bench {
  return {
    options,
    model,
    report,
    progress,
    count: (full, quick) => (options.quick ? quick : full),
    async withServer(runner, work, settings = {}) {
      const { checkout, databaseUrl, isolation } = options;
      progress('starting a server');
      const server = await startServer({
        checkout,
        databaseUrl,
        isolation,
        modelUrl: model.url,
        localRunner: runner === 'local',
        settings,
      });
      try {
        return await work(server);
      } finally {
        await server.stop();
      }
    },
  };
}
