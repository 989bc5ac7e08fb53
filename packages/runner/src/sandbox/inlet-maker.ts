/** Runs in a sandbox's network namespace: listens on its loopback, hands the listener to the runner, and ends. See `inlet.ts`. */
import { createServer } from 'node:net';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  process.send?.('made', server);
});
process.once('message', () => process.exit(0));
process.once('disconnect', () => process.exit(1));
