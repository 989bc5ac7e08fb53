import { connect, type Socket } from 'node:net';

/**
 * One kept HTTP connection that sends the same bytes again and again, and reads of each answer its status and its length.
 * As cheap as a client can be: on two cores a costlier one would be measured along with the server.
 */
export class RawConnection {
  readonly #socket: Socket;
  readonly #request: string;
  #buffer = '';
  #answered: (status: number) => void = () => {};
  #failed: (error: Error) => void = () => {};

  private constructor(socket: Socket, request: string) {
    this.#socket = socket;
    this.#request = request;
    socket.setEncoding('latin1').setNoDelay(true);
    socket.on('data', (part) => this.#take(String(part)));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('The server closed the connection.')));
  }

  static async open(url: string, method: string, path: string, body: unknown): Promise<RawConnection> {
    const { hostname, port, host } = new URL(url);
    const text = JSON.stringify(body);
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n`;
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawConnection(socket, head + text);
  }

  /** Sends the request; resolves with the status once the whole answer is here. One at a time. */
  send(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #take(part: string): void {
    this.#buffer += part;
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#buffer)?.[1] ?? 0);
    if (this.#buffer.length < end + 4 + length) return;
    const status = Number(this.#buffer.slice(9, 12));
    this.#buffer = this.#buffer.slice(end + 4 + length);
    this.#answered(status);
  }
}
