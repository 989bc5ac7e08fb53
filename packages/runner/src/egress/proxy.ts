/**
 * A session's one way out of its sandbox: a proxy for HTTP, CONNECT and SOCKS on one port of the sandbox's own loopback. It
 * decides by name, resolves and connects itself, and connects to public addresses only. Where a secret is bound to a host it
 * ends the encryption itself (`intercept.ts`); everything else it carries without looking.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type Server, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { checkedLookup, type Exceptions, mayReach, PrivateAddress } from '../protocol/addresses.ts';
import { type HostPattern, matches, readAuthority, type Target } from '../protocol/index.ts';
import type { Authority } from './authority.ts';
import { forward } from './forward.ts';
import { Interceptor } from './intercept.ts';
import { explain, type Refusal, type Refused, shown, type Way } from './refusal.ts';
import { type BoundSecret, boundTo } from './secrets.ts';
import { isSocks, readSocks } from './socks.ts';

export interface EgressOptions {
  /** Whose connections are from inside the sandbox. Closed with the proxy. */
  server: Server;
  allow: HostPattern[];
  exceptions: Exceptions;
  secrets: BoundSecret[];
  /** Rejects with `SecretUnavailable`. */
  reveal(name: string): Promise<string>;
  /** Needed where there are secrets. */
  authority: Authority | null;
  onRefused(refusal: Refusal): void;
  onSecretUsed(secret: string, host: string): void;
  /** Certificates to trust beside the usual, PEM. */
  ca?: string[];
}

const CONNECT_TIMEOUT_MS = 30_000;
const MOST_CONNECTIONS = 512;
const TLS_HANDSHAKE = 0x16;
const PEEK_TIMEOUT_MS = 10_000;

export class Egress {
  readonly #options: EgressOptions;
  readonly #http: http.Server;
  readonly #interceptor: Interceptor | null;
  readonly #sockets = new Set<Duplex>();
  readonly #lookup: net.LookupFunction;
  readonly #agent: http.Agent;

