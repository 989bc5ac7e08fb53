import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../api/types.ts';
import { draftOf, emptyDraft, toRequest } from './draft.ts';

const SCHEDULE = {
  id: 'sched_1',
  name: 'Report',
  cron: '0 6 * * *',
  timezone: 'Europe/Berlin',
  at: null,
  target: {
    create: {
      pattern: 'ephemeral',
      maxBudgetUsd: 2,
      tags: ['nightly'],
      config: { allowedTools: ['Read'], source: { git: 'https://example.com/it.git' } },
    },
  },
  prompt: 'Write it.',
  overlap: 'queue',
  onMissed: 'skip',
  status: 'active',
  statusReason: null,
  nextTimes: [],
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
} satisfies Schedule;

describe('the form of a schedule', () => {
  test('comes to the request that it was filled from, with what it does not show', () => {
    const { name, cron, timezone, target, prompt, overlap, onMissed } = SCHEDULE;
    expect(toRequest(draftOf(SCHEDULE), SCHEDULE)).toEqual({
      name,
      cron,
      timezone,
      target,
      prompt,
      overlap,
      onMissed,
    });
  });

  test('leaves out what is empty', () => {
    const request = toRequest({ ...emptyDraft(), name: ' Once ', budget: '', allow: [], prompt: 'Go.' });
    expect(request).toMatchObject({ name: 'Once', target: { create: { pattern: 'ephemeral', config: {} } } });
    expect(JSON.stringify(request)).not.toContain('maxBudgetUsd');
  });

  test('has one time in place of a cron, as a moment that every zone knows', () => {
    const request = toRequest({ ...emptyDraft('sess_1'), name: 'Once', kind: 'once', at: '2030-05-06T07:08' });
    expect(request.cron).toBeUndefined();
    expect(request.at).toBe(new Date('2030-05-06T07:08').toISOString());
    expect(request.target).toEqual({ sessionId: 'sess_1' });
  });

  test('leaves a prompt of content blocks as it is', () => {
    const prompt: Schedule['prompt'] = [{ type: 'text', text: 'Look.' }];
    const schedule = { ...SCHEDULE, prompt };
    expect(toRequest(draftOf(schedule), schedule).prompt).toBe(prompt);
  });
});
