/** What the form of a schedule holds, and the request that it comes to. Pure. */
import type { Schedule, ScheduleCreate, SessionCreate, SessionPattern } from '../../api/types.ts';
import { targetOf } from '../../format/schedules.ts';

export interface ScheduleDraft {
  name: string;
  kind: 'cron' | 'once';
  cron: string;
  timezone: string;
  /** As a browser's field for a moment holds it, in the reader's own time zone. */
  at: string;
  target: 'create' | 'session';
  sessionId: string;
  agent: string;
  pattern: SessionPattern;
  model: string;
  systemPrompt: string;
  allow: string[];
  budget: string;
  /** Null: it is made of content blocks, which stay as they are. */
  prompt: string | null;
  overlap: Schedule['overlap'];
  onMissed: Schedule['onMissed'];
}

export const ownTimezone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A moment as `datetime-local` writes it, to the minute. */
function localMinute(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export const emptyDraft = (sessionId = ''): ScheduleDraft => ({
  name: '',
  kind: 'cron',
  cron: '30 8 * * mon-fri',
  timezone: ownTimezone(),
  at: '',
  target: sessionId === '' ? 'create' : 'session',
  sessionId,
  agent: '',
  pattern: 'ephemeral',
  model: '',
  systemPrompt: '',
  allow: ['Read', 'Glob', 'Grep'],
  budget: '1',
  prompt: '',
  overlap: 'skip',
  onMissed: 'once',
});

export function draftOf(schedule: Schedule): ScheduleDraft {
  const target = targetOf(schedule);
  const created = 'create' in target ? (target.create as SessionCreate) : null;
  const { config = {} } = created ?? {};
  const { model, systemPrompt, allowedTools } = config as Record<string, unknown>;
  return {
    ...emptyDraft('sessionId' in target ? target.sessionId : ''),
    name: schedule.name,
    kind: schedule.at === null ? 'cron' : 'once',
    cron: schedule.cron ?? '30 8 * * mon-fri',
    timezone: schedule.timezone,
    at: schedule.at === null ? '' : localMinute(schedule.at),
    agent: 'agent' in target ? (target.agent ?? '') : '',
    prompt: typeof schedule.prompt === 'string' ? schedule.prompt : null,
    overlap: schedule.overlap,
    onMissed: schedule.onMissed,
    ...(created === null
      ? {}
      : {
          pattern: created.pattern,
          model: typeof model === 'string' ? model : '',
          systemPrompt: typeof systemPrompt === 'string' ? systemPrompt : '',
          allow: Array.isArray(allowedTools) ? allowedTools.map(String) : [],
          budget: created.maxBudgetUsd == null ? '' : String(created.maxBudgetUsd),
        }),
  };
}

/** A member that is in the request only when something is in its field. */
const set = <T>(name: string, value: T, there: boolean): Record<string, T> => (there ? { [name]: value } : {});
const without = (given: object, names: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));

/** The session to make each time. Of the one that there was, all that the form does not show stays. */
function createOf(draft: ScheduleDraft, before: Schedule | null): SessionCreate {
  const earlier = before === null ? {} : targetOf(before);
  const was = 'create' in earlier ? (earlier.create as SessionCreate) : { pattern: draft.pattern };
  const shown = typeof was.config?.systemPrompt === 'object' ? [] : ['systemPrompt'];
  return {
    ...without(was, ['maxBudgetUsd']),
    pattern: draft.pattern,
    ...set('maxBudgetUsd', Number(draft.budget), draft.budget.trim() !== ''),
    config: {
      ...without(was.config ?? {}, ['model', 'allowedTools', ...shown]),
      ...set('model', draft.model.trim(), draft.model.trim() !== ''),
      ...set('systemPrompt', draft.systemPrompt.trim(), shown.length > 0 && draft.systemPrompt.trim() !== ''),
      ...set('allowedTools', draft.allow, draft.allow.length > 0),
    },
  } as SessionCreate;
}

/** The request that makes it, or changes `before` into it. */
export function toRequest(draft: ScheduleDraft, before: Schedule | null = null): ScheduleCreate {
  const { kind, at, agent, prompt } = draft;
  const moment = Date.parse(at);
  return {
    name: draft.name.trim(),
    ...(kind === 'cron'
      ? { cron: draft.cron.trim(), timezone: draft.timezone.trim() }
      : { at: Number.isNaN(moment) ? at : new Date(moment).toISOString() }),
    target:
      draft.target === 'create'
        ? { create: createOf(draft, before) }
        : { sessionId: draft.sessionId.trim(), ...set('agent', agent.trim(), agent.trim() !== '') },
    prompt: prompt ?? before!.prompt,
    overlap: draft.overlap,
    onMissed: draft.onMissed,
  } as ScheduleCreate;
}
