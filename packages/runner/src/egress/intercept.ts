/**
 * The end of an encrypted connection to a host that a secret is bound to: the proxy shows the sandbox a certificate of the
 * sandbox's own authority, reads the requests, puts values in the place of placeholders, and speaks to the real host over a
 * connection whose certificate it checks as usual.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { readAuthority, type Target } from '../protocol/index.ts';
import type { Authority } from './authority.ts';
import { forward } from './forward.ts';
import type { Refusal, Way } from './refusal.ts';
import { type BoundSecret, boundTo } from './secrets.ts';

const HTTPS = 443;

export interface InterceptorOptions {
  authority: Authority;
  secrets: BoundSecret[];
  reveal(name: string): Promise<string>;
  lookup: LookupFunction;
  refuse(refusal: Refusal): void;
  onSecretUsed(secret: string, host: string): void;
  ca?: string[];
}

export class Interceptor {
  readonly #options: InterceptorOptions;
  readonly #server: http.Server;
  readonly #agent: https.Agent;
  readonly #connections = new WeakMap<object, { target: Target; via: Way }>();

  constructor(options: InterceptorOptions) {
    this.#options = options;
    this.#server = http.createServer({ requestTimeout: 0 }, (request, response) => this.#request(request, response));
    this.#agent = new https.Agent({
      keepAlive: true,
      ...(options.ca === undefined ? {} : { ca: [...tls.rootCertificates, ...options.ca] }),
      lookup: options.lookup,
    } as https.AgentOptions);
  }

  /** Speaks for the target to a client that is about to greet it. */
  async take(client: Duplex, target: Target, via: Way): Promise<void> {
    const secureContext = await this.#options.authority.contextFor(target.host);
    if (client.destroyed) return;
    const socket = new tls.TLSSocket(client as never, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
    socket.on('error', () => client.destroy());
    this.#connections.set(socket, { target, via });
    this.#server.emit('connection', socket);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const { target, via } = this.#connections.get(request.socket)!;
    // A host that serves many names must not be given the secret of one for another.
    const named = readAuthority(request.headers.host ?? '', HTTPS);
    if (named === null || named.host !== target.host || named.port !== target.port) {
      this.#options.refuse({ ...target, via, reason: 'wrong_host' });
      response.writeHead(421, { 'content-type': 'text/plain', connection: 'close' });
      response.end('The request names another host than the connection.\n');
      return;
    }
    void forward(request, response, {
      target,
      path: request.url ?? '/',
      secrets: boundTo(this.#options.secrets, target, true),
      request: (options) => https.request({ ...options, agent: this.#agent, servername: target.host }),
      reveal: (name) => this.#options.reveal(name),
      refuse: (reason) => this.#options.refuse({ ...target, via, reason }),
      onSecretUsed: (name) => this.#options.onSecretUsed(name, target.host),
    });
  }
}
