import { pipeline, type Readable } from 'node:stream';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { ArchiveFormat } from '../protocol/index.ts';
import { FileRefusal } from './refusal.ts';

/** 32 MiB: more than `zstd -19` needs. A stream may ask for gigabytes of memory by a few bytes. */
const ZSTD_WINDOW_LOG = 25;
/** Archives are compressed as they are sent: what costs more than the network is of no use. */
const GZIP_LEVEL = 1;
const ZSTD_LEVEL = 1;

/** Breaks both off when either fails. */
const through = <T extends NodeJS.ReadWriteStream>(source: Readable, step: T): T =>
  pipeline(source, step, () => {}) as T;

export function compressed(tar: Readable, format: ArchiveFormat): Readable {
  if (format === 'tar.gz') return through(tar, createGzip({ level: GZIP_LEVEL }));
  if (format === 'tar.zst')
    return through(tar, createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }));
  return tar;
}

/** Its errors are `archive_refused` where the bytes are not what they are said to be. */
export async function* decompressed(archive: Readable, format: ArchiveFormat): AsyncGenerator<Buffer> {
  const stream =
    format === 'tar.gz'
      ? through(archive, createGunzip())
      : format === 'tar.zst'
        ? through(archive, createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }))
        : archive;
  try {
    for await (const part of stream) yield part as Buffer;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!/^(Z_|ZSTD_)/.test(code)) throw error;
    throw new FileRefusal(
      'archive_refused',
      `This is no ${format}: ${(error as Error).message}.`,
      {},
      { cause: error },
    );
  }
}
