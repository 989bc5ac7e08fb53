/**
 * A log as a transcript. Events are appended in their order; each makes, replaces or completes rows. What has not changed keeps
 * its identity, so only what has is drawn again.
 */
import type { Json, Prompt, SessionEvent, TurnStatus } from '../api/types.ts';
import { type AgentFacts, Agents } from './agent-facts.ts';
import { noticeOf } from './notices.ts';
import { permissionOf } from './permission-of.ts';
import type { QueuedMessage, ResultBlock, Row, ToolCall } from './rows.ts';
import { type Place, Tree } from './tree.ts';

interface Turn {
  startedAt: string | null;
  firstTokenMs: number | null;
  /** Calls whose result has not come. */
  open: Set<string>;
}

type Block = { type: string; id?: string; tool_use_id?: string; [member: string]: unknown };
interface Said {
  id?: string;
  model?: string;
  content: Block[];
}
/** The key of a row that a message's block makes. */
export const blockKey = (messageId: string, n: number): string => `${messageId}.${n}`;
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const ms = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

export class Transcript {
  readonly #tree = new Tree();
  readonly #agents = new Agents();
  readonly #permissions = new Map<string, Place>();
  /** Blocks of each message so far: a row has the same key while its words are still being said and once they are stored. */
  readonly #blocks = new Map<string, number>();
  readonly #turns = new Map<string, Turn>();
  readonly #waiting = new Map<string, QueuedMessage>();
  #rows: Row[] | null = null;
  #queued: QueuedMessage[] | null = null;
  #parked = false;
  #runner: string | null = null;

  /** The agents that have spoken or were spoken to. */
  get agents(): AgentFacts[] {
    return this.#agents.all;
  }

  /** Whether the session keeps no processes now. */
  get parked(): boolean {
    return this.#parked;
  }

  /** The runner that has it, or had it last. */
  get runner(): string | null {
    return this.#runner;
  }

  /** The rows so far; another array after each change. */
  get rows(): Row[] {
    this.#rows ??= [...this.#tree.main.rows];
    return this.#rows;
  }

  /** Messages that wait for their turn, the next one first. */
  get queued(): QueuedMessage[] {
    this.#queued ??= [...this.#waiting.values()];
    return this.#queued;
  }

  append(events: readonly SessionEvent[]): void {
    if (events.length === 0) return;
    this.#rows = null;
    for (const event of events) this.#take(event);
  }

