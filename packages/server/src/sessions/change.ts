/**
 * The one way in which a session changes: its row is locked, rules move a draft of it, and the draft, its turns and
 * its new events are committed together; only then does anybody hear of it.
 */
import { isDeepStrictEqual } from 'node:util';
import { asNobody, record } from '../access/actor.ts';
import { RiggerError } from '../model/errors.ts';
import { toUsd } from '../model/money.ts';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import { type Tx, transact } from '../store/database.ts';
import { appendEvents, type NewEvent } from '../store/events.ts';
import { deleteSession, lockSession, updateSession } from '../store/sessions.ts';
import { insertTurn, type NewTurn, pendingTurns, type TurnPatch, updateTurn } from '../store/turns.ts';
import { auditedChange } from './audited.ts';
import type { Committed } from './committed.ts';
import type { Engine } from './engine.ts';
import { nextDeadline, spentLimit } from './limits.ts';
import type { Policy } from './policy.ts';
import { Requests } from './requests.ts';
import { isEnded, type LimitName, type MachineEvent, stateOf, transition } from './transition.ts';
import { webhookMessages } from './webhook-messages.ts';

type FinishedStatus = 'succeeded' | 'failed' | 'interrupted';
/** How a turn ends that was to be stopped and whose process is gone. */
const INTERRUPTED = { code: 'interrupted', message: 'The turn was interrupted.' };

const BUDGET_EXCEEDED = { code: 'budget_exceeded', message: 'The session’s budget was spent during this turn.' };

type About = { agent?: string | null; turnId?: string | null; at?: Date };

export class Change {
  readonly tx: Tx;
  readonly now: Date;
  readonly policy: Policy;
  readonly before: SessionRecord;
  /** The draft: rules may set its plain members; its status moves through `apply` alone. */
  readonly session: SessionRecord;
  /** What its agents ask of people. */
  readonly requests: Requests;
  readonly #events: NewEvent[] = [];
  readonly #given: TurnRecord[] = [];
  readonly #ended: TurnRecord[] = [];
  readonly #stopped: TurnRecord[] = [];
  readonly #draining: Set<string>;
  #release = false;
  #released = false;
  #deleted = false;
  #dispatch = false;

  constructor(tx: Tx, session: SessionRecord, policy: Policy, now: Date, draining: Set<string> = new Set()) {
    this.tx = tx;
    this.before = session;
    this.session = { ...session };
    this.policy = policy;
    this.now = now;
    this.#draining = draining;
    this.requests = new Requests(this);
  }

