/**
 * What one agent asks of people: leave to use a tool, answers to questions. A call waits here for as long as its process
 * lives; what is asked is the server's to keep, so another process that comes to the same call waits for the same answer.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CanUseTool, OnElicitation, PermissionResult } from '@anthropic-ai/claude-agent-sdk';
import type { AskedBefore, Item, ItemOf, PermissionDecision } from '../protocol/index.ts';
import type { Calls } from './calls.ts';
import { oneLine, QUESTION_TOOL, rulesFor, titleOf } from './leave.ts';
import { callsOf, type Entry } from './transcript.ts';

export interface ApprovalParts {
  agent: string;
  /** What people have allowed it for the whole session. */
  allowed: string[];
  /** Its working folder, as it sees it. */
  cwd(): string;
  /** Whether there is anybody to ask. */
  asks(): boolean;
  /** In whose name something is asked now; null when that is being stopped. */
  now(): Asking | null;
  emit(item: Item): void;
  /** Resolves once the server has the item. */
  settle(item: Item): Promise<void>;
  event(type: string, data: Record<string, unknown>): void;
}

/** A turn that asks, and its process. */
export interface Asking {
  turn: string;
  calls: Calls;
  /** Whether its process is there and to stay, and is not being stopped. */
  goesOn(): boolean;
  /** A call that was refused is no use of its tool. */
  refused(toolUseId: string): void;
}

type Asked = Omit<ItemOf<'permission_requested'>, 'kind' | 'id' | 'agent' | 'turn' | 'at'>;
type Decided = PermissionDecision | null;

/** A program takes a question back before it goes on; one that died does so too, and is then found to be gone. */
const TAKEN_BACK_AFTER_MS = 2_000;
/** Later than this a request is told of although the transcript has not its call. */
const UNWRITTEN_PATIENCE_MS = 2_000;

const deny = (message: string, interrupt = false): PermissionDecision => ({ behavior: 'deny', message, interrupt });
const NOT_ASKED = deny('The turn is over, and nobody is asked any more.');

export class Approvals {
  readonly #parts: ApprovalParts;
  readonly #allowed: Set<string>;
  readonly #waiting = new Map<string, { turn: string; resolve(decision: Decided): void }>();
  /** What earlier attempts of the running turn asked, until it is asked again. */
  #before: AskedBefore[] = [];
  /** Calls that the transcript has, and who waits for one that it has not yet. */
  readonly #written = new Set<string>();
  readonly #unwritten = new Map<string, () => void>();

  constructor(parts: ApprovalParts) {
    this.#parts = parts;
    this.#allowed = new Set(parts.allowed);
  }

  /** A turn begins, perhaps once more. */
  begin(asked: AskedBefore[]): void {
    this.#before = [...asked];
    this.#written.clear();
  }

  /** The agent's program has written to its transcript. */
  wrote(entries: Entry[]): void {
    for (const id of entries.flatMap(callsOf)) {
      this.#written.add(id);
      this.#unwritten.get(id)?.();
    }
  }

