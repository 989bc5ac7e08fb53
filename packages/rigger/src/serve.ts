/** A server with all that it needs on one machine: its model endpoint, its database, its runner. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OfflineModel, startOfflineModel } from '@rigger/offline-model';
import { type RunningServer, readUpstreams, type Settings, startServer } from '@rigger/server';
import type { Logger } from 'pino';
import { VERSION } from './version.ts';

export interface Served {
  server: RunningServer;
  /** The offline model, when no provider is configured. */
  offline: OfflineModel | null;
  /** Goes away so that another server, or the next one here, takes over: turns go on running on their runners. */
  drain(): Promise<void>;
  /** Ends everything that was started here. */
  close(): Promise<void>;
}

const ANTHROPIC_API = 'https://api.anthropic.com';

/** Starts everything that `settings` ask for. With neither a key nor an endpoint, the offline model speaks. */
export async function serve(settings: Settings, log: Logger): Promise<Served> {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl, RIGGER_UPSTREAMS: file } = settings;
  const several = file === undefined ? null : readUpstreams(file, process.env);
  const offline = several === null && apiKey === undefined && baseUrl === undefined ? await startOfflineModel() : null;
  if (offline !== null)
    log.warn(
      'No ANTHROPIC_API_KEY and no ANTHROPIC_BASE_URL: the OFFLINE MODEL speaks. Its words are scripted; tools, files and processes are real.',
    );
  try {
    const server = await startServer({
      settings,
      log,
      version: VERSION,
      page: dirname(fileURLToPath(import.meta.resolve('@rigger/dashboard/page'))),
      upstreams: several ?? [
        {
          name: offline === null ? 'default' : 'offline',
          baseUrl: offline?.url ?? baseUrl ?? ANTHROPIC_API,
          apiKey: offline === null ? apiKey : 'offline',
          description: offline === null ? (baseUrl ?? ANTHROPIC_API) : 'the offline model: its words are scripted',
          weight: 1,
          concurrency: settings.RIGGER_UPSTREAM_CONCURRENCY,
        },
      ],
      // That an allowed tool does not ask is what allowedTools is for: the SDK need not warn of it.
      runnerCommand: [
        process.execPath,
        '--disable-warning=CLAUDE_SDK_CAN_USE_TOOL_SHADOWED',
        fileURLToPath(import.meta.resolve('@rigger/runner/bin')),
      ],
    });
    return {
      server,
      offline,
      async drain() {
        await server.drain();
        await offline?.close();
      },
      async close() {
        await server.close();
        await offline?.close();
      },
    };
  } catch (error) {
    await offline?.close();
    throw error;
  }
}
