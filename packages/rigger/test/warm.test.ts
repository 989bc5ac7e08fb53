import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bash, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  // A runner tells of its spares with its heartbeats, a third of its lease apart.
  rigger = await startRigger({ RIGGER_WARM_SPARES: '1', RIGGER_ISOLATION: 'bubblewrap', RIGGER_LEASE_MS: '2000' });
});
afterAll(() => rigger.stop());

const config = { allowedTools: ['Bash'], systemPrompt: 'You are warm.' };
/** The processes of a spare, once the runner has said that one waits. */
async function spare(others: number[] = []): Promise<number[]> {
  for (;;) {
    const { body } = await rigger.call('GET', '/api/runners');
    const found = rigger.agents().filter((agent) => !others.includes(agent));
    if (body.runners[0]?.warm?.spares === 1 && found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const started = async (id: string) => (await rigger.until(id, ({ type }) => type === 'agent.started')).data;

test('a session of a kind that was lately asked for takes over a process that waits, in a workspace of its own', async () => {
  const first = await rigger.create({ pattern: 'ephemeral', config });
  await rigger.say(first.id, script({ text: 'hello' }));
  expect(await started(first.id)).not.toHaveProperty('warm');
  const waiting = await spare();

  const second = await rigger.create({ pattern: 'long-running', config });
  const answer = await rigger.say(
    second.id,
    script(bash('pwd; ls -A; echo here > file; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n" | grep -c nobody'), {
      text: '{{lastToolResult}}',
    }),
  );
  expect(answer.response.content).toBe('/workspace\n0');
  expect(await started(second.id)).toMatchObject({ warm: true, isolation: 'bubblewrap' });
  expect(rigger.agents()).toEqual(expect.arrayContaining(waiting));
  expect(statSync(join(rigger.dataDir, 'sessions', second.id, 'workspace', 'file')).size).toBe(5);
  expect((await rigger.get(second.id)).sessionId).not.toBe('');
  const again = await rigger.say(second.id, script({ text: '{{prompts}}' }));
  expect(again.turn.status).toBe('succeeded');

  // Its own money: what it spent is in its ledger, and nobody's else.
  expect(
    await rigger.sql('SELECT DISTINCT session_id FROM model_calls WHERE session_id = $1', [second.id]),
  ).toHaveLength(1);
  await rigger.call('DELETE', `/api/sessions/${second.id}`);
});

test('a session that differs starts cold', async () => {
  await spare();
  for (const other of [
    { ...config, systemPrompt: 'You are cold.' },
    { ...config, network: { allow: ['a.example'] } },
  ]) {
    const { id } = await rigger.create({ pattern: 'ephemeral', config: other });
    await rigger.say(id, script({ text: 'hello' }));
    expect(await started(id)).not.toHaveProperty('warm');
  }
});

test('a spare that is killed is missed by nobody', async () => {
  const held = await rigger.create({ pattern: 'long-running', config });
  await rigger.say(held.id, script({ text: 'hello' }));
  const own = rigger.agents();
  const waiting = await spare(own);
  for (const pid of waiting) process.kill(pid, 'SIGKILL');
  const session = await rigger.create({ pattern: 'ephemeral', config });
  // Taken over in the moment of its death, it takes its turn up again like any other process that dies.
  const steps = [{ text: 'still here' }];
  const prompt = `\`\`\`offline\n${JSON.stringify({ steps, again: steps })}\n\`\`\``;
  expect((await rigger.say(session.id, prompt)).response.content).toBe('still here');
  await rigger.call('DELETE', `/api/sessions/${held.id}`);
});