  /** Adds an event to the log; it gets its number when the change is committed. */
  log(type: string, data: Record<string, unknown> = {}, about: About = {}): void {
    this.#events.push({
      type,
      data,
      agent: about.agent ?? null,
      turnId: about.turnId ?? null,
      at: about.at ?? this.now,
    });
  }

  /**
   * Gives an event to the state machine and carries out what follows from it inside this transaction.
   * @throws RiggerError `session_not_active` or `busy` where the table refuses.
   */
  async apply(event: MachineEvent): Promise<void> {
    const from = stateOf(this.session);
    const step = transition(this.session, event, this.policy, this.now);
    if (step.kind === 'ignored') return;
    if (step.kind === 'refused') {
      throw new RiggerError(step.why === 'busy' ? 'busy' : 'session_not_active', {
        extra: { id: this.session.id, sessionStatus: this.session.status },
      });
    }
    if (step.effects.some((effect) => effect.type === 'cancel_turns')) await this.#cancelTurns();
    if (isEnded(step.next)) await this.requests.withdraw('The session has ended.');
    if (step.effects.some((effect) => effect.type === 'release') && this.session.runnerId !== null) {
      this.#release = true;
      this.session.releasing = true;
    }
    if (step.effects.some((effect) => effect.type === 'delete')) this.#deleted = true;
    Object.assign(this.session, step.next);
    const to = stateOf(this.session);
    if (to === from) return;
    this.log('session.status_changed', {
      status: this.session.status,
      reason: this.session.statusReason,
      parked: to === 'parked',
      paused: to === 'paused',
      waiting: to === 'waiting',
      from,
      cause: event.type,
      ...(event.type === 'room_wanted' ? { wanted: event.wanted } : {}),
    });
  }

  /** Queues a turn. False when it is there already. */
  async queueTurn(turn: Omit<NewTurn, 'sessionId' | 'epoch'>): Promise<boolean> {
    const { session } = this;
    // Alone in the queue of a session that is on a runner, it is given as it is stored.
    const settled = this.#isSettled() && !this.#draining.has(session.runnerId ?? '');
    const epoch = session.pendingTurns === 0 && settled ? session.epoch : null;
    const queued = await insertTurn(this.tx, { ...turn, sessionId: session.id, epoch });
    if (queued === null) return false;
    if (epoch === null) this.#dispatch = true;
    else this.#given.push(queued);
    session.pendingTurns += 1;
    session.lastActivityAt = this.now;
    this.log('turn.queued', { prompt: turn.prompt, from: turn.fromAgent }, { agent: turn.agent, turnId: turn.id });
    await this.apply({ type: 'message_accepted' });
    return true;
  }

  /** Ends a turn, and with the last one of them perhaps the session. */
  async finishTurn(turn: TurnRecord, status: FinishedStatus, patch: TurnPatch): Promise<void> {
    await this.endTurnOnly(turn, status, patch);
    // A turn that a limit cut short ends the session for that reason; one that succeeded on the line still succeeded.
    if (status !== 'succeeded') await this.endIfSpent();
    if (this.session.pendingTurns === 0) await this.apply({ type: 'turns_done', outcome: status });
    await this.endIfSpent();
  }

  /** Ends a turn where the caller knows what becomes of the session. */
  async endTurnOnly(turn: TurnRecord, status: FinishedStatus, patch: TurnPatch): Promise<void> {
    await this.updateTurn(turn, { ...patch, status, finishedAt: this.now });
    // Of one that went well, a subagent may work on in the background and wait for its answer.
    if (status !== 'succeeded')
      await this.requests.withdraw('The turn has ended.', (asked) => asked.turnId === turn.id);
    this.#logFinished(turn);
    this.#ended.push(turn);
    this.session.pendingTurns -= 1;
    this.session.lastActivityAt = this.now;
    this.#dispatch = true;
  }

  /**
   * Sends a turn that its process will not end back to its queue, to be taken up from the transcript; one that was to be
   * stopped has then stopped.
   */
  async requeueTurn(turn: TurnRecord, why: string): Promise<void> {
    if (turn.stopRequested) return this.interruptTurn(turn);
    await this.updateTurn(turn, { status: 'queued', attempt: turn.attempt + 1, epoch: null });
    this.log('turn.resumed', { attempt: turn.attempt, reason: why }, { agent: turn.agent, turnId: turn.id });
    this.#dispatch = true;
  }

  /** Ends a turn as interrupted that no process runs. */
  async interruptTurn(turn: TurnRecord): Promise<void> {
    await this.finishTurn(turn, 'interrupted', { error: INTERRUPTED });
  }

  /** Has a turn stopped by whoever runs it. */
  async stopTurn(turn: TurnRecord): Promise<void> {
    await this.requests.withdraw(INTERRUPTED.message, (asked) => asked.turnId === turn.id);
    await this.updateTurn(turn, { stopRequested: true });
    this.log('turn.stop_requested', {}, { agent: turn.agent, turnId: turn.id });
    this.#stopped.push(turn);
  }

  async updateTurn(turn: TurnRecord, patch: TurnPatch): Promise<void> {
    Object.assign(turn, patch);
    await updateTurn(this.tx, turn.id, patch);
  }

  /** Ends or pauses a live session that has used up its money or its turns. */
  async endIfSpent(): Promise<void> {
    const limit = isEnded(this.session) ? null : spentLimit(this.session);
    if (limit !== null) await this.#endAt(limit);
  }

  /** Lets a session go on that was paused, unless its new budget is spent as well. */
  async raiseBudget(): Promise<void> {
    if (!this.session.paused || spentLimit(this.session) !== null) return;
    await this.apply({ type: 'budget_raised' });
    this.#dispatch = true;
  }

  /** Ends a live session that has less left than another model call costs, if only a little less. */
  async endAtBudget(): Promise<void> {
    if (!isEnded(this.session)) await this.#endAt('budget');
  }

  async #endAt(limit: 'budget' | 'turns'): Promise<void> {
    const pauses = limit === 'budget' && this.session.onBudget === 'pause';
    if (pauses && this.session.paused) return;
    this.logLimit(limit);
    if (limit === 'budget' && !pauses)
      for (const turn of await pendingTurns(this.tx, this.session.id))
        if (turn.status === 'running') await this.endTurnOnly(turn, 'failed', { error: BUDGET_EXCEEDED });
    await this.apply({ type: 'limit_reached', limit, pauses });
  }

  logLimit(limit: LimitName): void {
    const parks = limit === 'idle' && this.policy.onIdle === 'park';
    const pauses = limit === 'budget' && this.session.onBudget === 'pause';
    this.log('limit.exceeded', { limit, action: parks ? 'park' : pauses ? 'pause' : 'terminate' });
  }

  /** The runner has let go: the session is free to be placed again, if it wants to be. */
  free(): void {
    this.session.runnerId = null;
    this.session.releasing = false;
    this.#released = true;
    const { snapshotWanted: id } = this.session;
    if (id !== null)
      this.log('snapshot.failed', {
        id,
        code: 'snapshot_unavailable',
        message: 'The runner let go of the session before.',
      });
    this.session.snapshotWanted = null;
    this.#dispatch = true;
  }

  /** Has its runner let go of it, so that it is placed again: another process takes over what runs. */
  moveAway(): void {
    if (!this.#isSettled()) return;
    this.#release = true;
    this.session.releasing = true;
  }

  /** Looks for turns to give after this change, as after one that queued or ended a turn. */
  dispatch(): void {
    this.#dispatch = true;
  }

  async #cancelTurns(): Promise<void> {
    for (const turn of await pendingTurns(this.tx, this.session.id)) {
      await this.updateTurn(turn, {
        status: 'cancelled',
        finishedAt: this.now,
        error: { code: 'session_ended', message: 'The session ended before this turn did.' },
      });
      this.#logFinished(turn);
      this.#ended.push(turn);
    }
  }

  #logFinished(turn: TurnRecord): void {
    this.log(
      'turn.finished',
      { status: turn.status, numTurns: turn.numTurns, tokens: turn.tokens, cost: toUsd(turn.cost), error: turn.error },
      { agent: turn.agent, turnId: turn.id },
    );
  }

  /** Whether it is on a runner that is to keep it. */
  #isSettled(): boolean {
    const { runnerId, wantsRunner, releasing } = this.session;
    return runnerId !== null && wantsRunner && !releasing;
  }

  /** Brings a session back whose turn has its answer, or that has another one to run. */
  async #endWait(): Promise<void> {
    if (this.requests.answered.length > 0) this.#dispatch = true;
    if (stateOf(this.session) !== 'waiting') return;
    const heldUp = await this.requests.heldUp();
    const busy = new Set<string>();
    for (const turn of await pendingTurns(this.tx, this.session.id)) {
      if (!busy.has(turn.agent) && !heldUp.has(turn.id)) return this.apply({ type: 'wait_over' });
      busy.add(turn.agent);
    }
  }

  /** Gives every free agent its next turn: marked with this lease, so it is given once. */
  async #giveTurns(): Promise<void> {
    const { session } = this;
    if (!this.#dispatch || !this.#isSettled() || session.pendingTurns === 0) return;
    const busy = new Set<string>();
    const heldUp = await this.requests.heldUp();
    const pending = await pendingTurns(this.tx, session.id);
    if (this.#draining.has(session.runnerId ?? '') && !pending.some((turn) => turn.epoch === session.epoch))
      return this.moveAway();
    for (const turn of pending) {
      if (busy.has(turn.agent)) continue;
      busy.add(turn.agent);
      if (turn.status === 'running' || turn.epoch === session.epoch || heldUp.has(turn.id)) continue;
      await this.updateTurn(turn, { epoch: session.epoch });
      this.#given.push(turn);
    }
  }

  /** Its place in the queue for a runner: taken when it begins to want one, or loses the one it had. */
  #queue(): void {
    const { session, before } = this;
    if (!session.wantsRunner) {
      if (session.waitingOrder === null) return;
      Object.assign(session, { waitingSince: null, waitingOrder: null, waitingTold: null, waitingReason: null });
    } else if (!before.wantsRunner) {
      session.waitingSince = this.now;
      session.waitingOrder = this.now;
    } else if (this.#released) {
      // Who had a place and lost it does not stand behind those that came later.
      session.waitingSince ??= this.now;
      session.waitingOrder ??= session.createdAt;
    }
  }

  /** Writes what was done; called once, at the end of the transaction. */
  async flush(): Promise<Committed> {
    const { session, before } = this;
    await this.#endWait();
    await this.#giveTurns();
    this.#queue();
    await record(this.tx, { target: session.id, ...auditedChange(before, session) });
    if (this.#deleted) {
      await deleteSession(this.tx, session.id);
      return {
        session,
        at: this.now,
        events: [],
        given: [],
        stopped: [],
        answered: this.requests.answered,
        ended: this.#ended,
        release: this.#release,
        released: this.#released,
        deleted: true,
        owed: 0,
      };
    }
    const due = nextDeadline(session, this.policy);
    const kept = before.nextDeadlineAt;
    // A deadline that only moved away stays as it is: the sweep finds nothing due and looks again then. See the index.
    if (kept === null || due === null || due < kept || kept <= this.now) session.nextDeadlineAt = due;
    const outgoing = { tenant: session.tenant, messages: webhookMessages(session, before.lastEventSeq, this.#events) };
    const { events, owed } = await appendEvents(this.tx, session.id, before.lastEventSeq, this.#events, outgoing);
    session.lastEventSeq = before.lastEventSeq + events.length;
    const patch = Object.fromEntries(
      Object.entries(session).filter(([name, value]) => !isDeepStrictEqual(value, before[name as keyof SessionRecord])),
    ) as Partial<SessionRecord>;
    await updateSession(this.tx, session.id, patch);
    return {
      session,
      at: this.now,
      events,
      given: this.#given,
      stopped: this.#stopped,
      answered: this.requests.answered,
      ended: this.#ended,
      release: this.#release,
      released: this.#released,
      deleted: false,
      owed,
    };
  }
}

interface Done<T> {
  result: T;
  committed: Committed;
  before: SessionRecord;
}

/** Changes one session under its lock within a transaction of the caller's, who tells of it with `tellOf` once it is committed. */
export async function changeWithin<T>(
  engine: Engine,
  tx: Tx,
  id: string,
  rules: (change: Change) => Promise<T>,
): Promise<Done<T>> {
  const locked = await lockSession(tx, id);
  if (locked === null) throw new RiggerError('session_not_found', { extra: { id } });
  const { session, now } = locked;
  const change = new Change(tx, session, engine.policyOf(session), now, engine.draining);
  const result = await rules(change);
  return { result, committed: await change.flush(), before: session };
}

/** Tells everybody of a change that is committed. */
export function tellOf(engine: Engine, { before, committed }: Done<unknown>): void {
  tell(engine, before, committed.session);
  asNobody(() => engine.signals.emit('committed', committed));
}

/** Changes one session under its lock, commits, and tells. What `rules` throws undoes everything; it may be called again. */
export async function changeSession<T>(
  engine: Engine,
  id: string,
  rules: (change: Change) => Promise<T>,
): Promise<Done<T>> {
  const done = await transact(engine.database.db, (tx) => changeWithin(engine, tx, id, rules));
  tellOf(engine, done);
  return done;
}

/** The log says of every session why it ended and when it was parked. */
function tell(
  engine: Engine,
  before: SessionRecord,
  { id, pattern, status, statusReason, wantsRunner, paused }: SessionRecord,
): void {
  if (isEnded({ status }) && !isEnded(before))
    engine.log.info({ session: id, pattern, status, reason: statusReason }, 'Session ended');
  else if (paused && !before.paused) engine.log.info({ session: id, pattern }, 'Session paused: its budget is spent');
  else if (before.wantsRunner && !wantsRunner && status === 'active')
    engine.log.info({ session: id, pattern }, 'Session lets its process go while it waits for a person');
  else if (before.wantsRunner && !wantsRunner) engine.log.info({ session: id, pattern }, 'Session parked');
}
