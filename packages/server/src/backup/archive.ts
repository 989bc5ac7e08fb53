/**
 * A backup is one tar, compressed by zstd: the tables in pieces, files of the data folder, and at its end a list of all of it with
 * hashes. So it is written and read as a stream, and one that is cut short or changed is told from one that is whole.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { z } from 'zod';

export const contents = z.object({
  format: z.literal(1),
  version: z.string(),
  at: z.iso.datetime(),
  /** The migrations that its tables are of. */
  migrations: z.array(z.string()),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), pieces: z.int().min(0) })),
  entries: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});
export type Contents = z.infer<typeof contents>;

const LIST = 'contents.json';
const PIECE_BYTES = 8 * 1024 * 1024;
const LIST_MAX_BYTES = 256 * 1024 * 1024;

export class BackupUnusable extends Error {
  override readonly name = 'BackupUnusable';
}

/** Writes a backup. It is whole only once `finish` has resolved. */
export class Writer {
  readonly #tar = pack();
  readonly #done: Promise<void>;
  readonly #entries: Contents['entries'] = {};

  constructor(path: string) {
    this.#done = pipeline(
      this.#tar,
      createZstdCompress(),
      createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    );
    this.#done.catch(() => {});
  }

  async add(name: string, bytes: Buffer): Promise<void> {
    this.#entries[name] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    await Promise.race([this.#put(name, bytes), this.#done]);
  }

  #put(name: string, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#tar.entry({ name, mode: 0o600 }, bytes, (error) => (error ? reject(error) : resolve())),
    );
  }

  /** Lines, of which each piece has whole ones. @returns how many pieces it took. */
  async addPieces(name: string, source: Readable): Promise<number> {
    let pieces = 0;
    let held: Buffer[] = [];
    let bytes = 0;
    const write = async (keep: Buffer) => {
      await this.add(`${name}/${pieces++}`, Buffer.concat(held));
      held = keep.length > 0 ? [keep] : [];
      bytes = keep.length;
    };
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const end = bytes + chunk.length < PIECE_BYTES ? -1 : chunk.lastIndexOf('\n');
      held.push(end < 0 ? chunk : chunk.subarray(0, end + 1));
      bytes += chunk.length;
      if (end >= 0) await write(chunk.subarray(end + 1));
    }
    if (bytes > 0) await write(Buffer.alloc(0));
    return pieces;
  }

  async finish(about: Omit<Contents, 'format' | 'entries'>): Promise<Contents> {
    const list: Contents = { format: 1, ...about, entries: this.#entries };
    await this.#put(LIST, Buffer.from(JSON.stringify(list)));
    this.#tar.finalize();
    await this.#done;
    return list;
  }

  /** What was written is of no use. */
  abort(): void {
    this.#tar.destroy();
  }
}

/** Reads every entry in order. */
export async function* readEntries(path: string): AsyncGenerator<{ name: string; body: AsyncIterable<Buffer> }> {
  const tar = extract();
  const reading = pipeline(createReadStream(path), createZstdDecompress(), tar);
  reading.catch((error: Error) => tar.destroy(error));
  const unreadable = (cause: unknown) =>
    cause instanceof BackupUnusable
      ? cause
      : new BackupUnusable(`${path} cannot be read to its end: ${(cause as Error).message}`, { cause });
  /** A file may be cut short between entries or within one. */
  async function* bodyOf(entry: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* entry;
    } catch (cause) {
      throw unreadable(cause);
    }
  }
  try {
    for await (const entry of tar) yield { name: entry.header.name, body: bodyOf(entry as AsyncIterable<Buffer>) };
    await reading;
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** Reads the whole backup and compares it with its list. @throws BackupUnusable. */
export async function check(path: string): Promise<Contents> {
  const found: Contents['entries'] = {};
  let list: string | null = null;
  for await (const { name, body } of readEntries(path)) {
    const sum = createHash('sha256');
    const held: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      sum.update(chunk);
      bytes += chunk.length;
      if (name === LIST && bytes < LIST_MAX_BYTES) held.push(chunk);
    }
    if (name === LIST) list = Buffer.concat(held).toString();
    else found[name] = { bytes, sha256: sum.digest('hex') };
  }
  if (list === null)
    throw new BackupUnusable(`${path} has no list of what is in it: it was cut short, or is no backup.`);
  const parsed = contents.safeParse(JSON.parse(list));
  if (!parsed.success) throw new BackupUnusable(`The list in ${path} is not one that this version knows.`);
  for (const [name, { sha256 }] of Object.entries(parsed.data.entries))
    if (found[name]?.sha256 !== sha256)
      throw new BackupUnusable(`${name} in ${path} is missing or is not what it was.`);
  return parsed.data;
}
