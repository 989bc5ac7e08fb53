import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOfflineModel } from '@rigger/offline-model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bash, type Rigger, script, startRigger } from './harness.ts';
import { remembers } from './memory.ts';

const KEY = 'sk-ant-secret-0123456789abcdef';
let model: Awaited<ReturnType<typeof startOfflineModel>>;
let rigger: Rigger;
beforeAll(async () => {
  model = await startOfflineModel();
  rigger = await startRigger({
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: model.url,
    RIGGER_RUNNER_TOKEN: 'runner-token-secret',
  });
});
afterAll(async () => {
  await rigger.stop();
  await model.close();
});

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test.runIf(process.getuid?.() === 0)(
  'the provider’s key is in the memory of the server, and of no process of the runner or a sandbox',
  async () => {
    const session = await rigger.create({ pattern: 'long-running', config: { allowedTools: ['Bash'] } });
    await rigger.say(session.id, script(bash('true'), { text: 'called' }));
    const key = Buffer.from(KEY);
    const runner = rigger.runnerPid();
    const below = [runner, ...rigger.agents()];
    expect(below.length).toBeGreaterThan(1);
    const names = below
      .filter((pid) => remembers(pid, key))
      .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
    expect(names).toEqual([]);
    // The same look finds it where it is.
    expect(remembers(rigger.pid, key)).toBe(true);
  },
);

test('the provider’s key and the runner’s token are nowhere in a sandbox: not in environment, files, processes or transcript', async () => {
  const session = await rigger.create({ pattern: 'long-running', config: { allowedTools: ['Bash'] } });
  const look =
    'env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr "\\0" "\\n"; grep -rl secret / --include=* -s --exclude-dir=proc --exclude-dir=sys --exclude-dir=usr 2>/dev/null | head; echo end';
  const answer = await rigger.say(session.id, script(bash(look), { text: '{{lastToolResult}}' }));
  expect(answer.response.content).toContain('RIGGER_AGENT');
  for (const secret of [KEY, 'runner-token-secret', 'DATABASE_URL', 'rgs.sess_']) {
    expect(answer.response.content).not.toContain(secret);
    expect(JSON.stringify(await rigger.events(session.id))).not.toContain(secret);
  }
  for (const file of files(join(rigger.dataDir, 'sessions', session.id)))
    expect(readFileSync(file, 'latin1')).not.toContain(KEY);
  const transcript = await rigger.sql<{ entry: string }>(
    'SELECT entry::text FROM transcript_entries WHERE session_id = $1',
    [session.id],
  );
  expect(transcript.length).toBeGreaterThan(0);
  expect(transcript.map((row) => row.entry).join()).not.toContain(KEY);
  // Only the server may know the key, and the runner not even that.
  expect(readFileSync(`/proc/${rigger.runnerPid()}/environ`, 'utf8')).not.toContain(KEY);
});
