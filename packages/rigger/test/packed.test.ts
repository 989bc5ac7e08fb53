/** What a stranger has: the tarballs, npm, a Node, and nothing of this repository. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registryAnswers } from '../../../scripts/test/registry.ts';
import { processesNaming, script } from './harness.ts';

const root = join(import.meta.dirname, '../../..');
const offline = !registryAnswers();
/** Without this repository's programs. */
const outside = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));

let home: string;
let env: NodeJS.ProcessEnv;
const run = (file: string, args: string[]): string =>
  execFileSync(file, args, { cwd: home, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(() => {
  if (offline) return;
  home = mkdtempSync(join(tmpdir(), 'rigger-packed-'));
  mkdirSync(join(home, 'bin'));
  symlinkSync(realpathSync(process.execPath), join(home, 'bin', 'node'));
  const ofNetwork =
    /^(NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|(https?|no)_proxy|npm_config_(registry|cafile|userconfig|cache))$/i;
  env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => ofNetwork.test(name))),
    PATH: [join(home, 'bin'), ...outside].join(delimiter),
    HOME: process.env.HOME,
    RIGGER_DATA_DIR: join(home, 'data'),
    PORT: '0',
    RIGGER_WARM_SPARES: '0',
  };
  execFileSync(process.execPath, [join(root, 'scripts/pack.ts'), join(home, 'tarballs')], {
    cwd: root,
    stdio: 'ignore',
  });
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }');
  run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    './tarballs/rigger-0.1.0.tgz',
    './tarballs/rigger-client-0.1.0.tgz',
  ]);
}, 300_000);
afterAll(() => {
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

test.skipIf(offline)(
  'rigger demo --once, from the tarball, has the sample’s bug fixed and leaves nothing behind',
  () => {
    expect(run('npx', ['rigger', 'demo', '--once'])).toContain('The tests pass.');
    expect(processesNaming(home)).toEqual([]);
  },
);

test.skipIf(offline)('rigger serve and rigger run, from the tarball, do one thing, and the page is there', async () => {
  const server = spawn(join(home, 'node_modules/.bin/rigger'), ['serve'], {
    cwd: home,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let url = '';
    for await (const line of createInterface({ input: server.stdout })) {
      url = (JSON.parse(line) as { url?: string }).url ?? url;
      if (url !== '') break;
    }
    server.stdout.resume();
    const prompt = script(
      { tools: [{ name: 'Bash', input: { command: 'echo packed', description: 'x' } }] },
      { text: '{{lastToolResult}}' },
    );
    expect(run('npx', ['rigger', 'run', '--server', url, '--allow', 'Bash', prompt])).toBe('packed\n');
    writeFileSync(
      join(home, 'ask.js'),
      `import { Rigger } from '@rigger/client';\nconsole.log((await new Rigger({ baseUrl: '${url}' }).sessions.stats()).totalSessions);\n`,
    );
    // The page is there, built.
    expect(await (await fetch(url)).text()).toContain('<script type="module"');
    // The demo's, and this one.
    expect(run('node', ['ask.js'])).toBe('2\n');
  } finally {
    const gone = once(server, 'exit');
    server.kill('SIGINT');
    await gone;
  }
  expect(processesNaming(home)).toEqual([]);
});

test.skipIf(offline)('the client’s types come with it, for programs and for bundlers', () => {
  writeFileSync(
    join(home, 'types.ts'),
    `import { Rigger, RiggerApiError, type SessionEvent } from '@rigger/client';
const rigger = new Rigger({ baseUrl: 'http://localhost:3333' });
const { lastEventSeq } = await rigger.sessions.create({ pattern: 'hybrid' });
lastEventSeq satisfies number;
for await (const event of rigger.sessions.follow('x')) event satisfies SessionEvent;
// @ts-expect-error: there is no such pattern
await rigger.sessions.create({ pattern: 'none' }).catch((error) => error instanceof RiggerApiError);
`,
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const common = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', 'types.ts'];
  for (const resolution of [
    ['--module', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ])
    expect(run('node', [tsc, ...resolution, ...common])).toBe('');
});

test.skipIf(offline)('a Node that is too old is told so in one line', () => {
  const bin = join(home, 'node_modules/rigger/src/bin.js');
  const pretend = `Object.defineProperty(process, 'version', { value: 'v20.20.2' }); process.argv = ['node', 'rigger', 'ps']; import(${JSON.stringify(bin)})`;
  const old = outside.map((folder) => join(folder, 'node')).find((node) => isOlder(node));
  // The real thing where the machine has one.
  const [file, args] = old === undefined ? ['node', ['-e', pretend]] : [old, [bin, 'ps']];
  let said: { status?: number; stderr?: string } = {};
  try {
    run(file as string, args as string[]);
  } catch (error) {
    said = error as typeof said;
  }
  expect(said.status).toBe(1);
  expect(said.stderr).toMatch(/^rigger: Rigger needs Node 22\.19 or newer, and this is v\d+\.\d+\.\d+\. .*\n$/);
});

function isOlder(node: string): boolean {
  try {
    return Number(/^v(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1]) < 22;
  } catch {
    return false;
  }
}
