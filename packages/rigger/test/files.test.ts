/** A session's files over HTTP, through the server and over the connection that the runner dialled. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { bash, type Json, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger({ RIGGER_WORKSPACE_MAX_BYTES: '300000000' });
});
afterAll(() => rigger.stop());

const config = { allowedTools: ['Bash'] };
const make = (over: object = {}) => rigger.create({ pattern: 'long-running', config: { ...config, ...over } });
const url = (id: string, path = '', on = rigger) => `${on.url}/api/sessions/${id}/files${path}`;
const put = (
  id: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  on = rigger,
) => fetch(url(id, path, on), { method: 'PUT', body, headers });
const problem = async (answer: Response): Promise<[number, string]> => [
  answer.status,
  ((await answer.json()) as Json).code,
];
const said = async (id: string, command: string): Promise<string> =>
  (await rigger.say(id, script(bash(command), { text: '{{lastToolResult}}' }))).response.content;

describe('files', () => {
  let id: string;
  beforeAll(async () => {
    ({ id } = await make());
  });

  test('can be put into a workspace before its first message, and the agent finds them as its own', async () => {
    expect(await (await fetch(url(id))).json()).toEqual({ entries: [], nextCursor: null });
    const answer = await put(id, '/src/deep/hello.txt', 'hello');
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({
      path: 'src/deep/hello.txt',
      size: 5,
      etag: answer.headers.get('etag'),
      created: true,
    });
    expect(
      await said(
        id,
        'cat src/deep/hello.txt; echo " and more" >> src/deep/hello.txt; touch src/mine; stat -c %U src src/deep/hello.txt',
      ),
    ).toBe('helloagent\nagent');
    expect(await (await fetch(url(id, '/src/deep/hello.txt'))).text()).toBe('hello and more\n');
    const { type, data } = await rigger.until(id, (event) => event.type === 'files.written');
    expect({ type, data }).toEqual({
      type: 'files.written',
      data: { path: 'src/deep/hello.txt', size: 5, created: true },
    });
  });

  test('are listed, by pages', async () => {
    const first = (await (await fetch(url(id, '?recursive=true&limit=2'))).json()) as Json;
    expect(first.entries.map((entry: Json) => [entry.path, entry.type])).toEqual([['src', 'directory'], ['src/deep', 'directory']]); // biome-ignore format: a table
    const second = (await (
      await fetch(url(id, `?recursive=true&limit=2&cursor=${encodeURIComponent(first.nextCursor)}`))
    ).json()) as Json;
    expect(second.entries.map((entry: Json) => [entry.path, entry.size])).toEqual([['src/deep/hello.txt', 15], ['src/mine', 0]]); // biome-ignore format: a table
    expect(second.nextCursor).toBeNull();
    expect(await problem(await fetch(url(id, '?path=nowhere')))).toEqual([404, 'file_not_found']);
  });

  test('are read with conditions and ranges, and never as a page of ours', async () => {
    await put(id, '/page.html', '<script>alert(1)</script>');
    const whole = await fetch(url(id, '/page.html'));
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': "attachment; filename*=UTF-8''page.html",
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-length': '25',
    });
    const etag = whole.headers.get('etag')!;
    expect((await fetch(url(id, '/page.html'), { headers: { 'if-none-match': etag } })).status).toBe(304);
    const part = await fetch(url(id, '/page.html'), { headers: { range: 'bytes=1-6' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 1-6/25',
      'script',
    ]);
    expect(await problem(await fetch(url(id, '/page.html'), { headers: { range: 'bytes=99-' } }))).toEqual([
      416,
      'range_not_satisfiable',
    ]);
    const head = await fetch(url(id, '/page.html'), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '25', '']);
    expect(await problem(await put(id, '/page.html', 'x', { 'if-match': '"other"' }))).toEqual([
      412,
      'precondition_failed',
    ]);
    expect(await problem(await put(id, '/page.html', 'x', { 'if-none-match': '*' }))).toEqual([
      412,
      'precondition_failed',
    ]);
    expect((await put(id, '/page.html', 'x', { 'if-match': etag })).status).toBe(200);
  });

  test('are asked for by HEAD as by GET, what is refused too', async () => {
    const session = await rigger.create({ pattern: 'hybrid', config: {} });
    const at = (path: string) => new URL(`/api/sessions/${session.id}/files/${path}`, rigger.url);
    expect((await fetch(at('a.txt'), { method: 'PUT', body: 'hello' })).status).toBe(201);
    for (const path of ['a.txt', 'none.txt', '..%2f..%2fetc%2fpasswd', '%00'])
      expect((await fetch(at(path), { method: 'HEAD' })).status, path).toBe((await fetch(at(path))).status);
  });

  test('are removed, folders only when all in them is meant', async () => {
    const remove = (path: string) => fetch(url(id, path), { method: 'DELETE' });
    await put(id, '/gone/file', 'x');
    expect(await problem(await remove('/gone'))).toEqual([409, 'folder_not_empty']);
    expect((await remove('/gone?recursive=true')).status).toBe(200);
    expect(await problem(await remove('/gone'))).toEqual([404, 'file_not_found']);
    expect(await said(id, 'ls gone 2>&1')).toContain('No such file');
  });

  /** As a client that does not tidy its paths. */
  async function raw(method: string, path: string): Promise<string> {
    const { hostname, port, host } = new URL(rigger.url);
    const socket = net.connect(Number(port), hostname);
    socket.write(
      `${method} /api/sessions/${id}/files/${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
    return text(socket);
  }

  test.each([
    '../../../etc/passwd',
    '%2e%2e/%2e%2e/etc/passwd',
    '..%2f..%2fetc/passwd',
    '%00',
    'a%00b',
    '/etc/passwd',
    'a%5c..%5cb',
    '%252e%252e/x',
  ])('a path that leads elsewhere is refused: %s', async (path) => {
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect(await raw(method, path)).toMatch(
        /^HTTP\/1\.1 40[04] [\s\S]*"code":"(invalid_path|route_not_found|invalid_request)"/,
      );
  });

  test('of what an agent put in the place of files nothing is read', async () => {
    // The CLI asks before a command that names what lies outside.
    await put(id, '/make.sh', 'ln -s /etc/passwd link; ln -s / root; mkfifo pipe');
    await said(id, 'sh make.sh');
    for (const path of ['/link', '/root/etc/passwd', '/pipe'])
      expect(await problem(await fetch(url(id, path)))).toEqual([409, expect.any(String)]);
    const list = (await (await fetch(url(id))).json()) as Json;
    expect(list.entries.find((entry: Json) => entry.path === 'link')).toMatchObject({
      type: 'symlink',
      target: '/etc/passwd',
      size: null,
    });
    await put(id, '/unmake.sh', 'rm link root pipe');
    await said(id, 'sh unmake.sh');
  });

  test('of a session that has ended are read until it is deleted, and not changed', async () => {
    const { id: other } = await make();
    await put(other, '/result', 'of its work');
    await said(other, 'echo more >> result');
    await rigger.call('POST', `/api/sessions/${other}/terminate`);
    expect(await (await fetch(url(other, '/result'))).text()).toBe('of its workmore\n');
    expect(await problem(await put(other, '/result', 'x'))).toEqual([409, 'session_not_active']);
    await rigger.call('DELETE', `/api/sessions/${other}`);
    expect(await problem(await fetch(url(other, '/result')))).toEqual([404, 'session_not_found']);
  });
});

describe('archives', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rigger-tar-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('go in and come out in every format, as tar itself makes and reads them', async () => {
    execFileSync(
      '/bin/sh',
      [
        '-c',
        'mkdir -p in/a; echo one > in/a/1; printf "#!/bin/sh\\necho ran" > in/run; chmod 755 in/run; ln -s a/1 in/link; tar -C in -czf in.tgz .',
      ],
      { cwd: folder },
    );
    const { id } = await make();
    const bytes = execFileSync('cat', [join(folder, 'in.tgz')]);
    const answer = await put(id, '', bytes, { 'content-type': 'application/gzip' });
    expect([answer.status, await answer.json()]).toEqual([200, { entries: 4, bytes: 4 + 18, skipped: [] }]);
    expect(await said(id, 'cat link; ./run')).toBe('one\nran');
    for (const [type, name] of [
      ['application/x-tar', 'x.tar'],
      ['application/gzip', 'x.tgz'],
      ['application/zstd', 'x.tar.zst'],
    ] as const) {
      const whole = await fetch(url(id), { headers: { accept: type } });
      expect(whole.headers.get('content-type')).toBe(type);
      writeFileSync(join(folder, name), Buffer.from(await whole.arrayBuffer()));
      if (name !== 'x.tar.zst')
        expect(execFileSync('tar', ['-tf', name], { cwd: folder }).toString().split('\n').sort().join(' ')).toMatch(
          /a\/1 .*link .*run/,
        );
    }
    const part = await fetch(url(id, '?path=a&archive=tar'));
    expect(part.headers.get('content-disposition')).toContain('a.tar');
  });

  test('that are refused leave nothing', async () => {
    const { id } = await make();
    expect(await problem(await put(id, '', 'no tar', { 'content-type': 'application/x-tar' }))).toEqual([
      400,
      'archive_refused',
    ]);
    expect(await problem(await put(id, '', 'x', { 'content-type': 'text/plain' }))).toEqual([
      415,
      'unsupported_media_type',
    ]);
    expect(((await (await fetch(url(id))).json()) as Json).entries).toEqual([]);
  });
});

test('200 MB go in and out while the runner is heard of, and more than the quota does not', async () => {
  const { id } = await make();
  const bytes = randomBytes(200_000_000);
  const sum = createHash('sha256').update(bytes).digest('hex');
  expect((await put(id, '/large', bytes)).status).toBe(201);
  const hash = createHash('sha256');
  for await (const part of (await fetch(url(id, '/large'))).body!) hash.update(part);
  expect(hash.digest('hex')).toBe(sum);
  expect(await problem(await put(id, '/more', bytes))).toEqual([413, 'quota_exceeded']);
  expect(rigger.log.filter((line) => /silent|disconnected/.test(line.msg))).toEqual([]);
});

test('a download that is broken off ends the reading, and others go on', async () => {
  const { id } = await make();
  await put(id, '/large', randomBytes(50_000_000));
  await put(id, '/small', 'small');
  for (let n = 0; n < 5; n += 1) {
    const abort = new AbortController();
    const answer = await fetch(url(id, '/large'), { signal: abort.signal });
    await answer.body!.getReader().read();
    abort.abort();
  }
  expect(await (await fetch(url(id, '/small'))).text()).toBe('small');
  const open = () =>
    execFileSync('/bin/sh', ['-c', `ls -l /proc/${rigger.runnerPid()}/fd | grep -c /large || true`])
      .toString()
      .trim();
  while (open() !== '0') await new Promise((resolve) => setTimeout(resolve, 50));
});

describe('two servers over one database', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(2, { RIGGER_LEASE_MS: '3000', RIGGER_SWEEP_INTERVAL_MS: '500' });
    await cluster.startRunner('there', { servers: [cluster.servers[1]!] });
  });
  afterAll(() => cluster?.stop());

  test('either reads and writes the files of a runner that is connected to one of them', async () => {
    const [here, there] = cluster.servers as [Rigger, Rigger];
    const { id } = await here.create({ pattern: 'hybrid', config });
    expect((await put(id, '/from-here', randomBytes(3_000_000), {}, here)).status).toBe(201);
    for (const server of [here, there])
      expect((await (await fetch(url(id, '/from-here', server))).arrayBuffer()).byteLength).toBe(3_000_000);
    expect(await problem(await fetch(url(id, '/nothing', here)))).toEqual([404, 'file_not_found']);
    expect(await problem(await fetch(url(id, '/..%2fx', here)))).toEqual([400, 'invalid_path']);
    const answer = await here.say(id, script(bash('stat -c %s from-here'), { text: '{{lastToolResult}}' }));
    expect(answer.response.content).toBe('3000000');
  });

  test('files of a runner that is away are said to be so', async () => {
    const [here] = cluster.servers as [Rigger];
    const runner = await cluster.startRunner('passing', { servers: [here], labels: 'passing' });
    const { id } = await here.create({ pattern: 'hybrid', config: { ...config, runnerLabels: ['passing'] } });
    expect((await put(id, '/file', 'x', {}, here)).status).toBe(201);
    await runner.end('SIGKILL');
    expect(await problem(await fetch(url(id, '/file', here)))).toEqual([503, 'files_unavailable']);
  });
});
