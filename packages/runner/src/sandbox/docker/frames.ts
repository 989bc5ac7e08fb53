/**
 * A container's output as the engine sends it: frames of eight bytes of header (which stream, how long) and what was written.
 * A reader that is slow slows the engine, and with it the program.
 */
import type { Readable } from 'node:stream';

const HEADER = 8;
const STDERR = 2;

/**
 * Takes `source` apart. `take` gets every piece, of standard error or not, and answers whether it can have more at once; if not,
 * the source rests until `resume` is called.
 */
export function readFrames(source: Readable, take: (data: Buffer, isError: boolean) => boolean): { resume(): void } {
  let header = Buffer.alloc(0);
  let left = 0;
  let isError = false;
  source.on('data', (chunk: Buffer) => {
    let more = true;
    for (let rest = chunk; rest.length > 0; ) {
      if (left === 0) {
        const missing = HEADER - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length < HEADER) break;
        isError = header[0] === STDERR;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const data = rest.subarray(0, left);
      rest = rest.subarray(data.length);
      left -= data.length;
      more = take(data, isError) && more;
    }
    if (!more) source.pause();
  });
  return { resume: () => source.resume() };
}
