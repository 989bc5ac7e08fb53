/** The server's side of a SOCKS 4a or 5 greeting (RFC 1928), as far as a proxy for outgoing connections needs it. */
import type { Duplex } from 'node:stream';
import { readHost, type Target } from '../protocol/index.ts';

/** What was asked for; `null` where it was not understood or is not offered, and then nothing more is read. */
export interface SocksRequest {
  target: Target | null;
  /** As the client wrote it, for the log. */
  asked: string;
  grant(): void;
  refuse(): void;
}

const LONGEST_GREETING = 1024;
const CONNECT = 1;
const NOT_ALLOWED = 2;
const COMMAND_NOT_SUPPORTED = 7;

/** Whether a connection that begins with this byte speaks SOCKS. */
export const isSocks = (firstByte: number): boolean => firstByte === 4 || firstByte === 5;

/** Reads a greeting and its request. Rejects on what is no SOCKS, or when the client goes. */
export async function readSocks(socket: Duplex): Promise<SocksRequest> {
  const take = reader(socket);
  const version = (await take(1))[0]!;
  return version === 5 ? readFive(socket, take) : readFour(socket, take);
}

type Take = (length: number) => Promise<Buffer>;

async function readFive(socket: Duplex, take: Take): Promise<SocksRequest> {
  const methods = await take((await take(1))[0]!);
  const withoutPassword = methods.includes(0);
  socket.write(Buffer.from([5, withoutPassword ? 0 : 0xff]));
  if (!withoutPassword) throw new Error('the client offers no way without a password');
  const [, command, , kind] = await take(4);
  const host = await readAddress(kind!, take);
  const port = (await take(2)).readUInt16BE();
  const answer = (code: number) => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
  // BIND and UDP ASSOCIATE are not offered: nothing comes in, and datagrams do not go out.
  return {
    target: command === CONNECT ? target(host, port) : null,
    asked: `${command === 3 ? 'UDP ' : ''}${host}:${port}`,
    grant: () => answer(0),
    refuse: () => answer(command === CONNECT ? NOT_ALLOWED : COMMAND_NOT_SUPPORTED),
  };
}

async function readAddress(kind: number, take: Take): Promise<string> {
  if (kind === 1) return [...(await take(4))].join('.');
  if (kind === 3) return (await take((await take(1))[0]!)).toString('latin1');
  if (kind !== 4) throw new Error('an unknown kind of address');
  const bytes = await take(16);
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':');
}

async function readFour(socket: Duplex, take: Take): Promise<SocksRequest> {
  const head = await take(7);
  const port = head.readUInt16BE(1);
  const address = [...head.subarray(3, 7)];
  await untilNul(take);
  // 0.0.0.x says that a name follows (SOCKS 4a).
  const named = address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] !== 0;
  const host = named ? await untilNul(take) : address.join('.');
  const answer = (code: number) => socket.write(Buffer.from([0, code, 0, 0, 0, 0, 0, 0]));
  return {
    target: head[0] === CONNECT ? target(host, port) : null,
    asked: `${host}:${port}`,
    grant: () => answer(0x5a),
    refuse: () => answer(0x5b),
  };
}

async function untilNul(take: Take): Promise<string> {
  let text = '';
  for (let byte = await take(1); byte[0] !== 0; byte = await take(1)) {
    text += byte.toString('latin1');
    if (text.length > 255) throw new Error('a name without an end');
  }
  return text;
}

function target(host: string, port: number): Target | null {
  const read = readHost(host);
  return read === null || port === 0 ? null : { host: read, port };
}

/** Takes exactly as many bytes as asked for; what follows stays in the stream. */
function reader(socket: Duplex): Take {
  let taken = 0;
  return (length) =>
    new Promise((resolve, reject) => {
      taken += length;
      if (taken > LONGEST_GREETING) return reject(new Error('the greeting is too long'));
      if (length === 0) return resolve(Buffer.alloc(0));
      const look = () => {
        const chunk = socket.read(length) as Buffer | null;
        if (chunk === null) return;
        stop();
        if (chunk.length < length) reject(new Error('the client left'));
        else resolve(chunk);
      };
      const left = () => {
        stop();
        reject(new Error('the client left'));
      };
      const stop = () => {
        socket.off('readable', look);
        socket.off('close', left);
      };
      socket.on('readable', look);
      socket.on('close', left);
      look();
    });
}
