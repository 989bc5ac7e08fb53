/** Requests that mean harm: too large, too deep, too slow, too many. Each is refused as what it is, and the server goes on. */
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, type Rigger, readProc, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger({
    RIGGER_BOOTSTRAP_KEY: ADMIN_KEY,
    RIGGER_REQUEST_TIMEOUT_MS: '1500',
    RIGGER_CREATES_PER_MINUTE: '50',
  });
});
afterAll(() => rigger.stop());

const memoryMb = (): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(readProc(rigger.pid, 'status'))?.[1] ?? 0) / 1024;

/** Speaks HTTP by hand, so that a request can be as slow as it likes. @returns all that was answered before the end. */
function speak(parts: string[], everyMs: number): Promise<string> {
  const { port } = new URL(rigger.url);
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(port), '127.0.0.1');
    const timer = setInterval(() => socket.write(parts.shift() ?? 'x'), everyMs);
    socket.on('data', (data) => {
      heard += String(data);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve(heard);
    });
    socket.write(parts.shift()!);
  });
}

const head = (more: string) =>
  `POST /api/sessions HTTP/1.1\r\nHost: ${new URL(rigger.url).host}\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n${more}`;

test('a head that trickles is 408', async () => {
  expect(await speak([head(''), 'X-Slow: '], 300)).toMatch(/^HTTP\/1\.1 408 /);
});

test('a body of JSON that trickles is 408, and says so', async () => {
  const heard = await speak([head('Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"'), 'a'], 300);
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(heard).toContain('request_timeout');
});

test('JSON ten thousand levels deep is refused, wherever it stands', async () => {
  const deep = (inner: string) => `${'{"a":'.repeat(10_000)}${inner}${'}'.repeat(10_000)}`;
  const list = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  for (const body of [
    deep('1'),
    `{"pattern":"hybrid","config":{"mcpServers":${deep('"\\u0000"')}}}`,
    `{"pattern":"hybrid","config":${list}}`,
  ]) {
    const { status } = await rigger.call('POST', '/api/sessions', body);
    expect(status).toBe(400);
  }
  const { id } = await rigger.create({ pattern: 'hybrid', config: {} });
  expect((await rigger.call('POST', `/api/sessions/${id}/message`, `{"prompt":${list}}`)).status).toBe(400);
});

test('a gigabyte of body is 413, and takes no memory', async () => {
  const before = memoryMb();
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const answer = await fetch(`${rigger.url}/api/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: Readable.toWeb(
      Readable.from(
        (function* () {
          for (let n = 0; n < 1_024; n += 1) yield piece;
        })(),
      ),
    ) as ReadableStream,
    duplex: 'half',
  } as RequestInit).then(
    (one) => one.status,
    // The server closes on whoever goes on sending what it has refused.
    () => 413,
  );
  expect(answer).toBe(413);
  expect(memoryMb() - before).toBeLessThan(150);
});

test('of a flood of creates so many are made as are allowed, the others are 429, and the server answers on', async () => {
  const before = memoryMb();
  const statuses = new Map<number, number>();
  const one = async () => {
    const { status } = await rigger.call('POST', '/api/sessions', { pattern: 'hybrid', config: {}, userId: 'flood' });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 100 }, one));
  expect([...statuses.keys()].sort()).toEqual([201, 429]);
  expect(statuses.get(201)).toBeLessThanOrEqual(100);
  expect(statuses.get(201)).toBeGreaterThanOrEqual(50);
  expect(memoryMb() - before).toBeLessThan(150);
  expect((await rigger.call('GET', '/api/sessions?limit=1')).status).toBe(200);
});
