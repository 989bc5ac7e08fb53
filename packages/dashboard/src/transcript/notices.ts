/** Which events are worth a line of their own in a transcript, and what it says. The rest is in the list of raw events. */
import type { Json, SessionEvent } from '../api/types.ts';
import { money } from '../format/money.ts';
import { bytes, plural } from '../format/numbers.ts';
import { reasonWords } from '../format/status.ts';
import type { NoticeRow } from './rows.ts';

type Said = Pick<NoticeRow, 'about' | 'tone' | 'text'> & { detail?: string | null };

const LIMITS: Record<string, string> = {
  idle: 'It was idle for too long',
  lifetime: 'Its lifetime is over',
  budget: 'Its budget is spent',
  turns: 'Its turns are used up',
};
const ACTIONS: Record<string, string> = {
  terminate: 'the session ends',
  park: 'the session is parked',
  pause: 'the session pauses',
};
const text = (data: Json, name: string): string => String(data[name] ?? '');

function ofStatus(data: Json): Said | null {
  if (data.status === 'error') return { about: 'session', tone: 'bad', text: 'The session failed' };
  if (data.status === 'terminated')
    return {
      about: 'session',
      tone: 'quiet',
      text: `The session was terminated: ${reasonWords(text(data, 'reason'))}`,
    };
  if (data.status === 'completed') return { about: 'session', tone: 'good', text: 'The session completed' };
  if (data.paused === true) return { about: 'limit', tone: 'warn', text: 'Paused until its budget is raised' };
  if (data.parked === true)
    return { about: 'session', tone: 'quiet', text: 'Parked: its processes are gone, its files and memory kept' };
  return null;
}

/** What the SDK says of itself beside messages. */
function ofSystem(data: Json): Said | null {
  switch (data.subtype) {
    case 'api_retry':
      return {
        about: 'model',
        tone: 'warn',
        text: `The model did not answer; it is asked again (${text(data, 'attempt')} of ${text(data, 'max_retries')})`,
        detail: data.error === undefined ? null : text(data, 'error'),
      };
    case 'compact_boundary':
      return { about: 'context', tone: 'quiet', text: 'The conversation was compacted' };
    case 'mirror_error':
      return { about: 'agent', tone: 'warn', text: 'A part of the transcript could not be stored at once' };
    default:
      return null;
  }
}

/** @returns null for what needs no line. */
export function noticeOf(event: SessionEvent): Said | null {
  const { type, data } = event;
  switch (type) {
    case 'session.status_changed':
      return ofStatus(data);
    case 'session.runner_lost':
      return { about: 'runner', tone: 'warn', text: 'The runner was lost; the session goes on elsewhere' };
    case 'turn.resumed':
      return {
        about: 'runner',
        tone: 'warn',
        text: 'Taken up again from the transcript; the outcome of the last tool call is unknown',
        detail: text(data, 'reason').replaceAll('_', ' '),
      };
    case 'agent.start_failed':
      return {
        about: 'agent',
        tone: 'bad',
        text: `The agent could not be started: ${text(data, 'message')}`,
        detail: text(data, 'code'),
      };
    case 'agent.exited':
      return data.expected === true
        ? null
        : {
            about: 'agent',
            tone: 'warn',
            text: 'The agent’s process ended unexpectedly',
            detail: text(data, 'message'),
          };
    case 'limit.exceeded':
      return {
        about: 'limit',
        tone: 'warn',
        text: `${LIMITS[text(data, 'limit')] ?? 'A limit was reached'}: ${ACTIONS[text(data, 'action')] ?? 'it acts'}`,
      };
    case 'budget.warning':
      return {
        about: 'limit',
        tone: 'warn',
        text: `${text(data, 'percent')} % of the budget is spent: ${money(Number(data.spentUsd))} of ${money(Number(data.limitUsd))}`,
        detail: data.scope === 'session' ? null : `budget of ${text(data, 'scope')}`,
      };
    case 'budget.exceeded':
      return {
        about: 'limit',
        tone: 'bad',
        text: `A budget refused a model call: ${money(Number(data.limitUsd))} are spent`,
        detail: `budget of ${text(data, 'scope')}`,
      };
    case 'egress.refused':
      return {
        about: 'network',
        tone: 'warn',
        text: `The network refused ${text(data, 'host') || 'a host'}`,
        detail: text(data, 'reason'),
      };
    case 'snapshot.taken':
      return {
        about: 'snapshot',
        tone: 'quiet',
        text: `Snapshot of ${plural(Number(data.files ?? 0), 'file')}, ${bytes(Number(data.bytes ?? 0))}`,
      };
    case 'snapshot.restored':
      return { about: 'snapshot', tone: 'quiet', text: 'The files are those of a snapshot' };
    case 'snapshot.failed':
      return { about: 'snapshot', tone: 'warn', text: `The snapshot failed: ${text(data, 'message')}` };
    case 'files.written':
      return {
        about: 'files',
        tone: 'quiet',
        text:
          data.archive === undefined
            ? `${text(data, 'path')} was ${data.created === true ? 'added' : 'changed'} from outside`
            : `${plural(Number(data.entries), 'entry', 'entries')} of an archive were added`,
      };
    case 'files.deleted':
      return { about: 'files', tone: 'quiet', text: `${text(data, 'path')} was removed from outside` };
    case 'sdk.message':
      return data.type === 'system' ? ofSystem(data) : null;
    default:
      return null;
  }
}
