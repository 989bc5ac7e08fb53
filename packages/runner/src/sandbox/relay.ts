/**
 * The model relay: the one way out of a sandbox. An HTTP server on the session's Unix socket that passes every request on to
 * the server's gateway with the session's token, bodies streaming both ways.
 *
 * While the server is away (refused, or gone before it answered) a request is held and tried again, so that an agent sees a
 * restart of the server as a slow call; the CLI's own backoff would add up to 16 s. What has been read of the request's body
 * is kept for that until an answer begins. After that a break is passed on, as half an answer cannot be taken back.
 */
import { once } from 'node:events';
import { chmodSync, chownSync, rmSync, statSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream';
import { GATEWAY_PREFIX, SESSION_TOKEN_HEADER } from '../protocol/routes.ts';

const RETRY_MS = 250;
const HOLD_MS = 120_000;
/** Twice what the Messages API takes. */
const LARGEST_BODY = 64 * 1024 * 1024;
/** Belong to one connection, not to the message (RFC 9110, 7.6.1); `host` is the upstream's own. */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade host expect'.split(
    ' ',
  ),
);

export interface RelayRequest {
  method: string;
  path: string;
  /** The upstream's, or the relay's own 400, 413 or 502. */
  status: number;
  /** How often the server was tried, and the milliseconds from the request to the first byte of the answer. */
  attempts: number;
  ms: number;
}

export interface RelayOptions {
  socketPath: string;
  /** Asked before each attempt, since it changes when the runner reconnects. */
  serverUrl: () => string;
  /** Asked with each request, for a sandbox may be made before its session. */
  token: () => string;
  /** How long a request waits for a server that is away; 120 s by default. */
  holdMs?: number;
  log: (message: string, fields: Record<string, unknown>) => void;
  onRequest?: (info: RelayRequest) => void;
}

export interface Relay {
  /** Breaks off what is under way and removes the socket. */
  close(): Promise<void>;
}

/**
 * Listens on the session's socket. The socket goes to the owner of its folder, mode 0600: in a sandbox that is the uid
 * agents run as. Rejects when the socket cannot be made.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 256 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 256 }),
  };
  const server = http.createServer(
    { noDelay: true, requestTimeout: 0, keepAliveTimeout: 65_000 },
    (request, response) => forward(request, response, options, agents),
  );
  rmSync(options.socketPath, { force: true });
  server.listen(options.socketPath);
  await once(server, 'listening');
  chmodSync(options.socketPath, 0o600);
  const folder = statSync(dirname(options.socketPath));
  if (process.getuid!() === 0) chownSync(options.socketPath, folder.uid, folder.gid);
  return {
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      agents['http:'].destroy();
      agents['https:'].destroy();
      rmSync(options.socketPath, { force: true });
    },
  };
}

/**
 * Where a request goes, or undefined for one that would leave the gateway: `/../api/sessions` is a path like any other to
 * HTTP, and the server's router would take the dots out.
 */
export function gatewayUrl(serverUrl: string, path: string): URL | undefined {
  const base = `${serverUrl.replace(/\/+$/, '')}${GATEWAY_PREFIX}`;
  if (!path.startsWith('/') || !URL.canParse(base + path)) return undefined;
  const url = new URL(base + path);
  const gateway = new URL(`${base}/`);
  // Encoded slashes and backslashes would be a matter of who decodes them; no model API has any.
  if (/%2f|%5c|\\/i.test(url.pathname) || url.origin !== gateway.origin) return undefined;
  return url.pathname.startsWith(gateway.pathname) ? url : undefined;
}

type Agents = Record<'http:' | 'https:', http.Agent>;

function forward(request: IncomingMessage, response: ServerResponse, options: RelayOptions, agents: Agents): void {
  const started = performance.now();
  const { holdMs = HOLD_MS, log, onRequest } = options;
  const { method = 'GET', url: path = '/' } = request;
  const headers = passedOn(request.rawHeaders);
  let body: Buffer[] = [];
  let size = 0;
  let complete = false;
  let attempts = 0;
  let upstream: http.ClientRequest | undefined;
  let retry: NodeJS.Timeout | undefined;

  const answer = (status: number) =>
    onRequest?.({ method, path, status, attempts, ms: Math.round(performance.now() - started) });

  const refuse = (status: number, type: string, message: string) => {
    clearTimeout(retry);
    upstream?.destroy();
    if (response.headersSent || response.destroyed) return;
    answer(status);
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ type: 'error', error: { type, message } }));
    request.resume();
  };

  request.on('data', (chunk: Buffer) => {
    if (response.headersSent) {
      upstream?.write(chunk);
      return;
    }
    size += chunk.length;
    if (size > LARGEST_BODY) return refuse(413, 'request_too_large', 'The request is larger than 64 MiB.');
    body.push(chunk);
    upstream?.write(chunk);
  });
  request.on('end', () => {
    complete = true;
    upstream?.end();
  });
  request.on('error', () => {});
  response.on('error', () => {});
  response.on('close', () => {
    clearTimeout(retry);
    if (!response.writableFinished) upstream?.destroy();
  });

  const attempt = () => {
    const url = gatewayUrl(options.serverUrl(), path);
    if (!url) return refuse(400, 'invalid_request_error', 'Not a path of the model gateway.');
    attempts += 1;
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const call = (protocol === 'https:' ? https : http).request(url, {
      method,
      agent: agents[protocol],
      headers: [...headers, 'host', url.host, SESSION_TOKEN_HEADER, options.token()],
    });
    upstream = call;
    call.setNoDelay(true);
    call.on('response', (incoming) => {
      body = [];
      const status = incoming.statusCode ?? 502;
      answer(status);
      response.writeHead(status, passedOn(incoming.rawHeaders));
      response.flushHeaders();
      // On a break upstream the pipeline destroys the response: the agent sees a cut connection, not a clean end.
      pipeline(incoming, response, () => {});
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (upstream !== call || response.headersSent || response.destroyed) return;
      upstream = undefined;
      const waited = performance.now() - started;
      if (waited >= holdMs) {
        log('gateway unreachable, giving up', { path, attempts, error: error.message });
        return refuse(502, 'api_error', 'The model gateway cannot be reached.');
      }
      if (attempts === 1) log('gateway unreachable, holding the request', { path, error: error.message });
      // A kept connection that the server closed meanwhile says nothing about the server.
      const pause = call.reusedSocket && attempts === 1 ? 0 : Math.min(RETRY_MS, holdMs - waited);
      retry = setTimeout(attempt, pause);
    });
    call.flushHeaders();
    for (const chunk of body) call.write(chunk);
    if (complete) call.end();
  };
  attempt();
}

/** Raw headers without those of one connection and without any token the agent made up. */
function passedOn(raw: string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (!HOP_BY_HOP.has(name) && name !== SESSION_TOKEN_HEADER) kept.push(raw[index]!, raw[index + 1]!);
  }
  return kept;
}
