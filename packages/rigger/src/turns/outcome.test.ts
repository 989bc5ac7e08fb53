import { expect, test } from 'vitest';
import { complaint, exitOf } from './outcome.ts';

const session = { statusReason: null, paused: false };
const failed = (code: string) => ({ status: 'failed' as const, error: { code, message: 'it broke' } });

test('the exit code of a turn says whether it succeeded, failed, met a limit or was stopped', () => {
  expect(exitOf({ status: 'succeeded', error: null }, session)).toBe(0);
  expect(exitOf(failed('model_error'), session)).toBe(1);
  for (const code of ['max_turns', 'budget_exceeded', 'error_max_turns']) expect(exitOf(failed(code), session)).toBe(3);
  expect(exitOf(failed('session_ended'), { ...session, statusReason: 'lifetime_exceeded' })).toBe(3);
  expect(exitOf(failed('session_ended'), { ...session, statusReason: 'user_requested' })).toBe(1);
  expect(exitOf({ status: 'interrupted', error: null }, session)).toBe(130);
  // A turn that was done in time is no failure of the limit that ended its session afterwards.
  expect(exitOf({ status: 'succeeded', error: null }, { ...session, statusReason: 'max_turns' })).toBe(0);
});

test('a turn that waits for money has met a limit, and is told how to go on', () => {
  const paused = { ...session, paused: true };
  expect(exitOf({ status: 'queued', error: null }, paused)).toBe(3);
  expect(complaint({ status: 'queued', error: null }, paused)).toContain('raise it');
  expect(complaint(failed('model_error'), session)).toBe('The turn failed: it broke (model_error)');
});
