/** The files of a runner's sessions over HTTP, for the server it is connected to. The routes are in `protocol/files.ts`. */
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { pipeline, Readable } from 'node:stream';
import { lookup } from 'mrmime';
import { z } from 'zod';
import { ARCHIVE_FORMATS, ORIGIN_HEADER, REFUSAL_HEADER, type WorkspaceOrigin } from '../protocol/index.ts';
import { compressed } from './compression.ts';
import { isKnown, rangeOf } from './conditions.ts';
import { Folder, namesOf, within } from './folder.ts';
import { list } from './list.ts';
import { pack } from './pack.ts';
import { openFile } from './read.ts';
import { FileRefusal } from './refusal.ts';
import { unpack } from './unpack.ts';
import type { Workspaces } from './workspaces.ts';
import { makeFolder, move, removePath, writeFile } from './write.ts';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const query = z.object({
  path: z.string().default(''),
  to: z.string().default(''),
  recursive: flag,
  after: z.string().nullable().default(null),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  format: z.enum(ARCHIVE_FORMATS).default('tar'),
  links: z.enum(['refuse', 'skip']).default('refuse'),
});
type Query = z.output<typeof query>;

interface Asked extends Query {
  session: string;
  origin: WorkspaceOrigin;
  request: Http2ServerRequest;
  response: Http2ServerResponse;
}
type Serve = (asked: Asked, workspaces: Workspaces) => Promise<void>;

const NOTHING = (path: string): FileRefusal =>
  new FileRefusal('file_not_found', `There is no ${path === '' ? 'workspace' : path}.`, { path });

