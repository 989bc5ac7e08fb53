import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SESSION_PATTERNS } from '../../server/src/model/session.ts';
import { bash, HANG, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger({ RIGGER_SWEEP_INTERVAL_MS: '2000' });
});
afterAll(() => rigger.stop());

const config = { model: 'claude-sonnet-4-5', allowedTools: ['Bash'] };
/** 10,000 input tokens at $3 a million. */
const COST_OF_A_STEP = 0.03;
const loop = script(
  ...Array.from({ length: 12 }, (_, n) => ({
    ...bash(`echo ${n}`),
    usage: { input_tokens: 10_000, output_tokens: 0 },
  })),
  { text: 'finished' },
);
const ended = (id: string) =>
  rigger.until(id, (event) => event.type === 'session.status_changed' && event.data.status === 'terminated');

describe.each(SESSION_PATTERNS)('a %s session', (pattern) => {
  test('is ended by its turns in the middle of a turn, at their number', async () => {
    const session = await rigger.create({ pattern, config, maxTurns: 3 });
    const answer = await rigger.say(session.id, loop);
    expect(answer.session).toMatchObject({ status: 'terminated', statusReason: 'max_turns', numTurns: 3 });
    expect(answer.turn).toMatchObject({ status: 'failed', error: { code: 'max_turns' }, numTurns: 3 });
    expect(await rigger.events(session.id)).toContainEqual(
      expect.objectContaining({ type: 'limit.exceeded', data: { limit: 'turns', action: 'terminate' } }),
    );
  });

  test('is ended by its budget in the middle of a turn', async () => {
    const session = await rigger.create({ pattern, config, maxBudgetUsd: 0.1 });
    const answer = await rigger.say(session.id, loop);
    expect(answer.session).toMatchObject({ status: 'terminated', statusReason: 'budget_exceeded' });
    expect(answer.response.content).not.toContain('finished');
    // The call that crossed the line is the last one.
    expect(answer.session.totalCost).toBeCloseTo(4 * COST_OF_A_STEP, 2);
    expect((await rigger.call('POST', `/api/sessions/${session.id}/message`, { prompt: 'more' })).status).toBe(409);
  });

  test('is ended by its lifetime in the middle of a turn', async () => {
    const session = await rigger.create({ pattern, config, maxLifetimeMs: 1_500 });
    const answer = await rigger.say(session.id, script(bash(HANG), { text: 'x' }));
    expect(answer.turn.status).toBe('cancelled');
    expect(answer.session).toMatchObject({ status: 'terminated', statusReason: 'lifetime_exceeded' });
    const age = Date.parse(answer.session.terminatedAt) - Date.parse(answer.session.createdAt);
    expect(age).toBeGreaterThanOrEqual(1_500);
    expect(age).toBeLessThan(3_000);
  });
});

describe('idle time', () => {
  test.each(['long-running', 'single-container'] as const)('ends a %s session', async (pattern) => {
    const session = await rigger.create({ pattern, config, maxIdleTimeMs: 700 });
    await rigger.say(session.id, 'hi');
    await ended(session.id);
    expect(await rigger.get(session.id)).toMatchObject({ status: 'terminated', statusReason: 'idle_timeout' });
    expect(rigger.log).toContainEqual(
      expect.objectContaining({ session: session.id, reason: 'idle_timeout', msg: 'Session ended' }),
    );
  });

  test('ends an ephemeral session that nobody ever used', async () => {
    const session = await rigger.create({ pattern: 'ephemeral', config, maxIdleTimeMs: 200 });
    await ended(session.id);
    expect(await rigger.get(session.id)).toMatchObject({ statusReason: 'idle_timeout' });
  });

  test('does not run while a tool works', async () => {
    const session = await rigger.create({ pattern: 'long-running', config, maxIdleTimeMs: 600 });
    const answer = await rigger.say(
      session.id,
      script(bash('node -e "setTimeout(() => {}, 1500)"; echo ok'), { text: '{{lastToolResult}}' }),
    );
    expect(answer.turn.status).toBe('succeeded');
    await ended(session.id);
  });
});

test('the log says that limits are monitored', () => {
  expect(rigger.log).toContainEqual(
    expect.objectContaining({ msg: expect.stringContaining('Started monitoring limits') }),
  );
});

test('limits are over several turns, and a raised one lets the session go on', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config, maxTurns: 4 });
  expect((await rigger.say(session.id, script(bash('echo 1'), { text: 'one' }))).session).toMatchObject({
    numTurns: 2,
    status: 'idle',
  });
  await rigger.call('PATCH', `/api/sessions/${session.id}`, { maxTurns: 6 });
  expect((await rigger.say(session.id, script(bash('echo 2'), { text: 'two' }))).session).toMatchObject({
    numTurns: 4,
    status: 'idle',
  });
  expect((await rigger.say(session.id, loop)).session).toMatchObject({
    numTurns: 6,
    status: 'terminated',
    statusReason: 'max_turns',
  });
});

test('a budget that is lowered below what was spent ends the session at once', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config, maxBudgetUsd: 5 });
  await rigger.say(session.id, 'hi');
  expect((await rigger.call('PATCH', `/api/sessions/${session.id}`, { maxBudgetUsd: 0.001 })).body).toMatchObject({
    status: 'terminated',
    statusReason: 'budget_exceeded',
  });
});
