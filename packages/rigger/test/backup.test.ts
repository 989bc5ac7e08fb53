/** A backup taken beside a server that works, and put back where nothing is. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BIN, bash, dropDatabase, freshDatabase, type Rigger, script, startRigger } from './harness.ts';

const run = promisify(execFile);
let rigger: Rigger;
let folder: string;
beforeAll(async () => {
  rigger = await startRigger();
  folder = mkdtempSync(join(tmpdir(), 'rigger-backup-'));
  chmodSync(folder, 0o755);
});
afterAll(async () => {
  await rigger.stop();
  rmSync(folder, { recursive: true, force: true });
});

const command = async (args: string[], databaseUrl: string | undefined): Promise<string> => {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  };
  return (await run(process.execPath, [BIN, ...args], { env })).stdout;
};

test('sessions, logs, transcripts, files, secrets and money are as they were, and a session goes on', async () => {
  const config = { allowedTools: ['Bash'] };
  const session = await rigger.create({ pattern: 'hybrid', config, tags: ['kept'] });
  await rigger.say(session.id, script(bash('echo precious > file.txt'), { text: 'written' }));
  await rigger.call('PATCH', `/api/sessions/${session.id}`, { status: 'idle' });
  await rigger.until(session.id, (event) => event.type === 'snapshot.taken');
  const before = await rigger.get(session.id);
  const log = await rigger.events(session.id);

  const file = join(folder, 'whole.rigger');
  expect(await command(['backup', file, '-d', rigger.dataDir, '--with-vault-key'], rigger.databaseUrl)).toContain(file);
  // Made after the backup: not in it.
  const later = await rigger.create({ pattern: 'hybrid', config: {} });

  const target = mkdtempSync(join(folder, 'restored-'));
  chmodSync(target, 0o755);
  const database = await freshDatabase();
  await command(['restore', file, '-d', target], database);
  const restored = await startRigger(database === undefined ? {} : { DATABASE_URL: database }, [], target);
  try {
    expect(await restored.get(session.id)).toEqual(before);
    expect(await restored.events(session.id)).toEqual(log);
    expect((await restored.call('GET', `/api/sessions/${later.id}`)).status).toBe(404);
    const stats = async (one: Rigger) =>
      (await one.call('GET', '/api/sessions/stats/summary?tags=kept')).body.totalCost;
    expect(await stats(restored)).toBe(await stats(rigger));
    const answer = await restored.say(session.id, script(bash('cat file.txt'), { text: '{{lastToolResult}}' }));
    expect(answer.response.content).toContain('precious');
    const events = await restored.events(session.id);
    expect(events.findLast((event) => event.type === 'agent.started')?.data.resumed).toBe(true);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, n) => n + 1));
  } finally {
    await restored.stop();
    if (database !== undefined) await dropDatabase(database);
  }
});

test('one that was changed or cut short is refused before anything is touched', async () => {
  const file = join(folder, 'sound.rigger');
  await command(['backup', file, '-d', rigger.dataDir], rigger.databaseUrl);
  const bytes = readFileSync(file);
  writeFileSync(join(folder, 'short.rigger'), bytes.subarray(0, bytes.length - 100));
  const changed = Buffer.from(bytes);
  changed[Math.floor(bytes.length / 2)]! ^= 0xff;
  writeFileSync(join(folder, 'changed.rigger'), changed);
  const target = mkdtempSync(join(folder, 'empty-'));
  chmodSync(target, 0o755);
  const database = await freshDatabase();
  for (const name of ['short.rigger', 'changed.rigger'])
    await expect(command(['restore', join(folder, name), '-d', target], database), name).rejects.toThrow(
      /cannot be read to its end|no list|not what it was/,
    );
  await expect(command(['backup', file, '-d', rigger.dataDir], rigger.databaseUrl)).rejects.toThrow(/is there already/);
  if (database !== undefined) await dropDatabase(database);
});

test('nothing that is there is lost unless it may be', async () => {
  const file = join(folder, 'other.rigger');
  await command(['backup', file, '-d', rigger.dataDir, '--no-snapshots'], rigger.databaseUrl);
  await expect(command(['restore', file, '-d', rigger.dataDir], rigger.databaseUrl)).rejects.toThrow(
    rigger.databaseUrl === undefined ? /Another Rigger server is using/ : /which would be lost/,
  );
});
