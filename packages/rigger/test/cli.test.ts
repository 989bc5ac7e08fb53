/** The rigger command against a real server, which all of these share. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, HANG, type Json, type Rigger, script, startRigger } from './harness.ts';
import { type CliOptions, cli, type Ended, type Terminal, terminal } from './terminal.ts';

let server: Rigger;
let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
const environment = (): Record<string, string> => ({
  RIGGER_URL: server.url,
  HOME: folder,
  XDG_CONFIG_HOME: at('config'),
});

/** Of the shared server, unless the test says otherwise. */
const rigger = (args: string[], options: CliOptions = {}): Promise<Ended> =>
  cli(args, { cwd: folder, ...options, env: { ...environment(), ...options.env } });
const good = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await rigger(args);
  expect(code, stderr).toBe(0);
  return stdout.trim();
};
const lines = (text: string): Json[] =>
  text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const create = (...args: string[]): Promise<string> => good('create', '--allow', 'Bash', ...args);
const say = script(bash('echo from the tool'), { text: 'it said {{lastToolResult}}' });
const SHELL_TOOL = [{ name: 'Write', input: { file_path: 'note.txt', content: 'written' } }];
const ASKS = script({ tools: SHELL_TOOL }, { text: 'the tool: {{lastToolResult}}' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rigger-cli-'));
  server = await startRigger();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('rigger run', () => {
  test('has one thing done: the words on standard output, the tools beside them', async () => {
    const { code, stdout, stderr } = await rigger(['run', '--allow', 'Bash', '-'], { input: say });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'it said from the tool\n' });
    expect(stderr).toContain('→ Bash  echo from the tool\n  ← from the tool\n');
  });

  test('gives every event as a line of JSON, and at last its turn and session', async () => {
    const { code, stdout } = await rigger(['run', '--json', '--tag', 'json-run', '--description', 'asked', 'Hello']);
    expect(code).toBe(0);
    const [done, ...events] = lines(stdout).reverse();
    expect(events.reverse().map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ type }) => type)).toContain('turn.finished');
    expect(done).toMatchObject({
      type: 'done',
      turn: { status: 'succeeded' },
      session: { pattern: 'ephemeral', tags: ['json-run'], description: 'asked', status: 'completed' },
    });
  });

  test('takes a folder along and brings what became of it back', async () => {
    mkdirSync(at('project', 'node_modules'), { recursive: true });
    writeFileSync(at('project', 'in.txt'), 'hello');
    writeFileSync(at('project', 'node_modules', 'big'), 'not sent');
    writeFileSync(at('extra.txt'), 'extra');
    const prompt = script(bash('ls; tr a-z A-Z < in.txt > out.txt'), { text: '{{toolResult.1}}' });
    const files = ['--dir', 'project', '--exclude', 'node_modules', '--file', 'extra.txt', '--out', 'result'];
    const { code, stdout, stderr } = await rigger(['run', '--allow', 'Bash', ...files], { input: prompt });
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('extra.txt\nin.txt\n');
    expect(readdirSync(at('result')).sort()).toEqual(['extra.txt', 'in.txt', 'out.txt']);
    expect(readFileSync(at('result', 'out.txt'), 'utf8')).toBe('HELLO');
  });

  test('its exit code tells how it went', async () => {
    const broken = script({ error: { status: 400, message: 'no such thing' } });
    const failed = await rigger(['run'], { input: broken });
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^rigger: The turn failed: .+ \(\w+\)\n$/m),
    });
    expect(await rigger(['run', '--no-such-option', 'x'])).toMatchObject({ code: 2 });
    expect(await rigger(['run'])).toMatchObject({ code: 2, stderr: 'rigger: Standard input held no prompt.\n' });
    expect(await rigger(['run', '--budget', 'much', 'x'])).toMatchObject({ code: 2 });
    expect(await rigger(['run', '--dir', 'nowhere', 'x'])).toMatchObject({
      code: 2,
      stderr: 'rigger: nowhere is no folder.\n',
    });
    const loop = `\`\`\`offline\n${JSON.stringify({ loop: true, steps: [bash('echo again')] })}\n\`\`\``;
    const limited = await rigger(['run', '--allow', 'Bash', '--max-turns', '2'], { input: loop });
    expect(limited).toMatchObject({ code: 3, stderr: expect.stringContaining('the limit of turns is reached') });
    const nobody = await rigger(['run', 'x', '--server', '127.0.0.1:9']);
    expect(nobody).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^rigger: http:\/\/127\.0\.0\.1:9 cannot be reached \(.+\)\. Start a server with .*\(unreachable\)\n$/,
      ),
    });
  });

  test('Ctrl-C stops its turn, and says so by its exit code', async () => {
    const { code, stderr } = await rigger(
      ['run', '--allow', 'Bash', '--keep', '--tag', 'stopped', script(bash(HANG))],
      {
        async meanwhile(child) {
          await new Promise<void>((resolve) =>
            child.stderr!.on('data', (text) => String(text).includes('→ Bash') && resolve()),
          );
          child.kill('SIGINT');
        },
      },
    );
    expect(stderr).toContain('stopping the turn');
    expect({ code, stderr }).toMatchObject({ code: 130 });
    const [kept] = lines(await good('ps', '--tag', 'stopped'));
    expect(kept).toMatchObject({ pattern: 'hybrid', status: 'idle' });
  });

  test('refuses other tools where nobody would answer, rather than wait', async () => {
    const { code, stdout } = await rigger(['run'], { input: ASKS });
    expect(code).toBe(0);
    expect(stdout).not.toContain('written');
    expect(stdout).toMatch(/the tool: .+/);
  });
});

