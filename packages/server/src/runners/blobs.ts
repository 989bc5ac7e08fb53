/** Blobs of snapshots for runners: their bytes go through here, so that no runner needs the store's credentials. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { BLOBS_PATH } from '@rigger/runner/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RiggerError } from '../model/errors.ts';
import type { Engine } from '../sessions/engine.ts';
import type { SnapshotStore } from '../snapshots/port.ts';
import { blobStored, knownBlobs, noteBlob } from '../store/snapshots.ts';
import type { Identify } from './identity.ts';
import { leasedSession } from './leased.ts';

const HASH = /^[0-9a-f]{64}$/;
const LARGEST_BLOB = 64 * 1024 * 1024;
const wanted = z.object({ hashes: z.array(z.string().regex(HASH)).max(10_000) });
const named = z.object({ hash: z.string().regex(HASH) });

export function addBlobRoutes(app: FastifyInstance, engine: Engine, store: SnapshotStore, identify: Identify): void {
  const { db } = engine.database;
  app.post(BLOBS_PATH, { schema: { hide: true } }, async (request) => {
    await leasedSession(engine, identify, request);
    return { known: await knownBlobs(db, wanted.parse(request.body).hashes) };
  });
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put(`${BLOBS_PATH}/:hash`, { schema: { hide: true }, bodyLimit: LARGEST_BLOB }, async (request, reply) => {
      await leasedSession(engine, identify, request);
      const { hash } = named.parse(request.params);
      const bytes = await buffer(request.body as Readable);
      if (bytes.length > LARGEST_BLOB) throw new RiggerError('body_too_large');
      if (createHash('sha256').update(bytes).digest('hex') !== hash)
        throw new RiggerError('invalid_request', { detail: 'The bytes are not what their name says.' });
      await noteBlob(db, hash, bytes.length);
      await store.put(hash, bytes);
      await blobStored(db, hash);
      return reply.code(204).send();
    });
    scope.get(`${BLOBS_PATH}/:hash`, { schema: { hide: true } }, async (request, reply) => {
      await leasedSession(engine, identify, request);
      const bytes = await store.get(named.parse(request.params).hash);
      return bytes === null ? reply.code(404).send() : reply.type('application/octet-stream').send(bytes);
    });
  });
}
