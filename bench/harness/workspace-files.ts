/** A workspace as projects have them: many small files of text, some that do not compress. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES_A_FOLDER = 50;
const PIECE = 64;
/** Every so many files one is of bytes that look random. */
const INCOMPRESSIBLE_EVERY = 5;

/** The same bytes each time, which no other file has. */
function contentOf(n: number, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at * PIECE < size; at += 1) {
    const digest = createHash('sha512').update(`${n}:${at}`).digest();
    pieces.push(
      n % INCOMPRESSIBLE_EVERY === 0
        ? digest
        : Buffer.from(
            `  const value${at} = compute(${digest.readUInt32LE()}); // line ${at} of file`
              .padEnd(PIECE - 1)
              .concat('\n'),
          ),
    );
  }
  return Buffer.concat(pieces).subarray(0, size);
}

/** Fills a folder. @returns how many bytes its files have. */
export function makeFiles(folder: string, files: number, bytes: number): number {
  const size = Math.ceil(bytes / files);
  for (let n = 0; n < files; n += 1) {
    const place = join(folder, `part-${Math.floor(n / FILES_A_FOLDER)}`);
    if (n % FILES_A_FOLDER === 0) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `file-${n}.ts`), contentOf(n, size));
  }
  return size * files;
}
