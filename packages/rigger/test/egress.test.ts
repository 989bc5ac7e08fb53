import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster } from './cluster.ts';
import { bash, type Rigger, script, startRigger } from './harness.ts';
import { remembers } from './memory.ts';
import { serveGit, startWorld, type World } from './world.ts';

const external = (process.env.RIGGER_TEST_POSTGRES ?? '') !== '';
const VALUE = 'ghp_the-real-value-of-this-secret';
let world: World;
let rigger: Rigger;
beforeAll(async () => {
  world = await startWorld(async (request, response, { folder }) => {
    if (request.url?.startsWith('/mcp')) {
      await serveMcp(request, response);
      return true;
    }
    if (!request.url?.includes('.git')) return false;
    await serveGit(request, response, folder, VALUE);
    return true;
  });
  makeRepository(world.folder);
  // With a database of its own a server makes a key; of several over one each is given it.
  const key: Record<string, string> = external ? { RIGGER_VAULT_KEY: randomBytes(32).toString('base64') } : {};
  rigger = await startRigger({ ...world.settings, ...key });
  await rigger.call('PUT', '/api/secrets/api-token', { value: VALUE, hosts: [world.host] });
});
afterAll(async () => {
  await rigger.stop();
  await world.close();
});

function makeRepository(folder: string): void {
  const work = join(folder, 'work');
  mkdirSync(work);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: work, stdio: 'pipe' })
      .toString()
      .trim();
  git('init', '--quiet', '-b', 'main');
  for (const text of ['first', 'second']) {
    writeFileSync(join(work, 'file.txt'), `${text}\n`);
    git('add', '.');
    git('commit', '--quiet', '-m', text);
  }
  git('clone', '--quiet', '--bare', '.', join(folder, 'repo.git'));
  execFileSync('git', ['config', 'uploadpack.allowAnySHA1InWant', 'true'], { cwd: join(folder, 'repo.git') });
}

async function serveMcp(
  request: Parameters<typeof serveGit>[0],
  response: Parameters<typeof serveGit>[1],
): Promise<void> {
  const server = new McpServer({ name: 'remote', version: '1' });
  server.registerTool('whoami', { description: 'who calls' }, () => ({
    content: [{ type: 'text', text: request.headers.authorization === `Bearer ${VALUE}` ? 'the owner' : 'a stranger' }],
  }));
  const transport = new StreamableHTTPServerTransport({});
  await server.connect(transport as never);
  await transport.handleRequest(
    request,
    response,
    request.method === 'POST' ? JSON.parse(await text(request)) : undefined,
  );
}

const fetchUrl = (url: string, headers = '{}') =>
  bash(
    `node -e 'fetch("${url}", { headers: ${headers} }).then(async (a) => console.log(a.status, await a.text()), (e) => console.log("failed", e.cause?.code ?? e.message))'`,
  );
const session = (config: object) =>
  rigger.create({ pattern: 'long-running', config: { allowedTools: ['Bash'], ...config } });
const said = async (id: string, ...steps: object[]): Promise<string> =>
  (await rigger.say(id, script(...steps, { text: '{{lastToolResult}}' }))).response.content;

describe('a session’s way out', () => {
  test('is shut by default', async () => {
    const { id } = await session({});
    expect(await said(id, fetchUrl(world.url))).toMatch(/failed/);
    expect(world.seen).toEqual([]);
  });

  test('leads to the hosts it names, and a refusal of any other is told to the agent and is an event', async () => {
    const { id } = await session({ network: { allow: [world.host] } });
    const get = `require("node:http").get("http://evil.example/x", (a) => a.on("data", (d) => console.log(a.statusCode, String(d))))`;
    const answer = await said(id, bash(`node -e '${get}'`));
    expect(answer).toMatch(
      /403 Rigger does not let this session reach evil\.example: it is not in config\.network\.allow/,
    );
    const event = await rigger.until(id, ({ type }) => type === 'egress.refused');
    expect(await said(id, fetchUrl(world.url))).toContain('failed UNABLE_TO_VERIFY');
    expect(event.data).toEqual({ host: 'evil.example', port: 80, via: 'http', reason: 'not_allowed', times: 1 });
  });

  test('is refused by name where a pattern cannot be one', async () => {
    const answer = await rigger.call('POST', '/api/sessions', {
      pattern: 'hybrid',
      config: { network: { allow: ['http://a/b'] } },
    });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: 'config.network.allow.0' }] } });
  });
});