  #take(event: SessionEvent): void {
    const { type, data, turnId } = event;
    this.#agents.take(event);
    if (type === 'turn.queued') {
      this.#queued = null;
      this.#waiting.set(turnId ?? '', {
        turnId: turnId ?? '',
        agent: event.agent ?? '',
        prompt: data.prompt as Prompt,
        from: (data.from as string | null) ?? null,
        at: event.at,
      });
    } else if (type === 'turn.started') this.#turnStarted(event);
    else if (type === 'turn.finished') this.#turnFinished(event);
    else if (type === 'permission.requested') this.#asked(event);
    else if (type === 'permission.answered') this.#answered(event);
    else if (type === 'sdk.message') this.#message(event);
    if (type === 'turn.resumed') this.#closeTools(turnId, 'unknown');
    if (type === 'session.status_changed') this.#parked = data.parked === true;
    if (type === 'session.placed') this.#runner = asText(data.runner) || null;
    const notice = noticeOf(event);
    if (notice?.about === 'files' && this.#joinFiles(notice.text)) return;
    if (notice !== null) this.#add({ ...this.#base(event), kind: 'notice', detail: null, more: [], ...notice });
  }

  /** Files that come one after the other are one line. */
  #joinFiles(text: string): boolean {
    const { main } = this.#tree;
    const last = main.rows.at(-1);
    if (last?.kind !== 'notice' || last.about !== 'files') return false;
    this.#tree.replace({ scope: main, index: main.rows.length - 1 }, { ...last, more: [...last.more, text] });
    return true;
  }

  #base(event: SessionEvent, part: string | number = '') {
    return {
      key: part === '' ? `e${event.seq}` : `e${event.seq}.${part}`,
      seq: event.seq,
      at: event.at,
      agent: event.agent,
      turnId: event.turnId,
    };
  }

  #add(row: Row): Place {
    return this.#tree.add(this.#tree.main, row);
  }

  #turn(id: string | null): Turn {
    const known = this.#turns.get(id ?? '');
    if (known !== undefined) return known;
    const turn: Turn = { startedAt: null, firstTokenMs: null, open: new Set() };
    this.#turns.set(id ?? '', turn);
    return turn;
  }

  #promptRow(event: SessionEvent): void {
    const waited = this.#waiting.get(event.turnId ?? '');
    if (waited === undefined) return;
    this.#waiting.delete(waited.turnId);
    this.#queued = null;
    this.#add({ ...this.#base(event, 'prompt'), kind: 'prompt', prompt: waited.prompt, from: waited.from });
  }

  #turnStarted(event: SessionEvent): void {
    const turn = this.#turn(event.turnId);
    turn.startedAt ??= event.at;
    this.#promptRow(event);
  }

  #turnFinished(event: SessionEvent): void {
    const { data, turnId } = event;
    // A message that was cancelled before it began is shown with its end.
    this.#promptRow(event);
    this.#closeTools(turnId, 'unknown');
    const turn = this.#turn(turnId);
    this.#add({
      ...this.#base(event),
      kind: 'turn-end',
      status: data.status as TurnStatus,
      cost: typeof data.cost === 'number' ? data.cost : null,
      tokens: Number(data.tokens ?? 0),
      numTurns: Number(data.numTurns ?? 0),
      durationMs: turn.startedAt === null ? null : ms(turn.startedAt, event.at),
      firstTokenMs: turn.firstTokenMs,
      error: (data.error as { code: string; message: string } | null) ?? null,
    });
    this.#turns.delete(turnId ?? '');
  }

  /** Calls of a turn that is over will get no result any more. */
  #closeTools(turnId: string | null, state: 'unknown'): void {
    const turn = this.#turn(turnId);
    for (const id of turn.open) this.#tree.patchTool(id, { state });
    turn.open.clear();
  }

  #asked(event: SessionEvent): void {
    const permission = permissionOf(event);
    const place = this.#add({ ...this.#base(event), kind: 'permission', permission, answer: null });
    this.#permissions.set(permission.id, place);
    this.#tree.moveTool(permission.toolUseId ?? '', 'running', 'asking');
  }

  #answered(event: SessionEvent): void {
    const { data } = event;
    const place = this.#permissions.get(asText(data.id));
    const row = place === undefined ? null : this.#tree.row(place);
    if (place === undefined || row?.kind !== 'permission') return;
    this.#tree.moveTool(row.permission.toolUseId ?? '', 'asking', 'running');
    this.#tree.replace(place, {
      ...row,
      answer: {
        status: asText(data.status) || (data.behavior === 'deny' ? 'denied' : 'allowed'),
        by: (data.by as string | null) ?? null,
        message: (data.message as string | null) ?? null,
        at: event.at,
      },
    });
  }

  #message(event: SessionEvent): void {
    const { data } = event;
    if (data.type === 'assistant') this.#said(event);
    else if (data.type === 'user') this.#heard(event);
    else if (data.type === 'result') {
      if (typeof data.ttft_ms === 'number') this.#turn(event.turnId).firstTokenMs = data.ttft_ms;
    } else if (data.type === 'system') this.#system(event);
  }

  #said(event: SessionEvent): void {
    const scope = this.#tree.scopeOf(event.data.parent_tool_use_id as string | null | undefined);
    const { content, id = '', model } = event.data.message as Said;
    const messageId = scope === this.#tree.main ? asText(event.data.uuid) || null : null;
    for (const block of content) {
      const n = this.#blocks.get(id) ?? 0;
      this.#blocks.set(id, n + 1);
      const base = { ...this.#base(event), key: blockKey(id, n) };
      if (block.type === 'text') {
        // What the program says in the model's place is told where the turn ends.
        if (model !== '<synthetic>' && asText(block.text).trim() !== '')
          this.#tree.add(scope, { ...base, kind: 'text', text: asText(block.text), messageId });
      } else if (block.type === 'thinking') {
        const durationMs = typeof event.data.thinking_duration_ms === 'number' ? event.data.thinking_duration_ms : null;
        if (asText(block.thinking).trim() !== '')
          this.#tree.add(scope, { ...base, kind: 'thinking', text: asText(block.thinking), durationMs });
      } else if (block.type === 'tool_use' || block.type === 'server_tool_use' || block.type === 'mcp_tool_use') {
        const tool: ToolCall = {
          id: block.id ?? '',
          name: asText(block.name),
          input: (block.input as Json) ?? {},
          state: 'running',
          startedAt: event.at,
          endedAt: null,
          content: [],
          structured: null,
          thread: [],
          progress: null,
        };
        this.#tree.add(scope, { ...base, kind: 'tool', tool });
        this.#turn(event.turnId).open.add(tool.id);
      } else if (block.tool_use_id !== undefined) this.#result(event, block);
    }
  }

  #heard(event: SessionEvent): void {
    const { content } = event.data.message as { content: string | Block[] };
    const blocks: Block[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    for (const [n, block] of blocks.entries()) {
      if (block.type === 'tool_result') this.#result(event, block);
      else if (block.type === 'text' && event.data.parent_tool_use_id != null) {
        // What a subagent was told is in its call already.
      } else if (block.type === 'text' && event.data.isSynthetic !== true && event.data.isReplay !== true)
        this.#add({
          ...this.#base(event, n),
          kind: 'notice',
          about: 'message',
          tone: 'quiet',
          text: asText(block.text).replace(/^\[|\]$/g, ''),
          detail: null,
          more: [],
        });
    }
  }

  #result(event: SessionEvent, block: Block): void {
    const id = block.tool_use_id ?? '';
    this.#turn(event.turnId).open.delete(id);
    const meta = (event.data.tool_result_meta as { id: string; non_execution_kind?: string }[] | undefined)?.find(
      (one) => one.id === id,
    );
    const denied = meta?.non_execution_kind?.startsWith('permission') ?? false;
    const structured = event.data.tool_use_result;
    this.#tree.patchTool(id, {
      state: denied ? 'denied' : block.is_error === true ? 'failed' : 'done',
      endedAt: event.at,
      content:
        typeof block.content === 'string'
          ? [{ type: 'text', text: block.content }]
          : ((block.content as ResultBlock[] | undefined) ?? []),
      structured: typeof structured === 'object' && structured !== null ? (structured as Json) : null,
    });
  }

  #system({ data }: SessionEvent): void {
    const patch = (progress: string | null) => this.#tree.patchTool(asText(data.tool_use_id), { progress });
    if (data.subtype === 'task_progress') patch(asText(data.description) || null);
    if (data.subtype === 'task_started' && data.is_backgrounded === true) patch('Running in the background');
    if (data.subtype === 'task_notification' || data.subtype === 'task_updated')
      patch(asText(data.status) === 'running' ? asText(data.summary) || null : null);
  }
}
