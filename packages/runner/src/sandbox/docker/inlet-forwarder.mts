/**
 * Runs in a container: listens on its loopback, says the port, and passes every connection on to a Unix socket of the runner's.
 * Ends with its input, which is to say with the runner. See `inlet.ts`.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const path = process.argv[2]!;
const server = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ path, allowHalfOpen: true });
  join(near, far);
  join(far, near);
});

function join(from: Socket, to: Socket): void {
  from.setNoDelay();
  from.pipe(to);
  from.once('error', () => to.destroy());
  from.once('close', () => to.destroySoon());
}

// Told to by its sandbox's end, it stays for as long as programs may take to end.
process.on('SIGTERM', () => {});
process.stdin.once('end', () => process.exit(0)).resume();
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
