/**
 * One agent: one SDK conversation, one process at a time, one turn at a time.
 *
 * The process is started for the first turn (or at once for an agent that is to be resident), resumes its history if it
 * has one, and is kept for the turns that follow. When it dies by itself, that is reported at once with the turn that
 * was running; what becomes of the turn is the server's to say.
 */
import { randomUUID } from 'node:crypto';
import type { Options, SDKMessage, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import type { Logger } from 'pino';
import type { AgentSpec, Allowance, Item, TurnOrder } from '../protocol/index.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { type CrewMember, crewServer } from './crew.ts';
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
import { contentFor, type Finished, messageUuid, RunningTurn } from './turn.ts';

export interface AgentParts {
  spec: AgentSpec;
  /** The session's sandbox, opened when first needed. */
  sandbox(): Promise<Sandbox>;
  source: TranscriptSource;
  /** What the session's limits allow a process that is brought up without a turn. */
  allowance: Allowance;
  emit(item: Item): void;
  delta(agent: string, turn: string | null, data: Record<string, unknown>): void;
  /** The other agents, or null when the session has but one. */
  crew: {
    members(): CrewMember[];
    send(from: string, to: string, text: string, during: string | null): void;
  } | null;
  /** The process died by itself; resolves once what it left behind is cleaned up. */
  died(marker: string): Promise<void>;
  log: Logger;
}

/** Messages that are of the moment: shown, not kept. */
const LIVE_ONLY = new Set(['stream_event', 'tool_progress', 'keep_alive', 'command_lifecycle']);
const isLiveOnly = (message: SDKMessage): boolean =>
  LIVE_ONLY.has(message.type) || (message.type === 'system' && message.subtype === 'status');

const INTERRUPT_PATIENCE_MS = 4_000;
const RESTART_GRACE_MS = 2_000;

const now = (): string => new Date().toISOString();
const asData = (message: SDKMessage): Record<string, unknown> => message as unknown as Record<string, unknown>;

export class Agent {
  readonly #parts: AgentParts;
  readonly #log: Logger;
  #sdkSession: string | null;
  #live: Live | null = null;
  /** The turn that it was ordered to run, from the order to the report of its end. */
  #turn: RunningTurn | null = null;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#log = parts.log.child({ agent: parts.spec.name });
    this.#sdkSession = parts.spec.sdkSessionId;
  }

  get name(): string {
    return this.#parts.spec.name;
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

  /** Runs one turn; its start and its end are reported as items. */
  async run(order: TurnOrder): Promise<void> {
    const turn = new RunningTurn(order, (this.#parts.spec.options.maxBudgetUsd as number | undefined) ?? null);
    this.#turn = turn;
    this.#parts.emit({ kind: 'turn_started', turn: order.id, agent: this.name, at: now() });
    try {
      const { live, history } = await this.#once(() => this.#ready(order));
      // Interrupted while the process came up: there is nothing yet to interrupt in it.
      if (turn.stop !== null) return this.#report(turn, turn.judgeWithoutResult('interrupted', null), null);
      const uuid = messageUuid(order.id);
      const inTranscript = history.some((entry) => entry.uuid === uuid);
      live.give(turn, {
        type: 'user',
        message: { role: 'user', content: contentFor(order, inTranscript) as string },
        parent_tool_use_id: null,
        ...(inTranscript ? {} : { uuid }),
      });
    } catch (error) {
      this.#log.error({ err: error, turn: order.id }, 'The agent could not be started');
      this.#fail(turn, 'agent_start_failed', error instanceof Error ? error.message : String(error));
    }
  }

  /** Stops the running turn and keeps the process; a process that does not heed it is ended. */
  async interrupt(turnId: string): Promise<void> {
    const turn = this.#turn;
    if (turn === null || turn.order.id !== turnId || turn.stop !== null) return;
    turn.stop = 'interrupted';
    const live = this.#live;
    if (live?.turn !== turn) return;
    setTimeout(() => {
      if (live.turn !== turn) return;
      this.#log.warn({ turn: turnId }, 'The agent does not heed an interrupt and is ended');
      void live.end(0);
    }, INTERRUPT_PATIENCE_MS).unref();
    await live.query.interrupt().catch(() => {});
  }

  /** Ends the process: the running turn is broken off, then its input closed, and what has not gone by itself is killed. */
  async close(graceMs: number): Promise<void> {
    await Promise.race([
      this.#starting.catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
    ]);
    const live = this.#live;
    if (live === null) return;
    if (live.keepsTurn && live.turn !== null) return live.end(0);
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
  async #ready(order: TurnOrder): Promise<{ live: Live; history: Entry[] }> {
    const live = this.#live;
    const fits =
      live !== null && !live.closing && stillFits(live.caps, live.spentUsd, capsFor(this.#parts.spec, order));
    if (fits) return { live, history: [] };
    await live?.end(RESTART_GRACE_MS);
    return this.#bringUp(order, order);
  }

  async #bringUp(allowance: Allowance, order: TurnOrder | null): Promise<{ live: Live; history: Entry[] }> {
    const { spec, source, crew } = this.#parts;
    const before = this.#sdkSession;
    const [sandbox, history] = await Promise.all([
      this.#parts.sandbox(),
      before === null ? null : source.load(before, null),
    ]);
    // Without a message in its transcript there is nothing to resume, and its former id may be taken in its own files.
    const spoke = history?.some((entry) => entry.type === 'user' || entry.type === 'assistant') === true;
    const resume = spoke ? before : null;
    const atFirst = before === spec.sdkSessionId;
    const forks = resume !== null && spec.fork && atFirst;
    const sessionId = resume === null || forks ? randomUUID() : resume;
    const caps = capsFor(spec, allowance);
    const marker = `${this.name}#${randomUUID()}`;
    const options = sdkOptions({
      // To fork and to cut is for the first start: what came of it is resumed whole.
      spec: atFirst ? spec : { ...spec, fork: false, resumeAt: null },
      sandbox,
      start: resume === null ? { sessionId } : { resume },
      caps,
      marker,
      hooks: this.#hooks(caps),
      crew:
        crew === null
          ? null
          : {
              server: this.#crewServer(crew),
              others: crew.members().flatMap(({ name }) => (name === this.name ? [] : [name])),
            },
      store: transcriptStore({
        source,
        history: resume === null ? null : { sdkSession: resume, entries: history ?? [] },
        append: (sdkSession, subpath, entries) => this.#wrote(live, sdkSession, subpath, entries),
      }),
    });
    const live = new Live({
      options,
      caps,
      marker,
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
    return { live, history: spoke ? (history ?? []) : [] };
  }

  #started(sdkSession: string, resumed: boolean, data: Record<string, unknown>): void {
    this.#sdkSession = sdkSession;
    this.#parts.emit({ kind: 'agent_started', agent: this.name, sdkSession, resumed, at: now(), data });
  }

  #hooks(caps: Caps): Pick<Options, 'canUseTool' | 'hooks' | 'stderr'> {
    return {
      canUseTool: async (tool, input, { decisionReason, toolUseID }) => {
        this.#turn?.refused(toolUseID);
        const message = `${tool} is not among this session’s allowedTools, and nobody can be asked to allow it.`;
        this.#event('permission.answered', {
          tool,
          input,
          behavior: 'deny',
          by: 'rigger',
          message,
          reason: decisionReason ?? null,
        });
        return { behavior: 'deny', message };
      },
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
    if (!live.closing) this.#parts.emit({ kind: 'transcript', agent: this.name, sdkSession, subpath, entries });
  }

  #take(live: Live, message: SDKMessage): void {
    const { turn } = live;
    if (isLiveOnly(message)) return this.#parts.delta(this.name, turn?.order.id ?? null, asData(message));
    if (message.type === 'system' && message.subtype === 'init' && message.session_id !== this.#sdkSession)
      this.#started(message.session_id, true, { forked: true });
    turn?.see(message);
    this.#event('sdk.message', asData(message));
    if (message.type !== 'result') return;
    const spent = live.count(message);
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
    if (!closing)
      await this.#parts
        .died(live.marker)
        .catch((error: unknown) => this.#log.error({ err: error }, 'Cleaning up after the agent failed'));
    this.#parts.emit({
      kind: 'agent_exited',
      agent: this.name,
      turn: closing ? null : (turn?.order.id ?? null),
      at: now(),
      expected: closing,
      // How a process ends that was told to is no news.
      data: fault === null || closing ? {} : { message: fault.message },
    });
  }
}
