/**
 * The server's side of the runner protocol: who is connected to this server, and what is told to whom.
 *
 * It only carries out what is committed. Which session belongs to which runner, and which turns were given to it, is in
 * the database; so a connection that breaks loses nothing, and whatever a runner turns out not to know is said again.
 * A session's runner may be connected to another server: that one hears of the change and tells it.
 */
import type { FromRunner, Item, RunnerReport } from '@rigger/runner/protocol';
import type { SessionTokens } from '../gateway/tokens.ts';
import { RiggerError } from '../model/errors.ts';
import type { PermissionRecord, SessionRecord, TurnRecord } from '../model/record.ts';
import type { Committed } from '../sessions/committed.ts';
import type { Engine } from '../sessions/engine.ts';
import { RELEASE_GRACE_MS } from '../sessions/lifecycle.ts';
import { anyWaiting, placeSessions, relieveMemory } from '../sessions/placement.ts';
import { Fenced, loseRunner, takeBatch, takeRefusal, takeRelease } from '../sessions/reports.ts';
import { emptyRunner, learnDraining } from '../sessions/runners.ts';
import { boundSecrets } from '../sessions/secrets.ts';
import { lastOrder, restoreFor } from '../sessions/snapshots.ts';
import { toolCallsOf } from '../store/events.ts';
import { openPermissions, sessionRules, unusedAnswers } from '../store/permissions.ts';
import { heldSessions, joinRunner, keepRunner, partRunner } from '../store/runners.ts';
import { existingSessions, findSession, listAgents } from '../store/sessions.ts';
import { pendingTurns } from '../store/turns.ts';
import type { RunnerConnection } from './connection.ts';
import { Hints } from './hints.ts';
import { openOrder, turnOrder } from './orders.ts';

const NOTHING_YET: { begun: { tool: string; input: unknown }[]; asked: PermissionRecord[] } = { begun: [], asked: [] };

export interface HubOptions {
  engine: Engine;
  tokens: SessionTokens;
  leaseMs: number;
  /** This server among the others. */
  serverId: string;
  /** Where the others reach it. */
  serverUrl(): string;
  /** A runner's connection is gone. */
  onDisconnected?(runner: string): void;
  /** A runner that serves one session has joined. */
  onJoined?(runner: string): void;
}

const QUEUE_LOOK_MS = 1_000;

