import { filePath, segment } from './paths.ts';
import type { Body, CallOptions, Transport } from './transport.ts';
import type { ArchiveFormat, FileEntry, FilePage, Unpacked, WrittenFile } from './types.ts';

/** Only if the file is as it was, by its ETag; `ifNoneMatch: '*'` only if there is none. */
export interface Conditions {
  ifMatch?: string;
  ifNoneMatch?: string;
}

export interface FileHead {
  size: number;
  etag: string;
  modifiedAt: Date;
}

const MEDIA_TYPES: Record<ArchiveFormat, string> = {
  tar: 'application/x-tar',
  'tar.gz': 'application/gzip',
  'tar.zst': 'application/zstd',
};

const headersOf = ({ ifMatch, ifNoneMatch, range }: Conditions & { range?: string }): Record<string, string> => ({
  ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
  ...(range === undefined ? {} : { range }),
});

/** The files of a session's workspace. Paths are below it, with `/` between names. */
export class Files {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  #at(id: string, path?: string): string {
    return `/api/sessions/${segment(id)}/files${path === undefined ? '' : `/${filePath(path)}`}`;
  }

  /** One page of a folder, by names. */
  list(
    id: string,
    query: { path?: string; recursive?: boolean; cursor?: string; limit?: number } = {},
    options: CallOptions = {},
  ): Promise<FilePage> {
    return this.#http.json('GET', this.#at(id), { ...options, query });
  }

  /** Everything in a folder, page by page. */
  async *each(
    id: string,
    query: { path?: string; recursive?: boolean; limit?: number } = {},
    options: CallOptions = {},
  ): AsyncGenerator<FileEntry, void, undefined> {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: FilePage = await this.list(id, cursor === undefined ? query : { ...query, cursor }, options);
      yield* page.entries;
      cursor = page.nextCursor;
    }
  }

  /** A file as an answer, of which the body is a stream. 206 where a range was asked for, 304 where it has not changed. */
  read(
    id: string,
    path: string,
    { signal, ...asked }: CallOptions & Conditions & { range?: string } = {},
  ): Promise<Response> {
    return this.#http.send('GET', this.#at(id, path), { signal, headers: headersOf(asked), accept: [304] });
  }

  /** What there is to know of a file without its content. */
  async head(id: string, path: string, options: CallOptions = {}): Promise<FileHead> {
    const { headers } = await this.#http.send('HEAD', this.#at(id, path), options);
    return {
      size: Number(headers.get('content-length')),
      etag: headers.get('etag') ?? '',
      modifiedAt: new Date(headers.get('last-modified') ?? 0),
    };
  }

  /** Writes a file whole or not at all; folders above it are made. A stream as the body is sent once, and not again. */
  write(
    id: string,
    path: string,
    body: Body,
    { signal, ...conditions }: CallOptions & Conditions = {},
  ): Promise<WrittenFile> {
    const headers = { 'content-type': 'application/octet-stream', ...headersOf(conditions) };
    return this.#http.json('PUT', this.#at(id, path), { signal, headers, body });
  }

  /** Removes a file; a folder with what is in it where `recursive` is set. */
  delete(
    id: string,
    path: string,
    { signal, recursive, ...conditions }: CallOptions & Conditions & { recursive?: boolean } = {},
  ): Promise<{ success: true; path: string }> {
    return this.#http.json('DELETE', this.#at(id, path), {
      signal,
      query: { recursive },
      headers: headersOf(conditions),
    });
  }

  /** A folder, or all of the workspace, as an archive: an answer, of which the body is a stream. */
  archive(
    id: string,
    { path, format = 'tar.gz', signal }: CallOptions & { path?: string; format?: ArchiveFormat } = {},
  ): Promise<Response> {
    return this.#http.send('GET', this.#at(id), { signal, query: { path, archive: format } });
  }

  /** Unpacks an archive into a folder, or into all of the workspace, whole or not at all. */
  unpack(
    id: string,
    body: Body,
    {
      path,
      links,
      format = 'tar.gz',
      signal,
    }: CallOptions & { path?: string; links?: 'refuse' | 'skip'; format?: ArchiveFormat } = {},
  ): Promise<Unpacked> {
    const headers = { 'content-type': MEDIA_TYPES[format] };
    return this.#http.json('PUT', this.#at(id), { signal, query: { path, links }, headers, body });
  }
}
