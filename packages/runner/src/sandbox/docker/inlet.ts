/**
 * A TCP listener on a container's own loopback whose connections come out in the runner: a small program in the container
 * passes them on to a Unix socket in the folder that both see. Its agents can end it, and are then without their way out.
 *
 * Rejected: handing out the listener itself, as for bubblewrap, by entering the container's network namespace. That needs root
 * and a kernel shared with the container; this works for whoever may use the engine, under gVisor too.
 */
import { once } from 'node:events';
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Layout, Owner } from '../layout.ts';
import { RUN } from '../spec-rules.ts';
import { FORWARDER, NODE } from './container.ts';
import type { Program } from './program.ts';

export interface Inlet {
  server: Server;
  forwarder: Program;
}

let count = 0;

/** `start` runs a program in the container. @throws Error when the forwarder does not come up. */
export async function openInlet(
  layout: Layout,
  owner: Owner | undefined,
  start: (command: string, args: string[]) => Program,
): Promise<Inlet> {
  count = (count + 1) % 100_000;
  // No longer than the gateway's socket, for which the folder's path was found short enough.
  const name = `in${count}.sock`;
  const server = createServer().listen(join(layout.run, name));
  await once(server, 'listening');
  chmodSync(join(layout.run, name), 0o600);
  if (owner) chownSync(join(layout.run, name), owner.uid, owner.gid);
  const forwarder = start(NODE, [FORWARDER, join(RUN, name)]);
  const said = text(forwarder.stderr);
  // The folder may have been moved meanwhile, of which the server knows nothing.
  server.once('close', () => {
    forwarder.kill('SIGKILL');
    rmSync(join(layout.run, name), { force: true });
  });
  try {
    const failed = once(forwarder, 'exit').then(async () => {
      throw new Error(`a listener could not be made in the sandbox: ${(await said).trim()}`);
    });
    failed.catch(() => {});
    const [port] = await Promise.race([once(forwarder.stdout, 'data'), failed]);
    forwarder.stdout.resume();
    const address: AddressInfo = { address: '127.0.0.1', family: 'IPv4', port: Number(String(port)) };
    server.address = () => address;
    return { server, forwarder };
  } catch (error) {
    server.close();
    throw error;
  }
}