describe('a secret of the vault', () => {
  test('is a placeholder in the sandbox, and its value only on the way to its host', async () => {
    const { id } = await session({ secrets: [{ name: 'api-token', env: 'API_TOKEN' }] });
    world.seen.length = 0;
    const answer = await said(
      id,
      fetchUrl(`${world.url}/with`, '{ authorization: "Bearer " + process.env.API_TOKEN }'),
      bash('env; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"'),
    );
    expect(world.seen).toEqual([{ path: '/with', authorization: `Bearer ${VALUE}` }]);
    expect(answer).toMatch(/API_TOKEN=rigger_secret_[0-9a-f]{32}/);
    expect(answer).not.toContain(VALUE);
    const event = await rigger.until(id, ({ type }) => type === 'secret.used');
    expect(event.data).toEqual({ secret: 'api-token', host: '127.0.0.2' });
    const stored = JSON.stringify([
      await rigger.events(id),
      await rigger.get(id),
      await rigger.sql('SELECT * FROM transcript_entries'),
    ]);
    expect(stored).not.toContain(VALUE);
  });

  test.runIf(process.getuid?.() === 0)('is in no memory of an agent that has used it', async () => {
    const { id } = await session({
      secrets: [{ name: 'api-token' }],
      mcpServers: {
        remote: { type: 'http', url: `${world.url}/mcp`, headers: { Authorization: `Bearer \${api_token}` } },
      },
    });
    await said(id, fetchUrl(`${world.url}/with`, '{ authorization: process.env.api_token }'));
    const value = Buffer.from(VALUE);
    expect(rigger.agents().length).toBeGreaterThan(0);
    expect(rigger.agents().filter((pid) => remembers(pid, value))).toEqual([]);
    // The same look finds it where it is put in.
    expect(remembers(rigger.runnerPid(), value)).toBe(true);
  });

  test('is in the header of an MCP server that the session names it for', async () => {
    const { id } = await session({
      secrets: [{ name: 'api-token' }],
      mcpServers: {
        remote: { type: 'http', url: `${world.url}/mcp`, headers: { Authorization: `Bearer \${api_token}` } },
      },
      allowedTools: ['mcp__remote__whoami'],
    });
    expect(await said(id, { tools: [{ name: 'mcp__remote__whoami', input: {} }] })).toBe('the owner');
    expect((await rigger.get(id)).config.mcpServers).toMatchObject({
      remote: { headers: { Authorization: `Bearer \${api_token}` } },
    });
  });

  test('is git’s password in the sandbox', async () => {
    const { id } = await session({ secrets: [{ name: 'api-token', git: true }] });
    const answer = await said(
      id,
      bash(
        `git clone -q ${world.url}/repo.git got 2>&1; cat got/file.txt; grep -r rigger_secret got/.git || echo none`,
      ),
    );
    expect(answer).toBe('second\nnone');
  });

  test('fills a workspace from a repository before the agent begins, and is nowhere in it', async () => {
    const first = execFileSync('git', ['rev-list', '--max-parents=0', 'HEAD'], { cwd: join(world.folder, 'repo.git') })
      .toString()
      .trim();
    const source = { git: `${world.url}/repo.git`, secret: 'api-token' };
    const { id } = await session({ source: { ...source, ref: 'main', depth: 1 } });
    expect(
      await said(
        id,
        bash('cat file.txt; git log --oneline | wc -l; git status --short | wc -l; env | grep -c rigger_secret'),
      ),
    ).toBe('second\n1\n0\n0');
    const at = await session({ source: { ...source, ref: first } });
    expect(await said(at.id, bash('cat file.txt'))).toBe('first');
    expect((await rigger.until(id, ({ type }) => type === 'source.cloned')).data).toMatchObject({
      url: source.git,
      ref: 'main',
    });
  });

  test('a repository that cannot be had fails its first turn with what git said', async () => {
    const session = await rigger.create({ pattern: 'ephemeral', config: { source: { git: `${world.url}/repo.git` } } });
    const answer = await rigger.call('POST', `/api/sessions/${session.id}/message`, { prompt: 'hello' });
    expect(answer.body.turn).toMatchObject({ status: 'failed', error: { code: 'source_failed' } });
  });

  test('has a new value within the half minute for which the former is kept, and none once it is removed', async () => {
    await rigger.call('PUT', '/api/secrets/passing', { value: 'the first value', hosts: [world.host] });
    const make = () => session({ secrets: [{ name: 'passing' }] });
    const ask = fetchUrl(`${world.url}/passing`, '{ authorization: process.env.passing }');
    world.seen.length = 0;
    const one = await make();
    await said(one.id, ask);
    await rigger.call('PUT', '/api/secrets/passing', { value: 'the second value', hosts: [world.host] });
    const two = await make();
    await said(two.id, ask);
    expect(world.seen.map(({ authorization }) => authorization)).toEqual(['the first value', 'the second value']);
    const three = await make();
    await said(three.id, bash('true'));
    expect(await rigger.call('DELETE', '/api/secrets/passing')).toMatchObject({ status: 200 });
    expect(await said(three.id, ask)).toMatch(/502 Rigger cannot put in a secret/);
    expect(
      await rigger.call('POST', '/api/sessions', { pattern: 'hybrid', config: { secrets: [{ name: 'passing' }] } }),
    ).toMatchObject({
      status: 404,
      body: { code: 'secret_not_found' },
    });
  });

  test('is never given back, nor in the database or on the disk in clear', async () => {
    const list = await rigger.call('GET', '/api/secrets');
    expect(list.body.secrets[0]).toEqual({
      name: 'api-token',
      hosts: [world.host],
      description: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(JSON.stringify([list.body, await rigger.call('GET', '/api/secrets/api-token')])).not.toContain(VALUE);
    const [row] = await rigger.sql<{ sealed: Buffer }>('SELECT sealed FROM secrets');
    expect(row?.sealed.includes(VALUE)).toBe(false);
    for (const file of ['runner.log']) expect(readFileSync(join(rigger.dataDir, file), 'utf8')).not.toContain(VALUE);
    expect(JSON.stringify(rigger.log)).not.toContain(VALUE);
  });

  test.each([
    [
      'a host that it may not be sent to',
      { secrets: [{ name: 'api-token', hosts: ['evil.example'] }] },
      'config.secrets.0.hosts',
    ],
    [
      'a repository elsewhere',
      { source: { git: 'https://evil.example/x.git', secret: 'api-token' } },
      'config.source.secret',
    ],
    [
      'a variable that is set already',
      { env: { T: 'x' }, secrets: [{ name: 'api-token', env: 'T' }] },
      'config.secrets.0.env',
    ],
  ])('cannot be named for %s', async (_what, config, path) => {
    const answer = await rigger.call('POST', '/api/sessions', { pattern: 'hybrid', config });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path }] } });
  });

  test('is not echoed by an answer that refuses it', async () => {
    const answer = await rigger.call('PUT', '/api/secrets/bad', { value: `${VALUE}\nx`, hosts: ['a b'] });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).not.toContain(VALUE);
  });
});

test('servers that may be many keep no secrets without a key that they share', async () => {
  const cluster = await startCluster(1);
  try {
    const [server] = cluster.servers as [Rigger];
    const answer = await server.call('PUT', '/api/secrets/some', { value: VALUE, hosts: ['a.example'] });
    expect(answer).toMatchObject({ status: 409, body: { code: 'vault_not_configured' } });
  } finally {
    await cluster.stop();
  }
});
