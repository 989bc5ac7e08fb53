import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { ARCHIVE_FORMATS, type ArchiveFormat } from '@rigger/runner/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { request as send } from 'undici';
import { z } from 'zod';
import { RiggerError } from '../model/errors.ts';
import {
  ARCHIVE_TYPES,
  fileList,
  fileListQuery,
  TYPE_OF_ARCHIVE,
  unpacked,
  unpackQuery,
  writtenFile,
} from '../model/files.ts';
import { type FilesAnswer, type FilesPlace, noteFiles, placeOfFiles } from '../sessions/files.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const id = z.string().min(1).max(255);
const pathParams = z.object({ id, '*': z.string().max(4_096) });
/** On a request that another server passed on: it is not passed on again. */
const PASSED_ON = 'x-rigger-passed-on';
const CONDITIONS = ['if-match', 'if-none-match', 'if-range', 'range'];
const NOT_PASSED_ON = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'expect', 'upgrade']);
const tags = ['files'];

type Raw = FastifyRequest & { raw: IncomingMessage };

const conditions = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(
    CONDITIONS.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );

/** What an agent wrote must never run as a page of this server's: it is downloaded, and has no rights where it is shown. */
const guarded = (name: string): Record<string, string> => ({
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
  'content-security-policy': "sandbox; default-src 'none'",
  'cache-control': 'private, no-cache',
});

function archiveAsked(request: FastifyRequest, named: ArchiveFormat | undefined): ArchiveFormat | null {
  if (named !== undefined) return named;
  const accepted = (request.headers.accept ?? '').split(',').map((type) => type.split(';')[0]!.trim());
  return accepted.map((type) => ARCHIVE_TYPES[type]).find((format) => format !== undefined) ?? null;
}

