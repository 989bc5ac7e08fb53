/** Hosts beyond the sandbox: an HTTPS server of the test's own, under a certificate authority that only the runner trusts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { makeAuthority } from '../../runner/src/egress/authority.ts';

/** Loopback, but not what programs take for local by themselves. */
export const ADDRESS = '127.0.0.2';

export interface World {
  host: string;
  url: string;
  /** Settings with which a server and its runner know this world. */
  settings: Record<string, string>;
  /** Requests as they came. */
  seen: { path: string; authorization: string | undefined }[];
  folder: string;
  close(): Promise<void>;
}

/** @param answer may take a request; what it leaves is answered with `hello`. */
export async function startWorld(
  answer: (request: IncomingMessage, response: ServerResponse, world: World) => boolean | Promise<boolean> = () =>
    false,
): Promise<World> {
  const authority = await makeAuthority('the world');
  const context = await authority.contextFor(ADDRESS);
  const folder = mkdtempSync(join(tmpdir(), 'rigger-world-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.certificate);
  const seen: World['seen'] = [];
  const web = http.createServer(async (request, response) => {
    seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
    if (!(await answer(request, response, world))) response.end('hello');
  });
  // Asked by address, a client names no host: the one certificate is shown to all.
  const server = net.createServer((raw) => {
    const socket = new tls.TLSSocket(raw, { isServer: true, secureContext: context });
    socket.on('error', () => raw.destroy());
    web.emit('connection', socket);
  });
  server.listen(0, ADDRESS);
  await once(server, 'listening');
  const host = `${ADDRESS}:${(server.address() as AddressInfo).port}`;
  const world: World = {
    host,
    url: `https://${host}`,
    settings: { NODE_EXTRA_CA_CERTS: ca, RIGGER_EGRESS_PRIVATE: `${ADDRESS}/32` },
    seen,
    folder,
    async close() {
      web.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Answers as git's own server does, for a client with the right password. */
export async function serveGit(
  request: IncomingMessage,
  response: ServerResponse,
  repositories: string,
  password: string,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://git');
  const [, credentials = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
  if (Buffer.from(credentials, 'base64').toString() !== `x-access-token:${password}`) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    return;
  }
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: repositories,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_USER: 'x-access-token',
      ...(request.headers['content-encoding'] === undefined
        ? {}
        : { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
      ...(request.headers['git-protocol'] === undefined
        ? {}
        : { GIT_PROTOCOL: String(request.headers['git-protocol']) }),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  request.pipe(backend.stdin);
  const pieces: Buffer[] = [];
  for await (const piece of backend.stdout) pieces.push(piece as Buffer);
  const whole = Buffer.concat(pieces);
  const end = whole.indexOf('\r\n\r\n');
  for (const line of whole.subarray(0, end).toString().split('\r\n')) {
    const [name = '', value = ''] = line.split(/: */, 2);
    if (name === 'Status') response.statusCode = Number(value.slice(0, 3));
    else response.setHeader(name, value);
  }
  response.end(whole.subarray(end + 4));
}