  waitsFor(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** A person has answered. What nobody here waits for yet is kept for when it is asked again. */
  decide(id: string, decision: PermissionDecision): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) return waiting.resolve(decision);
    this.#before = this.#before.map((one) => (one.id === id ? { ...one, decision } : one));
  }

  /** A turn has ended otherwise than well: nobody is asked any more what it asked. */
  end(turn: string): void {
    for (const waiting of [...this.#waiting.values()]) if (waiting.turn === turn) waiting.resolve(null);
  }

  readonly canUseTool: CanUseTool = async (tool, input, options) => {
    const { suggestions = [], suppressAlwaysAllowRule, decisionReason, toolUseID, signal } = options;
    const asking = this.#parts.now();
    const asks = tool === QUESTION_TOOL ? 'question' : 'tool';
    const lasting = asks === 'tool' && suppressAlwaysAllowRule !== true;
    const rules = lasting ? rulesFor(tool, input, suggestions, this.#parts.cwd()) : [];
    if (rules.length > 0 && rules.every((rule) => this.#allowed.has(rule))) {
      this.#parts.event('permission.answered', { tool, input, behavior: 'allow', by: 'session', message: null, rules });
      return { behavior: 'allow', updatedInput: input };
    }
    if (asking === null || !this.#parts.asks()) return this.#refuse(asking, tool, input, decisionReason, toolUseID);
    // The message that called the tool comes before its question, on the same way; let it be read.
    await new Promise((resolve) => setImmediate(resolve));
    const decision = await this.#ask(asking, signal, {
      asks,
      tool,
      input,
      title: titleOf(tool, input),
      reason: decisionReason ?? null,
      toolUseId: toolUseID,
      parentToolUseId: asking.calls.parentOf(toolUseID),
      rules,
      resumable: asking.calls.isAlone(toolUseID),
    });
    if (decision.behavior === 'deny') asking.refused(toolUseID);
    if (decision.behavior === 'allow') for (const rule of decision.rules ?? []) this.#allowed.add(rule);
    return resultOf(decision, input);
  };

  readonly onElicitation: OnElicitation = async (request, { signal }) => {
    const asking = this.#parts.now();
    if (asking === null || !this.#parts.asks()) return { action: 'decline' };
    const { serverName, message, title } = request;
    const decision = await this.#ask(asking, signal, {
      asks: 'elicitation',
      tool: serverName,
      input: JSON.parse(JSON.stringify(request)),
      title: oneLine(`${serverName}: ${title ?? message}`),
      reason: null,
      toolUseId: null,
      parentToolUseId: null,
      rules: [],
      resumable: false,
    });
    if (decision.behavior !== 'answer') return { action: 'decline' };
    return { action: 'accept', content: decision.content as never };
  };

  /** Nobody can be asked: it is refused at once. */
  #refuse(
    asking: Asking | null,
    tool: string,
    input: Record<string, unknown>,
    reason: string | undefined,
    toolUseId: string,
  ): PermissionResult {
    asking?.refused(toolUseId);
    const message = `${tool} is not among this session’s allowedTools, and nobody can be asked to allow it.`;
    const said = { tool, input, behavior: 'deny', by: 'rigger', message, reason: reason ?? null };
    this.#parts.event('permission.answered', said);
    return { behavior: 'deny', message };
  }

  async #ask(asking: Asking, signal: AbortSignal, asked: Asked): Promise<PermissionDecision> {
    const { agent, emit, settle } = this.#parts;
    const before = this.#takeBefore(asked);
    const id = before?.id ?? `perm_${randomUUID().replaceAll('-', '')}`;
    let decision: Decided = before?.decision ?? null;
    if (decision === null) {
      if (before === undefined || before.toolUseId !== asked.toolUseId)
        await this.#whenWritten(asked.toolUseId, signal);
      const at = new Date().toISOString();
      emit({ kind: 'permission_requested', id, agent, turn: asking.turn, at, ...asked });
      decision = await this.#wait(id, asking.turn, signal);
    }
    if (decision === null) {
      this.#takeBack(id, asking);
      return NOT_ASKED;
    }
    // Should this process die from here on, it is not known whether the tool was used: the answer is not used again.
    await settle({ kind: 'permission_taken', id });
    return decision;
  }

  /** What an earlier attempt asked by this very call, or by one that was the same. */
  #takeBefore({ asks, tool, input, toolUseId }: Asked): AskedBefore | undefined {
    const same = this.#before.filter((one) => one.kind === asks && one.tool === tool);
    const found =
      same.find((one) => one.toolUseId !== null && one.toolUseId === toolUseId) ??
      same.find((one) => isDeepStrictEqual(one.input, input));
    this.#before = this.#before.filter((one) => one !== found);
    return found;
  }

  /** The answer, or null when the agent's program does not wait for it any more. */
  #wait(id: string, turn: string, signal: AbortSignal): Promise<Decided> {
    return new Promise((resolve) => {
      const done = (decision: Decided) => {
        this.#waiting.delete(id);
        signal.removeEventListener('abort', abort);
        resolve(decision);
      };
      const abort = () => done(null);
      this.#waiting.set(id, { turn, resolve: done });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    });
  }

  /**
   * A person hears of a request once the transcript has the call that makes it, some milliseconds later: from then on it can be
   * gone on from there.
   */
  async #whenWritten(toolUseId: string | null, signal: AbortSignal): Promise<void> {
    if (toolUseId === null || this.#written.has(toolUseId) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, UNWRITTEN_PATIENCE_MS);
      signal.addEventListener('abort', done, { once: true });
      this.#unwritten.set(toolUseId, done);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
    this.#unwritten.delete(toolUseId);
  }

  #takeBack(id: string, asking: Asking): void {
    setTimeout(() => {
      if (asking.goesOn()) this.#parts.emit({ kind: 'permission_withdrawn', id, at: new Date().toISOString() });
    }, TAKEN_BACK_AFTER_MS).unref();
  }
}

function resultOf(decision: PermissionDecision, input: Record<string, unknown>): PermissionResult {
  switch (decision.behavior) {
    case 'allow':
      return { behavior: 'allow', updatedInput: decision.updatedInput ?? input };
    case 'deny':
      return { behavior: 'deny', message: decision.message, interrupt: decision.interrupt };
    case 'answer':
      return { behavior: 'allow', updatedInput: decision.content };
  }
}
