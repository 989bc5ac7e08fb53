import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../api/types.ts';
import type { Row, ToolRow } from './rows.ts';
import { Transcript } from './transcript.ts';

let seq = 0;
const event = (type: string, data: object = {}, more: Partial<SessionEvent> = {}): SessionEvent => {
  seq += 1;
  const at = new Date(1_700_000_000_000 + seq * 1_000).toISOString();
  return { seq, type, at, agent: 'main', turnId: 't1', data: data as Record<string, unknown>, ...more };
};
const said = (content: object[], more: object = {}): SessionEvent =>
  event('sdk.message', { type: 'assistant', message: { id: `m${seq}`, content }, parent_tool_use_id: null, ...more });
const heard = (id: string, content: unknown, more: object = {}): SessionEvent =>
  event('sdk.message', {
    type: 'user',
    message: { content: [{ type: 'tool_result', tool_use_id: id, content, ...more }] },
    parent_tool_use_id: null,
  });
const call = (id: string, name = 'Bash', input: object = { command: 'ls' }) => ({ type: 'tool_use', id, name, input });
const made = (...events: SessionEvent[]): Transcript => {
  const transcript = new Transcript();
  transcript.append(events);
  return transcript;
};
const kinds = (rows: Row[]): string[] => rows.map(({ kind }) => kind);
const tool = (transcript: Transcript, n = 0) =>
  transcript.rows.filter((row): row is ToolRow => row.kind === 'tool')[n]!.tool;

describe('a transcript', () => {
  test('shows a message where its turn begins, and lists it as waiting until then', () => {
    const queued = event('turn.queued', { prompt: 'Hello', from: null });
    const transcript = made(queued);
    expect(transcript.rows).toEqual([]);
    expect(transcript.queued).toMatchObject([{ prompt: 'Hello', turnId: 't1' }]);
    transcript.append([event('turn.started', { attempt: 1 })]);
    expect(transcript.rows).toMatchObject([{ kind: 'prompt', prompt: 'Hello' }]);
    expect(transcript.queued).toEqual([]);
  });

  test('shows a message that was cancelled before it began, with its end', () => {
    const transcript = made(
      event('turn.queued', { prompt: 'Never', from: null }),
      event('turn.finished', { status: 'cancelled', tokens: 0, numTurns: 0, error: null }),
    );
    expect(kinds(transcript.rows)).toEqual(['prompt', 'turn-end']);
  });

  test('gives a call its result, its time and its state', () => {
    const begun = said([call('a')]);
    const transcript = made(begun);
    expect(tool(transcript).state).toBe('running');
    transcript.append([heard('a', 'no such file', { is_error: true })]);
    expect(tool(transcript)).toMatchObject({ state: 'failed', content: [{ type: 'text', text: 'no such file' }] });
    expect(Date.parse(tool(transcript).endedAt!) - Date.parse(tool(transcript).startedAt)).toBe(1_000);
  });

  test('leaves what has not changed as it was, so that it is not drawn again', () => {
    const transcript = made(said([{ type: 'text', text: 'first' }]), said([call('a')]));
    const [text, running] = transcript.rows;
    transcript.append([heard('a', 'done')]);
    expect(transcript.rows[0]).toBe(text);
    expect(transcript.rows[1]).not.toBe(running);
    expect(transcript.rows[1]!.key).toBe(running!.key);
  });

  test('puts what a subagent did inside of the call that began it, to any depth', () => {
    const transcript = made(
      said([call('outer', 'Task', { prompt: 'look' })]),
      said([call('inner', 'Task', { prompt: 'look closer' })], { parent_tool_use_id: 'outer' }),
      said([{ type: 'text', text: 'deep' }], { parent_tool_use_id: 'inner' }),
    );
    expect(kinds(transcript.rows)).toEqual(['tool']);
    const inner = (tool(transcript).thread[0] as ToolRow).tool;
    expect(inner.thread).toMatchObject([{ kind: 'text', text: 'deep' }]);
  });

  test('says that the outcome of a call is unknown when its turn is taken up again, or ends without it', () => {
    const resumed = made(said([call('a')]), event('turn.resumed', { attempt: 2, reason: 'agent_crashed' }));
    expect(tool(resumed).state).toBe('unknown');
    expect(kinds(resumed.rows)).toEqual(['tool', 'notice']);
    const ended = made(said([call('b')]), event('turn.finished', { status: 'interrupted', error: null }));
    expect(tool(ended).state).toBe('unknown');
  });

  test('tells at the end of a turn what it cost, used and took', () => {
    const transcript = made(
      event('turn.started', { attempt: 1 }),
      event('sdk.message', { type: 'result', ttft_ms: 120, modelUsage: { m: { contextWindow: 200_000 } } }),
      event('turn.finished', { status: 'succeeded', tokens: 900, numTurns: 3, cost: 0.02, error: null }),
    );
    expect(transcript.rows).toMatchObject([
      { kind: 'turn-end', cost: 0.02, tokens: 900, numTurns: 3, durationMs: 2_000, firstTokenMs: 120 },
    ]);
    expect(transcript.agents).toMatchObject([{ name: 'main', working: false, window: 200_000 }]);
  });

  test('has a call wait while leave is asked for, and says how it was answered', () => {
    const asked = { id: 'perm_1', kind: 'tool', tool: 'Bash', input: { command: 'ls' }, toolUseId: 'a' };
    const transcript = made(said([call('a')]), event('permission.requested', asked));
    expect(tool(transcript).state).toBe('asking');
    expect(transcript.rows[1]).toMatchObject({ kind: 'permission', answer: null });
    transcript.append([event('permission.answered', { id: 'perm_1', status: 'denied', by: 'api', message: 'No' })]);
    expect(tool(transcript).state).toBe('running');
    expect(transcript.rows[1]).toMatchObject({ answer: { status: 'denied', by: 'api', message: 'No' } });
  });

  test('makes the same of a log whether it comes at once or event by event', () => {
    const events = [
      event('turn.queued', { prompt: 'Hello', from: null }),
      event('turn.started', { attempt: 1 }),
      said([{ type: 'thinking', thinking: 'hm' }]),
      said([call('x', 'Read', { file_path: '/workspace/a' })]),
      heard('x', '1\tone'),
      event('files.written', { path: 'b', created: true }, { agent: null, turnId: null }),
      event('files.written', { path: 'c', created: true }, { agent: null, turnId: null }),
      event('turn.finished', { status: 'succeeded', tokens: 1, numTurns: 1, error: null }),
      event('session.status_changed', { status: 'idle', parked: true }, { agent: null }),
    ];
    const bit = new Transcript();
    for (const one of events) bit.append([one]);
    const whole = made(...events);
    expect(bit.rows).toEqual(whole.rows);
    expect(kinds(whole.rows)).toEqual(['prompt', 'thinking', 'tool', 'notice', 'turn-end', 'notice']);
    expect(whole.parked).toBe(true);
  });

  test('begins in the middle of a log without falling over what came before', () => {
    const transcript = made(heard('before', 'ok'), said([{ type: 'text', text: 'x' }], { parent_tool_use_id: 'gone' }));
    expect(kinds(transcript.rows)).toEqual(['text']);
  });
});
