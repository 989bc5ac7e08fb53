import { Duplex } from 'node:stream';
import { MAX_BYTES_FRAME } from './files.ts';

/** As much of a WebSocket as bytes need. */
interface BinarySocket {
  send(data: Uint8Array, options: { binary: true }, done: (error?: Error) => void): void;
}

/**
 * The binary frames of a WebSocket as one stream of bytes, beside the words in its text frames.
 *
 * One frame is on its way at a time and none is larger than 64 KiB, so a word waits for one frame at most, and what the network does not
 * take holds back whoever writes. What comes is never held back here, for the words of the same socket would wait too:
 * HTTP/2's windows bound how much of it can be unread.
 */
export class ByteChannel extends Duplex {
  readonly #socket: BinarySocket;

  constructor(socket: BinarySocket) {
    super({ writableHighWaterMark: 4 * MAX_BYTES_FRAME, allowHalfOpen: false });
    this.#socket = socket;
  }

  /** Bytes that came in a binary frame. */
  receive(bytes: Buffer): void {
    if (!this.destroyed) this.push(bytes);
  }

  /** The socket is gone. */
  gone(): void {
    this.destroy(new Error('The connection between server and runner is gone.'));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  /** HTTP/2 writes the heads of its frames apart: together they are far fewer frames of ours. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(chunks.length === 1 ? chunks[0]!.chunk : Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    this.#socket.send(bytes.subarray(0, MAX_BYTES_FRAME), { binary: true }, (error) => {
      if (error) done(error);
      else if (bytes.length > MAX_BYTES_FRAME) this.#send(bytes.subarray(MAX_BYTES_FRAME), done);
      else done();
    });
  }
}