export class RunnerHub {
  readonly #options: HubOptions;
  readonly #engine: Engine;
  readonly #connections = new Map<string, RunnerConnection>();
  readonly #hints = new Hints();
  readonly #working = new Set<Promise<unknown>>();
  readonly #awaiting: (() => void)[] = [];
  #placing: Promise<void> | null = null;
  #placeAgain = false;
  #later: NodeJS.Timeout | null = null;
  /** Nothing more is placed or told; what runners report is still taken until `close`. */
  #leaving = false;
  #closed = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#engine.signals.on('committed', this.#onCommitted);
    this.#engine.followers.signals.on('watched', this.#onWatched);
  }

  /** Runners connected to this server. */
  get connected(): RunnerConnection[] {
    return [...this.#connections.values()];
  }

  /** A runner's connection to this server; null when it has none. */
  connectionOf(runner: string): RunnerConnection | null {
    return this.#connections.get(runner) ?? null;
  }

  /** Where runners and other servers reach this one. */
  get serverUrl(): string {
    return this.#options.serverUrl();
  }

  /** Resolves once any runner is connected. */
  whenConnected(): Promise<void> {
    return this.#connections.size > 0 ? Promise.resolve() : new Promise((resolve) => this.#awaiting.push(resolve));
  }

  /** A runner has said hello: its leases are compared with what it holds, and it is told what it does not know. */
  join(connection: RunnerConnection): void {
    if (this.#leaving) return connection.send({ type: 'reconnect' });
    this.#run(this.#welcome(connection), connection);
  }

  /** A runner's connection is gone; its sessions wait for it until its lease ends. */
  part(connection: RunnerConnection): void {
    if (this.#connections.get(connection.id) !== connection) return;
    this.#connections.delete(connection.id);
    if (this.#closed) return;
    this.#run(partRunner(this.#engine.database.db, connection.runner, this.#options.serverId, true));
    if (this.#leaving) return;
    this.#engine.log.warn(
      { runner: connection.id },
      'A runner disconnected; its sessions wait for it until its lease ends',
    );
    this.#options.onDisconnected?.(connection.id);
  }

  /** Takes what a runner says after its hello. */
  take(connection: RunnerConnection, message: Exclude<FromRunner, { type: 'hello' }>): void {
    connection.heardAt = performance.now();
    switch (message.type) {
      case 'heartbeat':
        return this.#run(this.#keep(connection, message.report ?? null), connection);
      case 'leaving':
        connection.leaving = true;
        return this.#run(
          partRunner(this.#engine.database.db, connection.runner, this.#options.serverId, false),
          connection,
        );
      case 'delta': {
        const { session, epoch, agent, turn: turnId, data } = message;
        if (connection.holds(session, epoch))
          this.#engine.followers.broadcast(session, { type: 'sdk.delta', agent, turnId, data });
        return;
      }
      default:
        return this.#run(
          connection.inOrder(message.session, () => this.#takeReport(connection, message)),
          connection,
        );
    }
  }

  /** Places waiting sessions. One round at a time; a call during it makes another. */
  place(): Promise<void> {
    if (this.#leaving) return Promise.resolve();
    if (this.#placing !== null) {
      this.#placeAgain = true;
      return this.#placing;
    }
    this.#placing = (async () => {
      do {
        this.#placeAgain = false;
        if (await placeSessions(this.#engine)) this.#placeLater();
      } while (this.#placeAgain);
    })().finally(() => {
      this.#placing = null;
    });
    return this.#placing;
  }

  /** As long as any session waits, places are looked for again: time makes sessions idle, and idle ones make room. */
  #placeLater(): void {
    this.#later ??= setTimeout(() => {
      this.#later = null;
      this.#run(this.place());
    }, QUEUE_LOOK_MS).unref();
  }

  /** A place has become free. */
  async #placeIfAnyWaits(): Promise<void> {
    if (!this.#leaving && (await anyWaiting(this.#engine))) await this.place();
  }

  /**
   * Says again what a connected runner ought to know and was not told, as when a word between servers was lost; breaks
   * connections over which nothing comes; goes on emptying runners; places what waits.
   */
  async reconcile(): Promise<void> {
    if (this.#leaving) return;
    await learnDraining(this.#engine);
    for (const connection of this.connected) {
      if (performance.now() - connection.heardAt > this.#options.leaseMs) {
        this.#engine.log.warn({ runner: connection.id }, 'A runner has fallen silent; its connection is broken');
        connection.terminate();
        continue;
      }
      for (const held of await heldSessions(this.#engine.database.db, connection.id))
        if (held.releasing || !held.wantsRunner || !connection.knows(held)) await this.#sync(connection, held.id);
      if (this.#engine.draining.has(connection.id)) await emptyRunner(this.#engine, connection.id);
    }
    if (await anyWaiting(this.#engine)) await this.place();
  }

  /** Another server has changed a session in a way that its runner is to hear of. */
  tellElsewhere(session: string, runner: string): void {
    const connection = this.#connections.get(runner);
    if (connection !== undefined && !this.#leaving) this.#run(this.#sync(connection, session), connection);
  }

  /** A session is gone: no runner needs its files. */
  removeFiles(session: string): void {
    for (const connection of this.connected) connection.send({ type: 'remove_files', session });
  }

  /**
   * Sends the runners to another server, or to the one that takes the place of this one; their turns go on.
   * @param ending the runner that is to end with this server, if any.
   */
  sendAway(ending: string | null): void {
    this.#leaving = true;
    for (const connection of this.connected)
      connection.send({ type: connection.id === ending ? 'shutdown' : 'reconnect' });
  }

  /** Waits for what is being taken from runners, and lets go of them. */
  async close(): Promise<void> {
    this.#leaving = true;
    if (this.#later !== null) clearTimeout(this.#later);
    this.#engine.signals.off('committed', this.#onCommitted);
    this.#engine.followers.signals.off('watched', this.#onWatched);
    for (const connection of this.connected) connection.close(1001, 'server going away');
    await Promise.allSettled([...this.#working]);
    this.#closed = true;
    for (const connection of this.connected) connection.terminate();
  }

  readonly #onCommitted = (change: Committed): void => {
    const { session } = change;
    if (session.wantsRunner && session.runnerId === null && !change.deleted) this.#run(this.place());
    else if (change.released || (change.deleted && session.runnerId !== null)) this.#run(this.#placeIfAnyWaits());
    if (change.deleted) return this.removeFiles(session.id);
    const connection = session.runnerId === null ? undefined : this.#connections.get(session.runnerId);
    if (connection === undefined) return;
    if (change.release) this.#release(connection, session);
    else if (session.wantsRunner && !session.releasing)
      this.#run(this.#tell(connection, session, [...change.given, ...change.stopped], change.answered), connection);
  };

  readonly #onWatched = (session: string, on: boolean): void => {
    for (const connection of this.connected) {
      const epoch = connection.epochOf(session);
      if (epoch !== null) connection.send({ type: 'watch', session, epoch, on });
    }
  };

  /** Keeps a promise in sight until it settles; a failure breaks the connection, so that the runner starts over. */
  #run(work: Promise<unknown>, connection?: RunnerConnection): void {
    const watched = work
      .catch((error: unknown) => {
        if (this.#closed) return;
        this.#engine.log.error(
          { runner: connection?.id, err: error },
          'Work for a runner failed; it will be told to reconnect',
        );
        connection?.close(1011, 'internal error');
      })
      .finally(() => this.#working.delete(watched));
    this.#working.add(watched);
  }

  async #welcome(connection: RunnerConnection): Promise<void> {
    const { database, log } = this.#engine;
    const { hello } = connection;
    const former = this.#connections.get(connection.id);
    if (former?.hello.instance === hello.instance) former.close(1008, 'replaced by a newer connection');
    else former?.replaced();
    await joinRunner(
      database.db,
      { ...hello, id: connection.id, singleUse: connection.singleUse },
      { id: this.#options.serverId, url: this.#options.serverUrl() },
      this.#options.leaseMs,
    );
    const held = await heldSessions(database.db, connection.id);
    const leases = new Map(held.map((session) => [session.id, session]));
    const lost = hello.sessions.filter((said) => leases.get(said.session)?.epoch !== said.epoch);
    for (const { session, epoch } of lost) connection.forget(session, epoch);
    connection.send({
      type: 'welcome',
      leaseMs: this.#options.leaseMs,
      heartbeatMs: Math.floor(this.#options.leaseMs / 3),
      drop: lost.map((said) => said.session),
    });
    this.#connections.set(connection.id, connection);
    for (const resolve of this.#awaiting.splice(0)) resolve();
    log.info(
      { runner: connection.id, isolation: hello.isolation, capacity: hello.capacity, sessions: hello.sessions.length },
      'A runner connected',
    );

    for (const session of held) {
      // A runner that restarted has forgotten what it held: those leases are over.
      if (!connection.holds(session.id, session.epoch))
        await this.#unlessGone(loseRunner(this.#engine, connection.id, session.id, session.epoch));
      else await this.#sync(connection, session.id);
    }
    if (connection.singleUse) {
      this.#hints.tell(connection);
      this.#options.onJoined?.(connection.id);
    }
    await this.#removeForgottenFiles(connection);
    await this.place();
  }

  /** Files of sessions that no longer exist: deleted by hand in the database, or while this runner was away. */
  async #removeForgottenFiles(connection: RunnerConnection): Promise<void> {
    const { folders } = connection.hello;
    if (folders.length === 0) return;
    const known = await existingSessions(this.#engine.database.db, folders);
    for (const session of folders.filter((folder) => !known.has(folder)))
      connection.send({ type: 'remove_files', session });
  }

  async #sync(connection: RunnerConnection, id: string): Promise<void> {
    const session = await findSession(this.#engine.database.db, id);
    if (session === null || session.runnerId !== connection.id) return;
    if (!session.wantsRunner || session.releasing) return this.#release(connection, session);
    if (connection.holds(id, session.epoch))
      connection.send({ type: 'watch', session: id, epoch: session.epoch, on: this.#engine.followers.isWatched(id) });
    const { db } = this.#engine.database;
    const turns = (await pendingTurns(db, id)).filter((turn) => turn.epoch === session.epoch);
    await this.#tell(connection, session, turns, await unusedAnswers(db, id, session.epoch));
  }

  /** Opens the session on its runner if this connection has not, gives it turns and answers, and has it stop what is to be stopped. */
  async #tell(
    connection: RunnerConnection,
    session: SessionRecord,
    turns: TurnRecord[],
    answered: PermissionRecord[],
  ): Promise<void> {
    const { id, epoch } = session;
    const { followers, policies } = this.#engine;
    // Read before it counts as opened: whoever comes meanwhile must not give a turn of a session nobody has told of.
    const needs = connection.holds(id, epoch) ? null : await this.#needsOf(session);
    if (needs instanceof RiggerError) return this.#cannotOpen(connection, session, needs);
    if (needs !== null && connection.opens(id, epoch)) {
      const { agents, bound, restore, rules } = needs;
      const token = this.#options.tokens.make(id, epoch);
      const { keepsSnapshots } = this.#engine;
      const asks = (session.config.permissionTimeoutMs ?? this.#engine.permissionTimeoutMs) > 0;
      const order = openOrder(
        session,
        policies[session.pattern],
        agents,
        token,
        bound,
        { restore, keepsSnapshots },
        { asks, rules },
      );
      connection.send(order);
      this.#hints.learn(connection, order, this.#connections.values());
      if (followers.isWatched(id)) connection.send({ type: 'watch', session: id, epoch, on: true });
    }
    const { snapshotWanted } = session;
    if (snapshotWanted !== null && connection.asks(id, snapshotWanted))
      connection.send({ type: 'snapshot', session: id, epoch, snapshot: { id: snapshotWanted, reason: 'on_demand' } });
    for (const turn of turns) {
      const earlier = turn.attempt === 1 ? NOTHING_YET : await this.#earlier(turn);
      if (connection.gives(id, turn.id, turn.attempt)) connection.send(turnOrder(session, turn, earlier));
    }
    // What was withdrawn is the interrupt's, which follows, to end.
    for (const { id: permission, agent, decision, status } of answered)
      if (decision !== null && status !== 'withdrawn' && connection.answers(id, permission))
        connection.send({ type: 'permission', session: id, epoch, agent, id: permission, decision });
    for (const turn of turns)
      if (turn.stopRequested && connection.stops(id, turn.id))
        connection.send({ type: 'interrupt', session: id, epoch, turn: turn.id });
  }

  /** What earlier attempts of a turn did and asked. */
  async #earlier({ sessionId, id }: TurnRecord): Promise<typeof NOTHING_YET> {
    const { db } = this.#engine.database;
    const asked = (await openPermissions(db, sessionId)).filter((one) => one.turnId === id);
    return { begun: await toolCallsOf(db, sessionId, id), asked };
  }

  /** What its runner is told of a session that it is to open; the error where something of that is not there any more. */
  async #needsOf(session: SessionRecord) {
    const { db } = this.#engine.database;
    try {
      const [agents, bound, restore, rules] = [
        await listAgents(db, session.id),
        await boundSecrets(this.#engine, session),
        await restoreFor(this.#engine, session),
        await sessionRules(db, session.id),
      ];
      return { agents, bound, restore, rules };
    } catch (error) {
      if (error instanceof RiggerError) return error;
      throw error;
    }
  }

  /** It would fail on any runner: the session says why and ends, and its runner goes on with the others. */
  async #cannotOpen(connection: RunnerConnection, { id, epoch }: SessionRecord, error: RiggerError): Promise<void> {
    const about = { code: error.code, message: error.message, ofRunner: false };
    await this.#unlessGone(takeRefusal(this.#engine, connection.id, id, epoch, about));
  }

  #release(connection: RunnerConnection, session: SessionRecord): void {
    const { id, epoch } = session;
    // Of one that lives, what is pending goes on later.
    const keepTurns = session.pendingTurns > 0;
    const snapshot = lastOrder(this.#engine, session);
    connection.send({ type: 'release', session: id, epoch, graceMs: RELEASE_GRACE_MS, keepTurns, snapshot });
  }

  async #keep(connection: RunnerConnection, report: RunnerReport | null): Promise<void> {
    const { serverId, leaseMs } = this.#options;
    const server = connection.leaving ? null : serverId;
    if (!(await keepRunner(this.#engine.database.db, connection.runner, server, leaseMs, report ?? {})))
      return connection.replaced();
    connection.send({ type: 'heartbeat' });
    if (report?.memory?.short === true) await relieveMemory(this.#engine, connection.id, report.memory.wantedBytes);
  }

  /** @returns false when what it is about is over. */
  async #unlessGone(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      if (error instanceof Fenced || (error as { code?: string }).code === 'session_not_found') return false;
      throw error;
    }
  }

  async #takeReport(
    connection: RunnerConnection,
    message: Extract<FromRunner, { type: 'batch' | 'released' | 'refused' }>,
  ): Promise<void> {
    const { session, epoch } = message;
    const taken = await this.#unlessGone(this.#commit(connection, message));
    if (!taken) connection.send({ type: 'fenced', session, epoch });
    if (message.type !== 'batch' || !taken) connection.forget(session, epoch);
  }

  async #commit(
    connection: RunnerConnection,
    message: Extract<FromRunner, { type: 'batch' | 'released' | 'refused' }>,
  ): Promise<void> {
    const { session, epoch } = message;
    if (message.type === 'released') return takeRelease(this.#engine, connection.id, session, epoch);
    if (message.type === 'refused')
      return takeRefusal(this.#engine, connection.id, session, epoch, { ...message, ofRunner: true });
    await takeBatch(this.#engine, connection.id, session, epoch, message.batch, message.items as Item[]);
    connection.send({ type: 'ack', session, epoch, batch: message.batch });
  }
}
