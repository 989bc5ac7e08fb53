import { ARCHIVE_FORMATS, type ArchiveFormat, FILE_KINDS } from '@rigger/runner/protocol';
import { z } from 'zod';

export const fileEntry = z
  .object({
    path: z.string(),
    type: z
      .enum(FILE_KINDS)
      .describe('`other` can be neither read nor written: a pipe, a device, a socket, a name that is no text.'),
    size: z.int().nullable(),
    modifiedAt: z.string(),
    etag: z.string().nullable(),
    target: z.string().nullable().describe('Where a symbolic link says it leads. Nobody follows it.'),
  })
  .meta({ id: 'File' });

export const fileList = z
  .object({ entries: z.array(fileEntry), nextCursor: z.string().nullable() })
  .meta({ id: 'FileList' });

export const fileListQuery = z.object({
  path: z.string().max(4_096).default('').describe('A folder below the workspace.'),
  recursive: z.enum(['true', 'false']).default('false'),
  cursor: z.string().max(4_096).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  archive: z
    .enum(ARCHIVE_FORMATS)
    .optional()
    .describe('The folder as an archive, instead of a list; `Accept` asks for it too.'),
});

export const unpackQuery = z.object({
  path: z.string().max(4_096).default('').describe('The folder to unpack into; it is made.'),
  links: z.enum(['refuse', 'skip']).default('refuse').describe('What becomes of links that lead out of the workspace.'),
});

export const unpacked = z
  .object({ entries: z.int(), bytes: z.int(), skipped: z.array(z.object({ path: z.string(), why: z.string() })) })
  .meta({ id: 'Unpacked' });

export const writtenFile = z
  .object({ path: z.string(), size: z.int(), etag: z.string(), created: z.boolean() })
  .meta({ id: 'WrittenFile' });

/** Media types of archives, as clients name them. */
export const ARCHIVE_TYPES: Record<string, ArchiveFormat> = {
  'application/x-tar': 'tar',
  'application/gzip': 'tar.gz',
  'application/x-gzip': 'tar.gz',
  'application/zstd': 'tar.zst',
};
export const TYPE_OF_ARCHIVE: Record<ArchiveFormat, string> = {
  tar: 'application/x-tar',
  'tar.gz': 'application/gzip',
  'tar.zst': 'application/zstd',
};
