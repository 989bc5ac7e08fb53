/** Requests about files, carried to the runner that has them over its own connection. */
import { type ClientHttp2Stream, constants } from 'node:http2';
import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ORIGIN_HEADER, REFUSAL_HEADER } from '@rigger/runner/protocol';
import { ERRORS, type ErrorCode, RiggerError } from '../model/errors.ts';
import type { FilesAnswer, FilesRequest } from '../sessions/files.ts';
import type { RunnerHub } from './hub.ts';

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && code in ERRORS;

/**
 * What the stream of an answer reads, as a stream of its own. Node takes an HTTP/2 stream that the peer has closed for one that broke
 * off, even while all that it carried waits to be read: it must be read from the moment of the answer on.
 */
function bodyOf(stream: ClientHttp2Stream): Readable {
  const body = new PassThrough();
  stream.pipe(body);
  stream.on('error', (error) => body.destroy(error));
  stream.once('close', () => {
    if (!stream.readableEnded) body.destroy(new Error('The connection to the runner broke off.'));
  });
  // Whoever reads it has gone.
  body.once('close', () => stream.close(constants.NGHTTP2_CANCEL));
  body.on('error', () => {});
  return body;
}

/** @throws RiggerError what the runner refused; `files_unavailable` when it is not connected here, or is lost on the way. */
export async function askRunner(hub: RunnerHub, asked: FilesRequest): Promise<FilesAnswer> {
  const gone = (detail: string, cause?: unknown) =>
    new RiggerError('files_unavailable', {
      detail,
      extra: { id: asked.session },
      ...(cause === undefined ? {} : { cause }),
    });
  const client = hub.connectionOf(asked.runner)?.files ?? null;
  if (client === null)
    throw gone(`The runner that has them, ${asked.runner}, is not connected or too old to serve them.`);
  const path = `/${encodeURIComponent(asked.session)}/${asked.action}?${new URLSearchParams(asked.query)}`;
  const stream = client.request(
    { ':method': asked.method, ':path': path, ...asked.headers, [ORIGIN_HEADER]: JSON.stringify(asked.origin) },
    { endStream: asked.body === null },
  );
  const answered = new Promise<FilesAnswer>((resolve, reject) => {
    stream.once('response', (headers) => {
      const plain = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
      const status = Number(headers[':status']);
      resolve({
        status,
        headers: Object.fromEntries(plain.map(([name, value]) => [name, String(value)])),
        body: bodyOf(stream),
      });
    });
    stream.once('error', (error) => reject(gone('The connection to the runner that has them is gone.', error)));
    stream.once('close', () => reject(gone('The runner that has them broke off.')));
  });
  const { body } = asked;
  if (body !== null) {
    body.once('close', () => {
      // Whoever sends it has gone.
      if (!body.readableEnded) stream.close(constants.NGHTTP2_CANCEL);
    });
    body.on('error', () => {});
    body.pipe(stream);
  }
  const answer = await answered;
  if (answer.status < 400) return answer;
  // An answer to HEAD has no body to say it in.
  const said = await text(answer.body);
  const { code, detail, ...extra } = (
    said === '' ? { code: answer.headers[REFUSAL_HEADER], detail: 'The runner refused it.' } : JSON.parse(said)
  ) as Record<string, unknown>;
  stream.close();
  // Refused before its end, the rest is let run out: cut off, its sender would not see the answer.
  body?.unpipe(stream);
  body?.resume();
  throw new RiggerError(isCode(code) ? code : 'internal', { detail: String(detail), extra });
}