  constructor(options: EgressOptions) {
    this.#options = options;
    this.#lookup = checkedLookup(options.exceptions);
    this.#agent = new http.Agent({ keepAlive: true, lookup: this.#lookup } as http.AgentOptions);
    this.#http = http.createServer({ requestTimeout: 0 }, (request, response) => this.#request(request, response));
    this.#http.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#connect(request, socket, head),
    );
    this.#interceptor =
      options.authority === null
        ? null
        : new Interceptor({ ...options, authority: options.authority, lookup: this.#lookup, refuse: this.#refuse });
    options.server.maxConnections = MOST_CONNECTIONS;
    options.server.on('connection', (socket) => this.#accept(socket));
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#options.server.close();
    this.#interceptor?.close();
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
  }

  #accept(socket: Socket): void {
    this.#keep(socket);
    socket.setNoDelay(true);
    peek(socket, (first) => {
      if (first !== null && isSocks(first)) void this.#socks(socket);
      else this.#http.emit('connection', socket);
    });
  }

  async #socks(socket: Socket): Promise<void> {
    try {
      const request = await readSocks(socket);
      const reason = request.target === null ? 'invalid_host' : this.#barred(request.target);
      if (request.target === null || reason !== null) {
        this.#refuse({ ...(request.target ?? shown(request.asked)), via: 'socks', reason: reason ?? 'invalid_host' });
        request.refuse();
        socket.end();
        return;
      }
      this.#carry(socket, request.target, 'socks', request.grant, () => {
        request.refuse();
        socket.end();
      });
    } catch {
      socket.destroy();
    }
  }

  #connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const asked = request.url ?? '';
    const target = readAuthority(asked, null);
    const deny = (status: string, text: string) =>
      socket.end(
        `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
    const reason = target === null ? 'invalid_host' : this.#barred(target);
    if (target === null || reason !== null) {
      this.#refuse({ ...(target ?? shown(asked)), via: 'connect', reason: reason ?? 'invalid_host' });
      deny('403 Forbidden', explain(asked, reason ?? 'invalid_host'));
      return;
    }
    if (head.length > 0) socket.unshift(head);
    this.#carry(
      socket,
      target,
      'connect',
      () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
      (error) =>
        error instanceof PrivateAddress
          ? deny('403 Forbidden', explain(asked, 'private_address'))
          : deny('502 Bad Gateway', `${asked} cannot be reached: ${error.message}\n`),
    );
  }

  /** A request for an `http://` address. */
  #request(request: IncomingMessage, response: ServerResponse): void {
    const url = /^http:\/\/([^/?#]*)(.*)$/is.exec(request.url ?? '');
    const target = url === null ? null : readAuthority(url[1] ?? '', 80);
    const reason = target === null ? 'invalid_host' : this.#barred(target);
    if (url === null || target === null || reason !== null) {
      const asked = url?.[1] ?? request.headers.host ?? '';
      this.#refuse({ ...(target ?? shown(asked)), via: 'http', reason: reason ?? 'invalid_host' });
      response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
      response.end(explain(asked, reason ?? 'invalid_host'));
      return;
    }
    const path = url[2] === '' ? '/' : (url[2] ?? '/').replace(/^\?/, '/?');
    void forward(request, response, {
      target,
      path,
      secrets: boundTo(this.#options.secrets, target, false),
      request: (options) => http.request({ ...options, agent: this.#agent }),
      reveal: (name) => this.#options.reveal(name),
      refuse: (refused) => this.#refuse({ host: target.host, port: target.port, via: 'http', reason: refused }),
      onSecretUsed: (name) => this.#options.onSecretUsed(name, target.host),
    });
  }

  /** Why a target may not be reached, or null. Where a name leads is seen at the connection. */
  #barred(target: Target): Refused | null {
    if (!this.#options.allow.some((pattern) => matches(pattern, target))) return 'not_allowed';
    return net.isIP(target.host) !== 0 && !mayReach(target.host, this.#options.exceptions) ? 'private_address' : null;
  }

  readonly #refuse = (refusal: Refusal): void => this.#options.onRefused(refusal);

  /** Joins a client to what it asked for. */
  #carry(client: Duplex, target: Target, via: Way, granted: () => void, failed: (error: Error) => void): void {
    const interceptor = this.#interceptor;
    if (interceptor !== null && boundTo(this.#options.secrets, target, true).length > 0) {
      granted();
      peek(client, (first) => {
        if (first === TLS_HANDSHAKE) void interceptor.take(client, target, via);
        else
          this.#dial(
            client,
            target,
            via,
            () => {},
            () => client.destroy(),
          );
      });
    } else this.#dial(client, target, via, granted, failed);
  }

  #dial(client: Duplex, target: Target, via: Way, granted: () => void, failed: (error: Error) => void): void {
    const upstream = net.connect({ ...target, lookup: this.#lookup, timeout: CONNECT_TIMEOUT_MS });
    this.#keep(upstream);
    const fail = (error: Error) => {
      if (error instanceof PrivateAddress) this.#refuse({ ...target, via, reason: 'private_address' });
      failed(error);
    };
    const late = () => upstream.destroy(new Error('it does not answer'));
    upstream.once('error', fail);
    upstream.once('timeout', late);
    client.once('close', () => upstream.destroy());
    upstream.once('connect', () => {
      upstream.off('error', fail);
      upstream.off('timeout', late);
      upstream.setTimeout(0);
      upstream.setNoDelay(true);
      granted();
      pipeline(client, upstream, client, () => {});
    });
  }
}

/** The first byte of what a client says, which stays unread; null when it says nothing and goes. */
function peek(socket: Duplex, then: (first: number | null) => void): void {
  const stop = () => {
    clearTimeout(late);
    socket.off('readable', look);
    socket.off('end', none);
    socket.off('close', none);
  };
  const late = setTimeout(() => socket.destroy(), PEEK_TIMEOUT_MS).unref();
  const none = () => {
    stop();
    socket.destroy();
  };
  const look = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    stop();
    socket.unshift(chunk);
    then(chunk[0] ?? null);
  };
  socket.on('readable', look);
  socket.on('end', none);
  socket.on('close', none);
}