describe('sessions', () => {
  test('are made, listed, talked to and ended; what is printed is fit for pipes', async () => {
    const id = await create('--tag', 'listed', '--user', 'ann', '--idle', '2h', '--budget', '1.5');
    expect(id).toMatch(/^sess_\w+$/);
    expect(lines(await good('ps', '--tag', 'listed'))).toMatchObject([
      {
        id,
        pattern: 'hybrid',
        userId: 'ann',
        maxIdleTimeMs: 7_200_000,
        maxBudgetUsd: 1.5,
        config: { allowedTools: ['Bash'] },
      },
    ]);
    expect(await good('ps', '-q', '--user', 'ann', '--pattern', 'hybrid')).toBe(id);
    expect(await good('ps', '-q', '--status', 'completed', '--user', 'ann')).toBe('');
    const { stdout } = await rigger(['send', id], { input: say });
    expect(stdout).toBe('it said from the tool\n');
    const table = await good('ps', '--no-json', '--tag', 'listed');
    expect(table).toMatch(/^SESSION +PATTERN +STATUS +AGE +IDLE +COST +TURNS +WAITS +DESCRIPTION\n/);
    expect(table).toMatch(new RegExp(`${id} +hybrid +idle +\\d+[sm] +\\d+s +\\$0\\.\\d+ +2 +- +listed`));
    expect(await rigger(['rm', id])).toMatchObject({ code: 1, stderr: expect.stringContaining('lives (idle)') });
    expect(await good('stop', id)).toBe(`${id} terminated`);
    expect(await rigger(['rm', 'sess_none', id])).toMatchObject({
      code: 1,
      stdout: `${id} deleted\n`,
      stderr: expect.stringMatching(/^rigger: Session not found\. Check the id, .*\(session_not_found\)\n$/),
    });
    expect(await good('ps', '-aq', '--tag', 'listed')).toBe('');
  });

  test('a configuration comes from a file, and one session continues another', async () => {
    writeFileSync(
      at('config.json'),
      JSON.stringify({ customAgents: { scout: { prompt: 'You scout.', tools: ['Read'] } } }),
    );
    const crew = JSON.parse(await good('create', '--pattern', 'single-container', '--config', 'config.json', '--json'));
    expect(crew).toMatchObject({ pattern: 'single-container', config: { customAgents: { scout: {} } } });
    await good('rm', '--force', crew.id);
    writeFileSync(at('broken.json'), 'not JSON');
    expect(await rigger(['create', '--config', 'broken.json'])).toMatchObject({ code: 2 });
    const first = await create();
    await good('send', first, 'remember the heron');
    const second = await create('--resume', first);
    expect(await good('send', second, 'What did I say?')).toContain('remember the heron');
  });

  test('a log is printed, and followed until the session has ended', async () => {
    const id = await create();
    const following = rigger(['logs', '-f', id]);
    const turn = await good('send', id, '--no-wait', 'Hello there');
    expect(turn).toMatch(/^turn_/);
    await server.until(id, ({ type }) => type === 'turn.finished');
    await good('stop', id);
    const { code, stdout } = await following;
    expect(code).toBe(0);
    const said = stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''));
    expect(said[0]).toBe('created: hybrid');
    expect(said).toContain('› Hello there');
    expect(said).toContainEqual(expect.stringContaining('You said: “Hello there”'));
    expect(said).toContain('turn succeeded');
    expect(said.at(-1)).toBe('terminated (user_requested)');
    const events = await server.events(id);
    expect(lines(await good('logs', id, '--json'))).toEqual(events);
    expect(lines(await good('logs', id, '--json', '--after', '3', '--type', 'turn.')).map(({ type }) => type)).toEqual(
      events.filter(({ seq, type }) => seq > 3 && type.startsWith('turn.')).map(({ type }) => type),
    );
  });

  test('a turn is interrupted, and what it cost is told', async () => {
    const id = await create('--tag', 'summed');
    const turn = await good('send', id, '--no-wait', script(bash(HANG)));
    await server.until(id, ({ type, data }) => type === 'sdk.message' && JSON.stringify(data).includes('tool_use'));
    expect(await good('interrupt', id)).toBe(`Stopped ${turn}.`);
    await server.until(id, ({ type }) => type === 'turn.finished');
    expect(await good('interrupt', id)).toBe('No turn runs.');
    expect(await good('stats', '--tag', 'summed')).toMatch(/^Sessions {2}1: 1 idle\nSpent +\$0\.\d+, [\d,]+ tokens/);
    expect(JSON.parse(await good('stats', '--tag', 'summed', '--json'))).toMatchObject({ totalSessions: 1 });
    expect(await good('usage', '--by', 'model', '--session', id)).toMatch(/^MODEL +CALLS +INPUT/);
  });
});

