/**
 * One agent: one SDK conversation, one process at a time, one turn at a time.
 *
 * The process is started for the first turn (or at once for an agent that is to be resident), resumes its history if it
 * has one, and is kept for the turns that follow. When it dies by itself, that is reported at once with the turn that
 * was running; what becomes of the turn is the server's to say.
 */
import { randomUUID } from 'node:crypto';
import type { Options, SDKMessage, SDKResultMessage, SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';
import type { Logger } from 'pino';
import {
  type AgentSpec,
  type Allowance,
  type Item,
  messageUuid,
  type PermissionDecision,
  type TurnOrder,
} from '../protocol/index.ts';
import type { Sandbox, SandboxProcess } from '../sandbox/index.ts';
import { Approvals, type Asking } from './approvals.ts';
import { type CrewMember, crewServer } from './crew.ts';
import { endingWith, type HeldCall, heldCall } from './held-call.ts';
import { Live } from './live.ts';
import { type Caps, capsFor, sdkOptions, stillFits } from './options.ts';
import {
  type Entry,
  HistoryProof,
  savedTotals,
  type Totals,
  type TranscriptSource,
  transcriptStore,
} from './transcript.ts';
import { contentFor, type Finished, RunningTurn } from './turn.ts';

export interface AgentParts {
  spec: AgentSpec;
  /** The session's sandbox, opened when first needed, and what every process in it finds in its environment. */
  sandbox(): Promise<{ sandbox: Sandbox; env: Record<string, string> }>;
  /** The code of a failure to be brought up. */
  startFailure(error: unknown): string;
  source: TranscriptSource;
  /** Called before a turn is given to the process for the first time. */
  beforeTurn(order: TurnOrder): Promise<void>;
  /** What the session's limits allow a process that is brought up without a turn. */
  allowance: Allowance;
  emit(item: Item): void;
  /** Resolves once the server has the item. */
  settle(item: Item): Promise<void>;
  /** Whether a person can be asked for permission. */
  asks(): boolean;
  delta(agent: string, turn: string | null, data: Record<string, unknown>): void;
  /** The other agents, or null when the session has but one. */
  crew: {
    members(): CrewMember[];
    send(from: string, to: string, text: string, during: string | null): void;
  } | null;
  /** The process died by itself; resolves once what it left behind is cleaned up, with the reason where one is known. */
  died(marker: string): Promise<DeathReason | null>;
  log(): Logger;
}

/** A process for a turn: the history it came up with, and the call that waited for a person, with which it goes on by itself. */
interface Ready {
  live: Live;
  history: Entry[];
  held: HeldCall | null;
}

/** Why a process died that was not told to. */
export type DeathReason = 'out_of_memory';

/** Messages that are of the moment: shown, not kept. */
const LIVE_ONLY = new Set(['stream_event', 'tool_progress', 'keep_alive', 'command_lifecycle']);
const isLiveOnly = (message: SDKMessage): boolean =>
  LIVE_ONLY.has(message.type) || (message.type === 'system' && message.subtype === 'status');

const INTERRUPT_PATIENCE_MS = 4_000;
const RESTART_GRACE_MS = 2_000;

const now = (): string => new Date().toISOString();
const promptOf = (content: TurnOrder['prompt']): SDKUserMessage => ({
  type: 'user',
  message: { role: 'user', content: content as string },
  parent_tool_use_id: null,
});
const asData = (message: SDKMessage): Record<string, unknown> => message as unknown as Record<string, unknown>;

export class Agent {
  readonly #parts: AgentParts;
  readonly #approvals: Approvals;
  #sdkSession: string | null;
  #live: Live | null = null;
  /** The turn that it was ordered to run, from the order to the report of its end. */
  #turn: RunningTurn | null = null;
  /** The turn that succeeded last. */
  #last: string | null = null;
  #starting: Promise<unknown> = Promise.resolve();
  #cwd = '/';

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#sdkSession = parts.spec.sdkSessionId;
    this.#approvals = new Approvals({
      agent: this.name,
      allowed: parts.spec.allowedForSession,
      cwd: () => this.#cwd,
      asks: parts.asks,
      now: () => this.#asking(),
      emit: parts.emit,
      settle: parts.settle,
      event: (type, data) => this.#event(type, data),
    });
  }

  get name(): string {
    return this.#parts.spec.name;
  }

  get #log(): Logger {
    return this.#parts.log().child({ agent: this.name });
  }

  get working(): boolean {
    return this.#turn !== null;
  }

  get alive(): boolean {
    return this.#live !== null;
  }

  get #forksAtStart(): boolean {
    return this.#parts.spec.fork && this.#sdkSession === this.#parts.spec.sdkSessionId;
  }

  /** What runs now is to be taken up elsewhere: its end here is no end of the turn. */
  keepTurn(): void {
    if (this.#live !== null) this.#live.keepsTurn = true;
  }

  /** Brings its process up without a turn. */
  start(): Promise<void> {
    return this.#once(async () => {
      // A fork proves its history by its first prompt, so it starts with that.
      if (this.#live !== null || this.#forksAtStart) return;
      const { live } = await this.#bringUp(this.#parts.allowance, null);
      await live.query.initializationResult();
    });
  }

  /** Has its process, which is up, do beforehand what it would do at its first prompt: gather its prompt and its tools. */
  async rehearse(): Promise<void> {
    await this.#live?.query.getContextUsage().catch(() => {});
  }

  /** Runs one turn; its start and its end are reported as items. */
  async run(order: TurnOrder): Promise<void> {
    const turn = new RunningTurn(order, (this.#parts.spec.options.maxBudgetUsd as number | undefined) ?? null);
    this.#turn = turn;
    this.#parts.emit({ kind: 'turn_started', turn: order.id, agent: this.name, at: now() });
    this.#approvals.begin(order.asked);
    await this.#begin(turn, async () => {
      await this.#parts.beforeTurn(order);
      return this.#ready(order);
    });
  }

  /** Gives a turn to a process that comes up for it. */
  async #begin(turn: RunningTurn, ready: () => Promise<Ready>): Promise<void> {
    const { order } = turn;
    try {
      const { live, history, held } = await this.#once(ready);
      // Interrupted while the process came up: there is nothing yet to interrupt in it.
      if (turn.stop !== null) return this.#report(turn, turn.judgeWithoutResult('interrupted', null), null);
      if (held !== null) return live.goOn(turn, held);
      const uuid = messageUuid(order.id);
      const inTranscript = history.some((entry) => entry.uuid === uuid);
      live.give(turn, { ...promptOf(contentFor(order, inTranscript)), ...(inTranscript ? {} : { uuid }) });
    } catch (error) {
      this.#log.error({ err: error, turn: order.id }, 'The agent could not be started');
      this.#fail(turn, this.#parts.startFailure(error), error instanceof Error ? error.message : String(error));
    }
  }

  /** Once more by another process, which is told of the call that waited and does not make it by itself. */
  async #beginAnew(live: Live, turn: RunningTurn): Promise<void> {
    live.turn = null;
    await live.abandon();
    await this.#begin(turn, () => this.#bringUp(turn.order, turn.order, false));
  }

  /** A person has answered what it asked. */
  decide(id: string, decision: PermissionDecision): void {
    const { turn } = this.#live ?? {};
    // The agent’s program stops its turn as it takes the denial, which an interrupt now would keep from it.
    if (decision.behavior === 'deny' && decision.interrupt && turn?.stop === null && this.#approvals.waitsFor(id)) {
      turn.stop = 'interrupted';
      this.#endUnlessHeeded(this.#live!, turn);
    }
    this.#approvals.decide(id, decision);
  }

  /** Stops the running turn and keeps the process; a process that does not heed it is ended. */
  async interrupt(turnId: string): Promise<void> {
    const turn = this.#turn;
    if (turn === null || turn.order.id !== turnId || turn.stop !== null) return;
    turn.stop = 'interrupted';
    const live = this.#live;
    if (live?.turn !== turn) return;
    this.#endUnlessHeeded(live, turn);
    await live.query.interrupt().catch(() => {});
  }

  #endUnlessHeeded(live: Live, turn: RunningTurn): void {
    setTimeout(() => {
      if (live.turn !== turn) return;
      this.#log.warn({ turn: turn.order.id }, 'The agent does not heed an interrupt and is ended');
      void live.end(0);
    }, INTERRUPT_PATIENCE_MS).unref();
  }

  /** What its process carries in its environment; null while it has none. */
  get marker(): string | null {
    return this.#live?.marker ?? null;
  }

  /**
   * Its process has grown too large: it is replaced by one that resumes the conversation, never in a turn, so now or before the next one.
   */
  recycle(memoryBytes: number): Promise<void> {
    return this.#once(async () => {
      const live = this.#live;
      // One that has done nothing yet is as small as one can be.
      if (live === null || live.closing || !live.used) return;
      live.worn = { reason: 'recycled', memoryBytes };
      if (this.#turn !== null || !live.quiet) return;
      await live.end(RESTART_GRACE_MS);
      await this.#bringUp(this.#parts.allowance, null);
    });
  }

  /** Ends the process: the running turn is broken off, then its input closed, and what has not gone by itself is killed. */
  async close(graceMs: number): Promise<void> {
    await Promise.race([
      this.#starting.catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
    ]);
    const live = this.#live;
    if (live === null) return;
    if (live.keepsTurn && live.turn !== null) return live.abandon();
    if (live.turn !== null && live.turn.stop === null) {
      live.turn.stop = 'interrupted';
      void live.query.interrupt().catch(() => {});
    }
    await live.end(graceMs);
  }

  /** One start at a time: a turn may come while the process is being brought up without one. */
  #once<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#starting.then(work);
    this.#starting = mine.catch(() => {});
    return mine;
  }

  /** A live process whose caps fit this turn, and the history it resumed from if it has just started. */
  async #ready(order: TurnOrder): Promise<Ready> {
    const live = this.#live;
    const fits =
      live !== null &&
      !live.closing &&
      live.worn === null &&
      stillFits(live.caps, live.spentUsd, capsFor(this.#parts.spec, order));
    // What an earlier process asked is asked again by one that comes up with it.
    if (fits && order.asked.length === 0) return { live, history: [], held: null };
    await live?.end(RESTART_GRACE_MS);
    return this.#bringUp(order, order);
  }

  async #bringUp(allowance: Allowance, order: TurnOrder | null, mayGoOn = true): Promise<Ready> {
    const { spec, source, crew } = this.#parts;
    const before = this.#sdkSession;
    const [{ sandbox, env }, history] = await Promise.all([
      this.#parts.sandbox(),
      before === null ? null : source.load(before, null),
    ]);
    this.#cwd = sandbox.cwd;
    // Without a message in its transcript there is nothing to resume, and its former id may be taken in its own files.
    const spoke = history?.some((entry) => entry.type === 'user' || entry.type === 'assistant') === true;
    const resume = spoke ? before : null;
    const atFirst = before === spec.sdkSessionId;
    const forks = resume !== null && spec.fork && atFirst;
    const sessionId = resume === null || forks ? randomUUID() : resume;
    const goesOn = resume !== null && !forks && order !== null && mayGoOn;
    const held = goesOn ? heldCall(history ?? [], order.asked) : null;
    const caps = capsFor(spec, allowance);
    let child: SandboxProcess | null = null;
    const marker = `${this.name}#${randomUUID()}`;
    const options = sdkOptions({
      // To fork and to cut is for the first start: what came of it is resumed whole.
      spec: atFirst ? spec : { ...spec, fork: false, resumeAt: null },
      sandbox,
      env,
      start: resume === null ? { sessionId } : { resume },
      caps,
      marker,
      hooks: this.#hooks(caps),
      spawned: (spawned) => {
        child = spawned;
      },
      crew:
        crew === null
          ? null
          : {
              server: this.#crewServer(crew),
              others: crew.members().flatMap(({ name }) => (name === this.name ? [] : [name])),
            },
      store: transcriptStore({
        source,
        history: resume === null ? null : { sdkSession: resume, entries: endingWith(history ?? [], held) },
        append: (sdkSession, subpath, entries) => this.#wrote(live, sdkSession, subpath, entries),
      }),
    });
    const live = new Live({
      options,
      caps,
      marker,
      kill: () => child?.kill('SIGKILL') === true,
      saved: savedTotals(resume === null ? [] : (history ?? [])),
      proof:
        resume === null
          ? null
          : new HistoryProof(history ?? [], forks && order !== null ? messageUuid(order.id) : null),
    });
    this.#live = live;
    live.follow(
      (message) => this.#take(live, message),
      (fault) => this.#exited(live, fault),
    );
    // A fork tells its id with its first message, and is told of then.
    if (!forks) this.#started(sessionId, resume !== null, { isolation: sandbox.driver, entries: history?.length ?? 0 });
    return { live, history: spoke ? (history ?? []) : [], held };
  }

  #started(sdkSession: string, resumed: boolean, data: Record<string, unknown>): void {
    this.#sdkSession = sdkSession;
    this.#parts.emit({ kind: 'agent_started', agent: this.name, sdkSession, resumed, at: now(), data });
  }

  #hooks(caps: Caps): Pick<Options, 'canUseTool' | 'onElicitation' | 'hooks' | 'stderr'> {
    return {
      canUseTool: this.#approvals.canUseTool,
      onElicitation: this.#approvals.onElicitation,
      stderr: (text) => this.#log.debug({ text }, 'The agent wrote to stderr'),
      // Asked after every tool, so only where there is something to count.
      ...(caps.countsTurns ? { hooks: { PostToolUse: [{ hooks: [() => this.#afterTool()] }] } } : {}),
    };
  }

  /** Stops the loop before the model call that the session's `maxTurns` no longer allows. */
  async #afterTool(): Promise<{ continue: boolean; stopReason?: string }> {
    // The message that called the tool was read before this; let it be counted.
    await new Promise((resolve) => setImmediate(resolve));
    const turn = this.#turn;
    const left = turn?.order.remainingTurns ?? null;
    if (turn === null || left === null || turn.roundTrips < left) return { continue: true };
    turn.stop ??= 'max_turns';
    return { continue: false, stopReason: 'The session has used all of its turns.' };
  }

  /** In whose name something is asked now: the turn that runs, or the last one, whose subagents work on. */
  #asking(): Asking | null {
    const [live, turn] = [this.#live, this.#turn];
    if (live === null || live.closing || (turn !== null && (turn.stop !== null || live.turn !== turn))) return null;
    const id = turn?.order.id ?? this.#last;
    if (id === null) return null;
    const goesOn = () => this.#live === live && !live.closing && (turn === null || turn.stop === null);
    return { turn: id, calls: live.calls, goesOn, refused: (toolUseId) => turn?.refused(toolUseId) };
  }

  #crewServer(crew: NonNullable<AgentParts['crew']>): ReturnType<typeof crewServer> {
    return crewServer({
      self: this.name,
      members: crew.members,
      send: (to, text) => {
        const turn = this.#turn;
        const refusal = turn === null ? 'There is no turn to send it from.' : turn.mayNotSend();
        if (turn === null || refusal !== null) return { sent: false, why: refusal ?? '' };
        crew.send(this.name, to, text, turn.order.id);
        return { sent: true };
      },
    });
  }

  /** Entries that the process wrote to its transcript; the first of a resumed one prove that its history is there. */
  #wrote(live: Live, sdkSession: string, subpath: string | null, entries: Entry[]): void {
    if (live.proof !== null && subpath === null) {
      const verdict = live.proof.judge(entries);
      if (verdict !== 'open') live.proof = null;
      if (verdict === 'disproved') {
        this.#log.error({ sdkSession }, 'The agent resumed without its history and is ended');
        if (live.turn !== null)
          this.#fail(
            live.turn,
            'history_not_loaded',
            'The agent came back without its history; the turn was stopped before it could go on without it.',
          );
        void live.end(0);
      }
    }
    if (live.closing) return;
    this.#parts.emit({ kind: 'transcript', agent: this.name, sdkSession, subpath, entries });
    this.#approvals.wrote(entries);
  }

  #take(live: Live, message: SDKMessage): void {
    const { turn } = live;
    if (isLiveOnly(message)) return this.#parts.delta(this.name, turn?.order.id ?? null, asData(message));
    if (message.type === 'system' && message.subtype === 'init' && message.session_id !== this.#sdkSession)
      this.#started(message.session_id, true, { forked: true });
    live.calls.see(message);
    turn?.see(message);
    this.#event('sdk.message', asData(message));
    if (message.type !== 'result') return;
    const spent = live.count(message);
    // The call with which it was to go on cannot be made any more, as when its MCP server is gone: it goes on without.
    if (turn !== null && live.wentOn && message.terminal_reason === 'tool_deferred_unavailable')
      return void this.#beginAnew(live, turn);
    if (turn !== null) {
      const judged = turn.judge(message);
      // It goes on elsewhere or later: only a good end is its end.
      if (live.keepsTurn && judged.outcome !== 'succeeded') return;
      return this.#report(turn, judged, { message, spent });
    }
    // A background task woke the model after its turn had ended.
    this.#parts.emit({ kind: 'spent', agent: this.name, ...spent, numTurns: message.num_turns, toolsUsed: [] });
  }

  #event(type: string, data: Record<string, unknown>): void {
    this.#parts.emit({
      kind: 'event',
      type,
      agent: this.name,
      turn: this.#live?.turn?.order.id ?? null,
      at: now(),
      data,
    });
  }

  #fail(turn: RunningTurn, code: string, message: string): void {
    this.#report(turn, turn.judgeWithoutResult('failed', { code, message }), null);
  }

  /** Reports a turn's end, once. */
  #report(turn: RunningTurn, judged: Finished, end: { message: SDKResultMessage; spent: Totals } | null): void {
    if (this.#turn !== turn) return;
    this.#turn = null;
    if (this.#live?.turn === turn) this.#live.turn = null;
    // A subagent may work on in the background, and ask, after its turn has succeeded.
    if (judged.outcome === 'succeeded') this.#last = turn.order.id;
    else this.#approvals.end(turn.order.id);
    this.#parts.emit({
      kind: 'turn_finished',
      turn: turn.order.id,
      agent: this.name,
      at: now(),
      result: end === null ? null : asData(end.message),
      costUsd: end?.spent.costUsd ?? 0,
      tokens: end?.spent.tokens ?? 0,
      ...judged,
    });
  }

  async #exited(live: Live, fault: Error | null): Promise<void> {
    const { turn, closing } = live;
    this.#log[closing ? 'info' : 'warn']({ fault: fault?.message, turn: turn?.order.id }, 'The agent’s process ended');
    if (turn !== null && closing && !live.keepsTurn)
      this.#report(turn, turn.judgeWithoutResult('interrupted', null), null);
    // The turn is the server's to give again: until then this agent is free.
    if (this.#turn === turn) this.#turn = null;
    if (this.#live === live) this.#live = null;
    const reason = closing
      ? null
      : await this.#parts.died(live.marker).catch((error: unknown) => {
          this.#log.error({ err: error }, 'Cleaning up after the agent failed');
          return null;
        });
    this.#parts.emit({
      kind: 'agent_exited',
      agent: this.name,
      turn: closing ? null : (turn?.order.id ?? null),
      at: now(),
      expected: closing,
      // How a process ends that was told to is no news.
      data: {
        ...(fault === null || closing ? {} : { message: fault.message, ...(reason === null ? {} : { reason }) }),
        ...(closing ? live.worn : {}),
      },
    });
  }
}
