import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { makeLog } from './log.ts';

const KEY = `rgr_abcdefghijkl_${'S'.repeat(32)}`;

test('a line has no secret in it, wherever it came from', () => {
  const lines: string[] = [];
  const log = makeLog({ level: 'info', version: '1', destination: { write: (line) => void lines.push(line) } });
  log.info({ headers: { authorization: `Bearer ${KEY}` } }, `asked with ${KEY}`);
  log.error({ err: new Error(`refused: ${KEY}`) }, 'It failed');
  expect(lines).toHaveLength(2);
  expect(lines.join('')).not.toContain('SSSS');
  expect(JSON.parse(lines[1]!)).toMatchObject({ level: 50, msg: 'It failed' });
});

test('an error is told to Sentry with its stack and its ids, and without secrets; what is no error is not', async () => {
  const told: string[] = [];
  const sentry = createServer(async (request, response) => {
    told.push(`${request.url}\n${await text(request)}`);
    response.end('{}');
    sentry.emit('told');
  }).listen(0, '127.0.0.1');
  await once(sentry, 'listening');
  const { port } = sentry.address() as AddressInfo;
  const dsn = `http://public@127.0.0.1:${port}/42`;
  const log = makeLog({ level: 'info', version: '1.2.3', dsn, destination: { write: () => {} } });
  const heard = once(sentry, 'told');
  log.info({ session: 'sess_0' }, 'all is well');
  log.warn({ err: new Error('not so bad') }, 'a warning');
  log.error({ err: new TypeError(`broke with ${KEY}`), session: 'sess_1' }, 'A turn broke');
  await heard;
  expect(told).toHaveLength(1);
  const [where, , , event] = told[0]!.split('\n');
  expect(where).toMatch(/^\/api\/42\/envelope\/\?.*sentry_key=public/);
  expect(JSON.parse(event!)).toMatchObject({
    release: 'rigger@1.2.3',
    tags: { session: 'sess_1' },
    extra: { message: 'A turn broke' },
    exception: { values: [{ type: 'TypeError', stacktrace: { frames: expect.any(Array) } }] },
  });
  expect(told[0]).not.toContain('SSSS');
  sentry.close();
});

test('a DSN that is none is refused at once', () => {
  expect(() => makeLog({ level: 'info', version: '1', dsn: 'nonsense' })).toThrow('SENTRY_DSN');
});
