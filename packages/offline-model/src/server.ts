import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from './api/errors.ts';
import { modelInfo, modelList } from './api/models.ts';
import { countTokensRequest, parseRequest } from './api/request.ts';
import { FaultCounter } from './fault-counter.ts';
import { apiHeaders, newId, readJson, requireKey, sendError, sendJson } from './http.ts';
import { handleMessages, type Theatre } from './messages.ts';
import { builtInDir, checkScenarios, loadScenarioDir } from './scenario/load.ts';
import type { ScenarioInput } from './scenario/schema.ts';
import { CallLedger, type CallRecord, type Totals } from './usage/ledger.ts';
import { countInputTokens, PromptCache } from './usage/prompt-cache.ts';

export interface OfflineModelOptions {
  /** TCP port, 0 (default) for any free one. */
  port?: number;
  /** Address to listen on. Default 127.0.0.1: there is no real authentication. */
  host?: string;
  /** Folders of `*.json` scenarios, asked in this order before the built-in ones. */
  scenarioDirs?: string[];
  /** Scenarios in code, asked before any file. */
  scenarios?: ScenarioInput[];
  /** Called once per call of `/v1/messages` when it has ended. */
  log?: (entry: CallRecord) => void;
}

export interface OfflineModel {
  /** For `ANTHROPIC_BASE_URL`, e.g. `http://127.0.0.1:41234`. */
  url: string;
  port: number;
  /** The last 1000 calls of `/v1/messages`, oldest first. */
  calls(): CallRecord[];
  /** Sums over all calls since the start. */
  totals(): Totals;
  /** Stops listening and cuts open answers. Resolves when the port is free; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a Messages API with scripted words.
 * @throws ScenarioError when a scenario is wrong (file and path in the message), or the listen error (`EADDRINUSE` …)
 */
export async function startOfflineModel(options: OfflineModelOptions = {}): Promise<OfflineModel> {
  const { port = 0, host = '127.0.0.1', log } = options;
  const files = await Promise.all([...(options.scenarioDirs ?? []), builtInDir].map(loadScenarioDir));
  const theatre: Theatre = {
    scenarios: [...checkScenarios(options.scenarios ?? []), ...files.flat()],
    ledger: new CallLedger(),
    cache: new PromptCache(),
    faults: new FaultCounter(),
  };
  const server = createServer((request, response) => void answer(theatre, request, response, log));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    calls: () => theatre.ledger.calls(),
    totals: () => theatre.ledger.totals(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  theatre: Theatre,
  request: IncomingMessage,
  response: ServerResponse,
  log: OfflineModelOptions['log'],
): Promise<void> {
  const requestId = newId('req');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const path = new URL(request.url ?? '/', 'http://offline').pathname;
  const isCall = request.method === 'POST' && path === '/v1/messages';
  const record = emptyRecord(requestId);
  try {
    if (isCall) {
      requireKey(request);
      await handleMessages(theatre, request, response, record, gone.signal);
    } else await route(request, response, path, requestId);
  } catch (thrown) {
    fail(theatre, response, record, isCall, thrown, gone.signal);
  }
  if (isCall) log?.(structuredClone(record));
}

async function route(request: IncomingMessage, response: ServerResponse, path: string, requestId: string) {
  const headers = apiHeaders(requestId, new Date());
  const send = (body: object) => sendJson(response, 200, headers, body);
  // Before its first call the CLI asks whether somebody is there (HEAD / or /api/hello), without a key.
  if (request.method === 'HEAD') return void response.writeHead(200, headers).end();
  if (request.method === 'GET' && path === '/') return send({ service: 'rigger offline model' });
  requireKey(request);
  if (request.method === 'POST' && path === '/v1/messages/count_tokens') {
    const body = await readJson(request);
    parseRequest(countTokensRequest, body);
    return send({ input_tokens: countInputTokens(body) });
  }
  if (request.method === 'GET' && path === '/v1/models') return send(modelList());
  const id = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
  if (request.method === 'GET' && id) return send(modelInfo(decodeURIComponent(id)));
  throw new ApiError(404, 'not_found_error', `${request.method} ${path} is not served by the offline model`);
}

function fail(
  theatre: Theatre,
  response: ServerResponse,
  record: CallRecord,
  isCall: boolean,
  thrown: unknown,
  signal: AbortSignal,
): void {
  const error =
    thrown instanceof ApiError
      ? thrown
      : new ApiError(500, 'api_error', `offline model: ${(thrown as Error).message}`, { cause: thrown });
  if (isCall) {
    const opened = theatre.ledger.has(record);
    if (!signal.aborted && !response.headersSent) record.status = error.status;
    if (!opened) theatre.ledger.open(record);
    theatre.ledger.settle(record, signal.aborted ? 'aborted' : 'error', 0);
  }
  if (signal.aborted || response.headersSent) response.destroy();
  else sendError(response, error, record.requestId, new Date());
}

function emptyRecord(requestId: string): CallRecord {
  return {
    at: new Date().toISOString(),
    requestId,
    model: '',
    stream: false,
    status: 0,
    outcome: 'open',
    scenario: null,
    step: null,
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 },
  };
}
