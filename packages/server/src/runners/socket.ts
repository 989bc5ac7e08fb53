/** The socket that runners dial: who may come in, and frames as messages of the protocol. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { fromRunner, PROTOCOL_VERSION, parseMessage } from '@rigger/runner/protocol';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { RunnerConnection } from './connection.ts';
import type { RunnerHub } from './hub.ts';
import type { Identify, Identity } from './identity.ts';

/** Has something ended with a key; gives how to forget it. */
type Watch = (keyId: string, end: () => void) => () => void;

const MAX_FRAME_BYTES = 256 * 1024 * 1024;

export class RunnerSocket {
  readonly #hub: RunnerHub;
  readonly #identify: Identify;
  readonly #log: Logger;
  readonly #watch: Watch;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });

  constructor(hub: RunnerHub, identify: Identify, watch: Watch, log: Logger) {
    this.#watch = watch;
    this.#hub = hub;
    this.#identify = identify;
    this.#log = log;
  }

  /** Takes an upgrade request to the runners' socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    socket.on('error', () => {});
    this.#identify(request.headers.authorization).then(
      (who) => {
        if (who === null) return refuse('401 Unauthorized');
        this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, who));
      },
      (error: unknown) => {
        this.#log.warn({ err: error }, 'Who dials could not be looked up');
        refuse('503 Service Unavailable');
      },
    );
  }

  close(): void {
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
  }

  #serve(socket: WebSocket, who: Identity): void {
    let connection: RunnerConnection | null = null;
    if (who.keyId !== null)
      socket.on(
        'close',
        this.#watch(who.keyId, () => socket.terminate()),
      );
    socket.on('error', (error) => this.#log.warn({ error: error.message }, 'A runner connection failed'));
    socket.on('close', () => {
      connection?.bytes.gone();
      if (connection !== null) this.#hub.part(connection);
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) return connection?.bytes.receive(data as Buffer);
      try {
        const message = parseMessage(fromRunner, String(data));
        if (message === null) return;
        if (message.type !== 'hello') {
          if (connection !== null) this.#hub.take(connection, message);
        } else if (message.protocol === PROTOCOL_VERSION) {
          if (who.pod !== null && message.runner !== who.pod) return socket.close(1008, 'another pod’s token');
          // What a pod may hold, and of which kind it is, is in its token and not its own to say.
          const hello = who.pod === null ? message : { ...message, capacity: 1, labels: who.labels };
          connection = new RunnerConnection(socket, hello, who.pod !== null);
          this.#hub.join(connection);
        } else {
          const text = `This server speaks version ${PROTOCOL_VERSION} of the protocol.`;
          socket.send(JSON.stringify({ type: 'goodbye', code: 'protocol_version', message: text }));
          socket.close(1002, 'protocol version');
        }
      } catch (error) {
        this.#log.error({ runner: connection?.id, err: error }, 'A runner said something that is not in the protocol');
        socket.close(1002, 'not in the protocol');
      }
    });
  }
}
