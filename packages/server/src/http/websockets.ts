/** WebSockets: the one listener for upgrades, and a session's log as a socket. */
import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import websocket from '@fastify/websocket';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { RiggerError } from '../model/errors.ts';
import type { SessionRecord } from '../model/record.ts';
import { getSession } from '../sessions/queries.ts';
import { callerOf } from './access.ts';
import { answerFrame } from './frames.ts';
import { passLog } from './log-stream.ts';
import type { App, Parts } from './parts.ts';
import { cursor, problems, sessionParams } from './schemas.ts';
import { SocketStream } from './socket-stream.ts';

export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const SESSION_SOCKET = /^\/api\/sessions\/[^/]+\/ws$/;
const pathOf = (request: IncomingMessage): string => request.url?.split('?')[0] ?? '';

/** Whether an upgrade is meant for a socket; any other one, as to HTTP/2, is a request like others. */
export const isUpgrade = (request: IncomingMessage, others: Record<string, TakeUpgrade>): boolean =>
  SESSION_SOCKET.test(pathOf(request)) || pathOf(request) in others;

/**
 * Lets routes have sockets. An upgrade to one passes the same hooks as any request before it is taken.
 * @param others sockets that are taken outside of the routes, by their path
 */
export async function takeUpgrades(
  app: App,
  maxFrameBytes: number,
  others: Record<string, TakeUpgrade>,
): Promise<void> {
  const routed = new EventEmitter();
  await app.register(websocket, {
    options: { server: routed as Server, maxPayload: maxFrameBytes },
    // A peer that breaks the protocol or its connection; `ws` closes the socket.
    errorHandler: (error) => app.log.info({ error: error.message }, 'A WebSocket failed'),
    // The streams end their own sockets.
    preClose: (done) => done(),
  });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = pathOf(request);
    if (others[path] !== undefined) others[path](request, socket, head);
    else if (SESSION_SOCKET.test(path)) routed.emit('upgrade', request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
}

export function addSocketRoutes(app: App, parts: Parts): void {
  const { engine, streams } = parts;
  const found = new WeakMap<object, SessionRecord>();
  app.route({
    method: 'GET',
    url: '/api/sessions/:id/ws',
    schema: {
      tags: ['events'],
      summary: 'The log as a WebSocket, with messages and interrupts the other way',
      params: sessionParams,
      querystring: z.strictObject({ after: cursor.default(0).describe('The last `seq` you have.') }),
      response: {
        101: z.null().describe('The connection is a WebSocket from now on: docs/API_SESSIONS.md has its frames.'),
        ...problems(400, 403, 404, 426, 503),
      },
    },
    preHandler: async (request) => {
      if (request.ws) found.set(request, await getSession(engine, request.params.id));
    },
    wsHandler: (socket, request) => {
      const { id } = request.params as { id: string };
      const { after } = request.query as { after: number };
      const requestId = request.id;
      const stream = new SocketStream(socket, streams);
      stream.send({ type: 'hello', session: id, lastSeq: found.get(request)!.lastEventSeq });
      const who = { caller: callerOf(request), actor: request.actor, connection: requestId };
      converse(socket, stream, (text) => answerFrame(parts, id, text, who));
      passLog(engine, streams, id, after, stream).catch((error: unknown) => {
        engine.log.warn(
          { err: error, session: id, reqId: requestId },
          'A stream of events ended early; its reader can come back with its cursor',
        );
        stream.end(error instanceof RiggerError && error.code === 'session_not_found');
      });
    },
    handler: async () => {
      throw new RiggerError('upgrade_required');
    },
  });
}

/** Answers frames one after the other, in the order in which they came; while one waits for its answer, no more are read. */
function converse(socket: WebSocket, stream: SocketStream, answer: (text: string) => Promise<unknown>): void {
  let last: Promise<void> = Promise.resolve();
  let unanswered = 0;
  socket.on('message', (data) => {
    stream.heard();
    unanswered += 1;
    socket.pause();
    last = last.then(async () => {
      stream.send(await answer(String(data)));
      unanswered -= 1;
      if (unanswered === 0) socket.resume();
    });
  });
}
