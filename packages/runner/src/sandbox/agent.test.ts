/** The real SDK and CLI in each driver's sandbox, through the real relay, against a scripted model. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { InMemorySessionStore, type Options, query, type SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { describe, expect, test } from 'vitest';
import { cliFolder } from '../agents/cli.ts';
import { createBubblewrapDriver } from './bubblewrap.ts';
import { createDockerDriver } from './docker/docker.ts';
import { testEngine } from './docker/fixtures/engine.ts';
import { type ModelRequest, scriptedModel } from './fixtures/model.ts';
import { createNoneDriver } from './none.ts';
import type { Sandbox } from './port.ts';
import { startRelay } from './relay.ts';

/** Calls Bash once, then tells how many times it was asked to; a resumed agent without memory would say 0. */
function decide(body: ModelRequest) {
  const asked = body.messages.filter((message) => JSON.stringify(message.content).includes('run it')).length;
  if (asked > 0 && !JSON.stringify(body.messages).includes('tool_result')) {
    const command = 'echo made-by-$(id -u) > proof.txt; echo cwd=$(pwd)';
    return { tool: 'Bash', input: { command, description: 'make a file' } };
  }
  return { text: `remembered ${asked}` };
}

const drivers = [createNoneDriver(), createBubblewrapDriver(), createDockerDriver(testEngine())];

describe.each(drivers)('with driver $name', async (driver) => {
  const selfTest = await driver.selfTest();

  test.skipIf(!selfTest.ok)(
    'an agent runs a tool in the sandbox, ends, and resumes with its memory',
    async () => {
      const root = mkdtempSync(join(tmpdir(), 'rigger-agent-'));
      const model = await scriptedModel(decide);
      const sessionStore = new InMemorySessionStore();
      const sandbox = await driver.open({
        sessionId: 'agent',
        root,
        workingDirectory: '/workspace',
        programs: { cli: cliFolder() },
        env: {},
      });
      // The model stands where the server would, so its path has the gateway's prefix.
      const relay = await startRelay({
        socketPath: sandbox.hostSocketPath,
        serverUrl: () => model.url,
        token: () => 'session-token',
        log: () => {},
      });
      try {
        const first = await turn(sandbox, 'please run it', { sessionStore, sessionStoreFlush: 'eager' });
        expect(first.result).toBe('remembered 1');
        // Bubblewrap maps it; elsewhere agents are inside who they are outside.
        const uid = driver.name === 'bubblewrap' ? 1000 : statSync(sandbox.hostWorkspace).uid;
        expect(readFileSync(join(sandbox.hostWorkspace, 'proof.txt'), 'utf8')).toBe(`made-by-${uid}\n`);
        expect(JSON.stringify(model.requests)).toContain(`cwd=${sandbox.cwd}`);
        expect(model.requests[0]).toMatchObject({
          url: expect.stringMatching(/^\/gateway\/v1\/messages/),
          headers: { 'x-rigger-session-token': 'session-token' },
        });

        const again = await turn(sandbox, 'what do you know?', { sessionStore, resume: first.sessionId });
        expect(again).toMatchObject({ result: 'remembered 1', sessionId: first.sessionId });
        expect(again.configDir).toMatch(/^\/tmp\/claude-resume-/);
        await sandbox.close(1_000);
        expect(existsSync(again.configDir!)).toBe(false);
        expect(readdirSync(join(root, 'tmp')).filter((name) => name.startsWith('claude-resume-'))).toEqual([]);
      } finally {
        await sandbox.close(1_000);
        await relay.close();
        model.close();
      }
      expect(await sandbox.processes()).toEqual([]);
      expect(readdirSync(join(root, 'tmp')).filter((name) => name.startsWith('claude-resume-'))).toEqual([]);
      rmSync(root, { recursive: true, force: true });
      expect(existsSync(root)).toBe(false);
    },
    30_000,
  );
});

async function turn(sandbox: Sandbox, prompt: string, options: Options) {
  let configDir: string | undefined;
  const conversation = query({
    prompt,
    options: {
      ...options,
      cwd: sandbox.cwd,
      env: {
        ANTHROPIC_UNIX_SOCKET: sandbox.socketPath,
        ANTHROPIC_BASE_URL: 'http://gateway.invalid',
        ANTHROPIC_API_KEY: 'placeholder',
        CLAUDE_CONFIG_DIR: sandbox.configDir,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        IS_SANDBOX: '1',
        PATH: '/usr/local/bin:/usr/bin:/bin',
      },
      settingSources: [],
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
      spawnClaudeCodeProcess: ({ command, args, cwd, env, signal }) => {
        configDir = env.CLAUDE_CONFIG_DIR;
        const child = sandbox.spawn(join(sandbox.programs.cli!, basename(command)), args, { cwd, env, signal });
        child.stderr.pipe(process.stderr);
        return child;
      },
    },
  });
  let result: Extract<SDKMessage, { type: 'result' }> | undefined;
  for await (const message of conversation) if (message.type === 'result') result = message;
  if (result?.subtype !== 'success') throw new Error(`the turn failed: ${JSON.stringify(result)}`);
  return { result: result.result, sessionId: result.session_id, configDir };
}