function json(response: Http2ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Sends a stream and resolves at its end; a reader that goes away ends the reading. */
const send = (source: Readable, response: Http2ServerResponse): Promise<void> =>
  new Promise((resolve, reject) => {
    pipeline(source, response.stream, (error) => (error ? reject(error) : resolve()));
  });

/** To stop reading is not to break off: what is refused is still answered. */
async function* bytesOf(request: Http2ServerRequest): AsyncGenerator<Buffer> {
  for await (const part of request.stream.iterator({ destroyOnReturn: false })) yield part as Buffer;
}

async function looking<T>(asked: Asked, workspaces: Workspaces, work: (root: Folder) => Promise<T>): Promise<T | null> {
  const root = await workspaces.look(asked.session, asked.origin);
  if (root === null) return null;
  try {
    return await work(root);
  } finally {
    await root.close();
  }
}

const header = (request: Http2ServerRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};
const conditionsOf = (request: Http2ServerRequest) => ({
  ifMatch: header(request, 'if-match'),
  ifNoneMatch: header(request, 'if-none-match'),
});

const getList: Serve = async (asked, workspaces) => {
  const page = await looking(asked, workspaces, (root) => list(root, asked));
  if (page === null && asked.path !== '') throw NOTHING(asked.path);
  json(asked.response, 200, page ?? { entries: [], next: null });
};

const getFile: Serve = async (asked, workspaces) => {
  const { request, response, path } = asked;
  const file = await looking(asked, workspaces, (root) => openFile(root, path));
  if (file === null) throw NOTHING(path);
  const { handle, size, etag, modifiedAt, mode } = file;
  let sent = false;
  try {
    const about = {
      etag,
      'last-modified': modifiedAt.toUTCString(),
      'accept-ranges': 'bytes',
      'x-rigger-file-mode': (mode & 0o777).toString(8),
    };
    if (isKnown(conditionsOf(request), etag)) return void response.writeHead(304, about).end();
    const ifRange = header(request, 'if-range');
    const range = ifRange === undefined || ifRange === etag ? rangeOf(header(request, 'range'), size) : null;
    const length = range === null ? size : range.end - range.start + 1;
    response.writeHead(range === null ? 200 : 206, {
      ...about,
      'content-type': lookup(path) ?? 'application/octet-stream',
      'content-length': length,
      ...(range === null ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${size}` }),
    });
    if (request.method === 'HEAD' || length === 0) return void response.end();
    sent = true;
    const start = range?.start ?? 0;
    // The stream closes the handle. What is appended meanwhile is not sent: it was not promised.
    await send(handle.createReadStream({ start, end: start + length - 1, highWaterMark: 256 * 1024 }), response);
  } finally {
    if (!sent) await handle.close();
  }
};

const putFile: Serve = async ({ session, origin, path, request, response }, workspaces) => {
  const expected = Number(header(request, 'x-rigger-length') ?? 0);
  const written = await workspaces.change(session, origin, (space) =>
    writeFile(space, path, bytesOf(request), { ...conditionsOf(request), expected }),
  );
  json(response, 200, written);
};

const removeFile: Serve = async ({ session, origin, path, recursive, request, response }, workspaces) => {
  await workspaces.change(session, origin, (space) => removePath(space, path, { recursive, ...conditionsOf(request) }));
  json(response, 200, {});
};

const putFolder: Serve = async ({ session, origin, path, response }, workspaces) => {
  await workspaces.change(session, origin, (space) => makeFolder(space, path));
  json(response, 200, {});
};

const moveEntry: Serve = async ({ session, origin, path, to, response }, workspaces) => {
  await workspaces.change(session, origin, (space) => move(space, path, to));
  json(response, 200, {});
};

const getArchive: Serve = async (asked, workspaces) => {
  const { path, format, response } = asked;
  const root = await workspaces.look(asked.session, asked.origin);
  if (root === null) throw NOTHING(path);
  const names = namesOf(path);
  // Opened once more, for packing closes what it packs.
  const folder = await within(root, names, (found) =>
    Folder.open(`/proc/self/fd/${found.descriptor}/.`, found.path),
  ).finally(() => root.close());
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  await send(compressed(pack(folder), format), response);
};

const putArchive: Serve = async ({ session, origin, path, format, links, request, response }, workspaces) => {
  const done = await workspaces.change(session, origin, (space) =>
    unpack(space, Readable.from(bytesOf(request)), { path, format, links }),
  );
  json(response, 200, done);
};

const ROUTES: Record<string, Serve> = {
  'GET /list': getList,
  'GET /file': getFile,
  'HEAD /file': getFile,
  'PUT /file': putFile,
  'DELETE /file': removeFile,
  'PUT /folder': putFolder,
  'POST /move': moveEntry,
  'GET /archive': getArchive,
  'PUT /archive': putArchive,
};

/** Answers one request about files. */
export async function serveFiles(
  workspaces: Workspaces,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  onFault: (error: unknown) => void,
): Promise<void> {
  response.stream.on('error', () => {});
  try {
    const { pathname, searchParams } = new URL(request.url, 'http://files');
    const [, session = '', action = ''] = pathname.split('/');
    const serve = ROUTES[`${request.method} /${action}`];
    const asked = query.safeParse(Object.fromEntries(searchParams));
    if (serve === undefined || !asked.success)
      return json(response, 404, { code: 'invalid_path', detail: 'There is no such route.' });
    const said = header(request, ORIGIN_HEADER);
    const origin =
      said === undefined ? { workspaceFrom: null, sourcePath: null } : (JSON.parse(said) as WorkspaceOrigin);
    await serve({ ...asked.data, session: decodeURIComponent(session), origin, request, response }, workspaces);
  } catch (error) {
    if (response.headersSent || response.stream.destroyed) {
      // Half an answer cannot be taken back: it is broken off, so that nobody takes it for whole.
      response.stream.close(2);
      return;
    }
    if (error instanceof FileRefusal) response.setHeader(REFUSAL_HEADER, error.code);
    if (error instanceof FileRefusal)
      return json(response, error.status, { code: error.code, detail: error.message, ...error.extra });
    onFault(error);
    json(response, 500, { code: 'internal', detail: 'The runner failed.' });
  }
}
