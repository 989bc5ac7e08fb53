/**
 * A door for runners alone: a port at which the server takes what runners and their agents' model calls ask, and nothing else. Where
 * agents have a network, as in pods, it is the one place in it that they may reach, and the API is not behind it.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { GATEWAY_PREFIX, RUNNER_SOCKET_PATH } from '@rigger/runner/protocol';

const PREFIXES = ['/runner/', `${GATEWAY_PREFIX}/`];
const isForRunners = (url = ''): boolean => PREFIXES.some((prefix) => url.startsWith(prefix));

/** @param inner the server that answers. @returns once it listens; its `close` is the caller's to call. */
export async function openDoor(inner: Server, host: string, port: number): Promise<Server> {
  const door = createServer((request, response) => {
    if (isForRunners(request.url)) inner.emit('request', request, response);
    else response.writeHead(404).end();
  });
  door.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?')[0] === RUNNER_SOCKET_PATH) inner.emit('upgrade', request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
  door.listen(port, host);
  await once(door, 'listening');
  return door;
}