describe('files', () => {
  test('are listed, written, read, carried as folders and as archives, and removed', async () => {
    const id = await create();
    mkdirSync(at('tree', 'sub'), { recursive: true });
    writeFileSync(at('tree', 'a.txt'), 'one');
    writeFileSync(at('tree', 'sub', 'b.bin'), Buffer.from([0, 255, 10, 13]));
    expect(await good('files', 'up', id, 'tree', '--path', 'in')).toBe('3 files and folders, 7 B');
    expect(lines(await good('files', 'ls', id, '-r')).map(({ path }) => path)).toEqual([
      'in',
      'in/a.txt',
      'in/sub',
      'in/sub/b.bin',
    ]);
    expect(await good('files', 'ls', id, 'in', '--no-json')).toMatch(
      /^SIZE +CHANGED \(UTC\) +NAME\n3 B .* in\/a\.txt\n- .* in\/sub\/$/,
    );
    expect((await rigger(['files', 'cat', id, 'in/a.txt'])).stdout).toBe('one');
    expect(await good('files', 'get', id, 'in/sub/b.bin')).toBe('b.bin');
    expect(readFileSync(at('b.bin'))).toEqual(Buffer.from([0, 255, 10, 13]));
    expect(await good('files', 'put', id, 'b.bin', 'copy.bin')).toBe('copy.bin  4 B');
    expect(await rigger(['files', 'put', id, 'b.bin', 'copy.bin', '--new'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(precondition_failed)'),
    });
    expect(await good('files', 'down', id, 'back')).toBe('3 files, 11 B');
    expect(readFileSync(at('back', 'in', 'sub', 'b.bin'))).toEqual(Buffer.from([0, 255, 10, 13]));
    await good('files', 'down', id, 'all.tar.gz', '--path', 'in');
    expect(execFileSync('tar', ['-tzf', at('all.tar.gz')], { encoding: 'utf8' })).toContain('a.txt');
    expect(await good('files', 'up', id, 'all.tar.gz', '--path', 'again')).toMatch(/^\d files and folders, 7 B$/);
    expect(await good('files', 'rm', id, 'in', '-r')).toBe('in removed');
    expect(await rigger(['files', 'cat', id, 'in/a.txt'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(file_not_found)'),
    });
    expect(existsSync(at('all.tar.gz.part'))).toBe(false);
  });

  test('a snapshot is gone back to, and forked from', async () => {
    const id = await create();
    writeFileSync(at('state.txt'), 'before');
    await good('files', 'put', id, 'state.txt');
    await good('send', id, 'remember the heron');
    const snapshot = await good('snapshot', 'take', id);
    writeFileSync(at('state.txt'), 'after');
    await good('files', 'put', id, 'state.txt');
    expect(lines(await good('snapshot', 'ls', id))).toMatchObject([{ id: snapshot, files: 1, bytes: 6 }]);
    const fork = await good('fork', id, '--snapshot', snapshot, '--tag', 'forked');
    expect(await good('send', fork, 'What did I say?')).toContain('remember the heron');
    expect(await good('files', 'cat', fork, 'state.txt')).toBe('before');
    await good('snapshot', 'restore', id, snapshot);
    await good('send', id, 'Hello');
    expect(await good('files', 'cat', id, 'state.txt')).toBe('before');
    expect(await good('snapshot', 'rm', id, snapshot)).toBe(`${snapshot} removed`);
  });
});

describe('what agents ask', () => {
  const asked = async (id: string): Promise<string> =>
    String((await server.until(id, ({ type }) => type === 'permission.requested')).data.id);

  test('is listed over all sessions, and allowed or denied from anywhere', async () => {
    const [first, second] = await Promise.all([create(), create()]);
    await Promise.all([good('send', first, '--no-wait', ASKS), good('send', second, '--no-wait', ASKS)]);
    const [one, two] = await Promise.all([asked(first), asked(second)]);
    expect(lines(await good('approve')).map(({ id, sessionId }) => [id, sessionId])).toEqual(
      expect.arrayContaining([
        [one, first],
        [two, second],
      ]),
    );
    expect(await good('approve', 'ls', '--session', first, '--no-json')).toMatch(
      new RegExp(`${one} +${first} +\\d+s +main +Write`),
    );
    expect(await good('approve', 'allow', one)).toBe(`${one} allowed`);
    expect(await good('approve', 'deny', two, '-m', 'not today')).toBe(`${two} denied`);
    await Promise.all([first, second].map((id) => server.until(id, ({ type }) => type === 'turn.finished')));
    expect(await good('files', 'cat', first, 'note.txt')).toBe('written');
    expect((await server.turns(second))[0]!.response?.content).toContain('not today');
    expect(await rigger(['approve', 'allow', one])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(permission_not_found)'),
    });
  });

  test('a question is answered by the number of an option', async () => {
    const id = await create();
    const options = [
      { label: 'Red', description: 'like blood' },
      { label: 'Blue', description: 'like the sea' },
    ];
    const questions = [{ question: 'Which colour?', header: 'Colour', multiSelect: false, options }];
    const prompt = script(
      { tools: [{ name: 'AskUserQuestion', input: { questions } }] },
      { text: '{{lastToolResult}}' },
    );
    await good('send', id, '--no-wait', prompt);
    const request = await asked(id);
    expect(await rigger(['approve', 'answer', request, '1', '2'])).toMatchObject({ code: 2 });
    expect(await good('approve', 'answer', request, '2')).toBe(`${request} answered`);
    await server.until(id, ({ type }) => type === 'turn.finished');
    expect((await server.turns(id))[0]!.response?.content).toContain('Blue');
  });
});

describe('on a terminal', () => {
  let open: Terminal | null = null;
  const start = (args: string[], env: Record<string, string> = {}): Terminal => {
    open = terminal(args, { ...environment(), ...env });
    return open;
  };
  afterAll(() => open?.kill());

  test('attach talks with a session, asks for leave in line, stops a turn by Ctrl-C, and leaves by two', async () => {
    const id = await create();
    const screen = start(['attach', id]);
    await screen.sees('/help says what can be done');
    screen.type('Hello there\r');
    await screen.sees('You said: “Hello there”');
    await screen.sees('turn succeeded');
    screen.type('half a line');
    await screen.sees('half a line');
    await good('send', id, '--no-wait', ASKS);
    await screen.sees('? Write');
    await screen.sees('[y] once');
    // What was being typed is kept while others speak.
    await screen.sees('half a line');
    screen.type('\x15y\r');
    await screen.sees('allowed');
    await screen.sees('turn succeeded');
    expect(await good('files', 'cat', id, 'note.txt')).toBe('written');
    await good('send', id, '--no-wait', script(bash(HANG)));
    await screen.sees('→ Bash');
    screen.type('\x03');
    await screen.sees('stopping the turn');
    await screen.sees('turn interrupted');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    screen.type('\x03');
    await screen.sees('Ctrl-C again leaves');
    screen.type('\x03');
    await screen.sees('Left; it goes on');
    expect(await screen.ended).toBe(0);
    expect((await server.get(id)).status).toBe('idle');
    await good('stop', id);
    expect(await start(['attach', id]).ended).toBe(1);
    expect(await rigger(['attach', id])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('attach needs a terminal'),
    });
  });

  test('attach ends with its session, and says how that ended', async () => {
    const id = await create();
    const screen = start(['attach', id]);
    await screen.sees('/help');
    screen.type('/stop\r');
    await screen.sees('the session has ended: terminated (user_requested)');
    expect(await screen.ended).toBe(0);
  });

  test('run asks there, and a denial with words reaches the agent', async () => {
    const screen = start(['run', ASKS]);
    await screen.sees('? Write');
    screen.type('what?\r');
    await screen.sees('[y] once');
    screen.type('n rather not\r');
    await screen.sees('rather not');
    expect(await screen.ended).toBe(0);
  });

  test('colours are for terminals, and not where NO_COLOR is set; a table is as wide as the terminal', async () => {
    await create('--description', 'x'.repeat(90));
    const bold = '\u001b[1m';
    const coloured = start(['ps']);
    expect(await coloured.ended).toBe(0);
    expect(coloured.raw()).toContain(`${bold}SESSION`);
    const plain = start(['ps'], { NO_COLOR: '1' });
    expect(await plain.ended).toBe(0);
    expect(plain.shown()).toMatch(/^SESSION/);
    expect(plain.raw()).not.toContain('\u001b[');
    expect(
      Math.max(
        ...plain
          .shown()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
    expect((await rigger(['ps', '--no-json'])).stdout).not.toContain('\u001b[');
  });
});

describe('servers by name', () => {
  const config = (): Json => JSON.parse(readFileSync(at('config', 'rigger', 'config.json'), 'utf8'));

  test('are added, used, named for one command, and forgotten; their file is for its owner alone', async () => {
    const env = { RIGGER_URL: undefined };
    expect(await rigger(['context', 'add', 'here', server.url], { env })).toMatchObject({ code: 0 });
    expect(
      await rigger(['context', 'add', 'there', 'example.com:9', '--key'], { env, input: 'a-key\n' }),
    ).toMatchObject({ code: 0 });
    expect(statSync(at('config', 'rigger', 'config.json')).mode & 0o777).toBe(0o600);
    expect(config()).toEqual({
      current: 'here',
      contexts: { here: { url: server.url }, there: { url: 'http://example.com:9', apiKey: 'a-key' } },
    });
    expect((await rigger(['ps'], { env })).code).toBe(0);
    expect((await rigger(['context', 'show'], { env })).stdout).toBe(`${server.url}  (context here)\n`);
    expect((await rigger(['context', 'show', '--context', 'there'], { env })).stdout).toBe(
      'http://example.com:9  (context there, with a key)\n',
    );
    await rigger(['context', 'use', 'there'], { env });
    const listed = await rigger(['context', 'ls', '--no-json'], { env });
    expect(listed.stdout).toContain('*  there  http://example.com:9');
    expect(listed.stdout).not.toContain('a-key');
    expect((await rigger(['ps', '--server', server.url], { env })).code).toBe(0);
    expect(await rigger(['ps', '--context', 'nowhere'], { env })).toMatchObject({
      code: 2,
      stderr: 'rigger: There is no context “nowhere”. Known: here, there.\n',
    });
    await rigger(['context', 'rm', 'there'], { env });
    expect(config()).toEqual({ contexts: { here: { url: server.url } } });
  });
});

describe('help where one is stuck', () => {
  test('doctor finds a machine and a server well, or says what is wrong and how to mend it', async () => {
    const well = await rigger(['doctor', '--data-dir', server.dataDir]);
    expect(well.code, well.stdout).toBe(0);
    for (const name of [
      'node',
      'agent program',
      'isolation',
      'disk',
      'server',
      'clock',
      'database',
      'runner',
      'upstream',
    ])
      expect(well.stdout).toMatch(new RegExp(`^[✓!] ${name} `, 'm'));
    const findings = lines((await rigger(['doctor', '--json'])).stdout);
    expect(findings).toContainEqual({
      name: 'upstream',
      state: 'warning',
      says: expect.stringContaining('offline model'),
      remedy: expect.any(String),
    });
    const ill = await rigger(['doctor', '--server', 'http://127.0.0.1:9'], {
      env: { RIGGER_ISOLATION: 'none', ANTHROPIC_API_KEY: 'x', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
    });
    expect(ill.code).toBe(1);
    expect(ill.stdout).toMatch(/^! isolation +none: agents can do whatever/m);
    expect(ill.stdout).toMatch(/^✗ model +http:\/\/127\.0\.0\.1:9\/v1\/models\S+ cannot be reached/m);
    expect(ill.stdout).toMatch(/^✗ server +http:\/\/127\.0\.0\.1:9 \(--server\) cannot be reached\n +Start one with/m);
  });

  test('every command has help, and what is not understood names it', async () => {
    expect(await good('--help')).toMatch(/Sessions:[\s\S]*run \[options\] \[prompt\.\.\.\][\s\S]*Exit codes:/);
    expect(await good('files', 'up', '--help')).toContain('--exclude');
    expect(await rigger(['snapshots'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean snapshot?'),
    });
    expect((await rigger([])).code).toBe(2);
  });

  test('bash completes commands, options, their values and ids of sessions', async () => {
    const id = await create('--tag', 'completed');
    writeFileSync(at('completion.bash'), await good('completion', 'bash'));
    const complete = (...words: string[]): string[] => {
      const line = `source completion.bash; rigger() { "$NODE" "$BIN" "$@"; }; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; __rigger; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = {
        ...environment(),
        PATH: process.env.PATH,
        NODE: process.execPath,
        BIN: join(import.meta.dirname, '../src/bin.ts'),
      };
      return execFileSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8', env }).trim().split('\n');
    };
    expect(complete('rigger', 'sn')).toEqual(['snapshot']);
    expect(complete('rigger', 'files', 'do')).toEqual(['down']);
    expect(complete('rigger', 'run', '--mod')).toEqual(['--model']);
    expect(complete('rigger', 'create', '--pattern', 'hy')).toEqual(['hybrid']);
    expect(complete('rigger', 'logs', '-f', id.slice(0, -2))).toEqual([id]);
  });
});