/** Bodies are streams here, and no parser touches them. */
export function addFileRoutes(app: App, { engine, files, serverId }: Parts): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: unknown, payload: unknown, done: (error: null, body: unknown) => void) =>
    done(null, payload),
  );
  const bodyLimit = Number.MAX_SAFE_INTEGER;

  /** The place, or null once the request has been passed on to the server that its runner is connected to. */
  async function placed(
    request: FastifyRequest,
    reply: FastifyReply,
    changes: boolean,
  ): Promise<FilesPlace | null | 'none'> {
    const { id: session } = request.params as { id: string };
    const place = await placeOfFiles(engine, session, changes);
    if (place === null) return 'none';
    if (place.serverId === serverId) return place;
    const lost = {
      detail: `The runner that has them, ${place.runner}, is connected to another server.`,
      extra: { id: session },
    };
    if (place.serverUrl === null || request.headers[PASSED_ON] !== undefined)
      throw new RiggerError('files_unavailable', lost);
    await passOn(request as Raw, reply, place.serverUrl).catch((cause: unknown) => {
      if (reply.sent || reply.raw.headersSent) throw cause;
      throw new RiggerError('files_unavailable', { ...lost, cause });
    });
    return null;
  }

  const ask = (
    place: FilesPlace,
    request: FastifyRequest,
    about: { method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'; action: 'list' | 'file' | 'archive' | 'move' },
    query: Record<string, string>,
    body: Readable | null = null,
  ): Promise<FilesAnswer> => {
    const { id: session } = request.params as { id: string };
    const length = body === null ? undefined : request.headers['content-length'];
    const headers = { ...conditions(request), ...(length === undefined ? {} : { 'x-rigger-length': length }) };
    return files({ session, runner: place.runner, origin: place.origin, ...about, query, headers, body });
  };
  const read = async <T>(answer: FilesAnswer): Promise<T> => {
    let text = '';
    for await (const part of answer.body.setEncoding('utf8')) text += String(part);
    return JSON.parse(text) as T;
  };

  app.get(
    '/api/sessions/:id/files',
    {
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'List a folder of the workspace; or the folder as a tar, with `archive` or an `Accept` of that type',
        params: z.object({ id }),
        querystring: fileListQuery,
        response: { 200: z.union([fileList, z.any()]), ...problems(400, 404, 409, 503) },
      },
    },
    async (request, reply) => {
      const { path, recursive, cursor, limit, archive } = request.query;
      const place = await placed(request, reply, false);
      if (place === null) return reply;
      const format = archiveAsked(request, archive);
      if (place === 'none') {
        if (path !== '' || format !== null)
          throw new RiggerError('file_not_found', { detail: 'The session has no files yet.', extra: { path } });
        return { entries: [], nextCursor: null };
      }
      if (format !== null) {
        const answer = await ask(place, request, { method: 'GET', action: 'archive' }, { path, format });
        const name = `${path === '' ? request.params.id : (path.split('/').at(-1) ?? 'files')}.${format}`;
        return reply.headers(guarded(name)).type(TYPE_OF_ARCHIVE[format]).send(answer.body);
      }
      const query = { path, recursive, limit: String(limit), ...(cursor === undefined ? {} : { after: cursor }) };
      const page = await read<{ entries: unknown[]; next: string | null }>(
        await ask(place, request, { method: 'GET', action: 'list' }, query),
      );
      return { entries: page.entries, nextCursor: page.next };
    },
  );

  app.put(
    '/api/sessions/:id/files',
    {
      bodyLimit,
      schema: {
        tags,
        summary: `Unpack an archive into the workspace: ${ARCHIVE_FORMATS.join(', ')}, by its Content-Type`,
        params: z.object({ id }),
        querystring: unpackQuery,
        response: { 200: unpacked, ...problems(400, 404, 409, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim();
      const format = ARCHIVE_TYPES[type];
      if (format === undefined)
        throw new RiggerError('unsupported_media_type', {
          detail: `Send one of ${Object.keys(ARCHIVE_TYPES).join(', ')}.`,
        });
      const place = await placed(request, reply, true);
      if (place === null || place === 'none') return reply;
      const { path, links } = request.query;
      const done = await read<z.output<typeof unpacked>>(
        await ask(
          place,
          request,
          { method: 'PUT', action: 'archive' },
          { path, format, links },
          request.body as Readable,
        ),
      );
      await noteFiles(engine, request.params.id, 'files.written', {
        path,
        archive: format,
        entries: done.entries,
        bytes: done.bytes,
      });
      return done;
    },
  );

  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/sessions/:id/files/*',
    exposeHeadRoute: false,
    schema: {
      tags,
      summary: 'Read a file of the workspace: with ETag, conditions and a range',
      params: pathParams,
      response: { 200: z.any(), ...problems(400, 404, 409, 503) },
    },
    handler: async (request, reply) => {
      const path = request.params['*'];
      const place = await placed(request, reply, false);
      if (place === null) return reply;
      if (place === 'none')
        throw new RiggerError('file_not_found', { detail: 'The session has no files yet.', extra: { path } });
      const method = request.method as 'GET' | 'HEAD';
      const answer = await ask(place, request, { method, action: 'file' }, { path });
      reply.code(answer.status as 200).headers({ ...answer.headers, ...guarded(path.split('/').at(-1) ?? 'file') });
      if (method === 'GET' && answer.status !== 304) return reply.send(answer.body);
      answer.body.destroy();
      reply.hijack();
      reply.raw
        .writeHead(answer.status, {
          ...(reply.getHeaders() as Record<string, string>),
          'x-content-type-options': 'nosniff',
        })
        .end();
      return reply;
    },
  });

  app.put(
    '/api/sessions/:id/files/*',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Write a file of the workspace, whole or not at all; folders above it are made',
        params: pathParams,
        response: { 200: writtenFile, 201: writtenFile, ...problems(400, 404, 409, 413, 503) },
      },
    },
    async (request, reply) => {
      const place = await placed(request, reply, true);
      if (place === null || place === 'none') return reply;
      const path = request.params['*'];
      const body = (request.body as Readable | undefined) ?? request.raw;
      const written = await read<z.output<typeof writtenFile>>(
        await ask(place, request, { method: 'PUT', action: 'file' }, { path }, body),
      );
      await noteFiles(engine, request.params.id, 'files.written', {
        path,
        size: written.size,
        created: written.created,
      });
      return reply
        .code(written.created ? 201 : 200)
        .header('etag', written.etag)
        .send(written);
    },
  );

  app.delete(
    '/api/sessions/:id/files/*',
    {
      schema: {
        tags,
        summary: 'Remove a file of the workspace; a folder with what is in it by `recursive=true`',
        params: pathParams,
        querystring: z.object({ recursive: z.enum(['true', 'false']).default('false') }),
        response: { 200: z.object({ success: z.literal(true), path: z.string() }), ...problems(400, 404, 409, 503) },
      },
    },
    async (request, reply) => {
      const place = await placed(request, reply, true);
      if (place === null || place === 'none') return reply;
      const path = request.params['*'];
      await read(
        await ask(place, request, { method: 'DELETE', action: 'file' }, { path, recursive: request.query.recursive }),
      );
      await noteFiles(engine, request.params.id, 'files.deleted', { path });
      return { success: true as const, path };
    },
  );
}

/** Has another server answer a request: everything is checked again there. */
async function passOn(request: Raw, reply: FastifyReply, serverUrl: string): Promise<void> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name, value]) => value !== undefined && !NOT_PASSED_ON.has(name)),
  ) as Record<string, string>;
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'DELETE';
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const answer = await send(new URL(request.url, serverUrl), {
    method: request.method as 'GET',
    headers: { ...headers, [PASSED_ON]: '1' },
    body: hasBody ? ((request.body as Readable | undefined) ?? request.raw) : null,
    signal: gone.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  reply.hijack();
  const returned = Object.entries(answer.headers).filter(([name]) => !NOT_PASSED_ON.has(name));
  reply.raw.writeHead(answer.statusCode, Object.fromEntries(returned) as Record<string, string>);
  await new Promise<void>((resolve) => pipeline(answer.body, reply.raw, () => resolve()));
}
