/**
 * The server's side of the runner protocol: who is connected to this server, and what is told to whom.
 *
 * It only carries out what is committed. Which session belongs to which runner, and which turns were given to it, is in
 * the database; so a connection that breaks loses nothing, and whatever a runner turns out not to know is said again.
 * A session's runner may be connected to another server: that one hears of the change and tells it.
 */
import type { FromRunner, Item } from '@rigger/runner/protocol';
import type { SessionTokens } from '../gateway/tokens.ts';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import type { Committed } from '../sessions/committed.ts';
import type { Engine } from '../sessions/engine.ts';
import { RELEASE_GRACE_MS } from '../sessions/lifecycle.ts';
import { emptyRunner, learnDraining, placeSessions } from '../sessions/placement.ts';
import { Fenced, loseRunner, takeBatch, takeRefusal, takeRelease } from '../sessions/reports.ts';
import { toolCallsOf } from '../store/events.ts';
import { heldSessions, joinRunner, keepRunner, partRunner } from '../store/runners.ts';
import { existingSessions, findSession, listAgents } from '../store/sessions.ts';
import { pendingTurns } from '../store/turns.ts';
import type { RunnerConnection } from './connection.ts';
import { openOrder, turnOrder } from './orders.ts';

export interface HubOptions {
  engine: Engine;
  tokens: SessionTokens;
  leaseMs: number;
  /** This server among the others. */
  serverId: string;
  /** A runner's connection is gone. */
  onDisconnected?(runner: string): void;
}

export class RunnerHub {
  readonly #options: HubOptions;
  readonly #engine: Engine;
  readonly #connections = new Map<string, RunnerConnection>();
  readonly #working = new Set<Promise<unknown>>();
  readonly #awaiting: (() => void)[] = [];
  #placing: Promise<void> | null = null;
  #placeAgain = false;
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
    this.#run(partRunner(this.#engine.database.db, connection.runner, this.#options.serverId));
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
        return this.#run(this.#keep(connection), connection);
      case 'leaving':
        connection.leaving = true;
        return this.#run(partRunner(this.#engine.database.db, connection.runner, this.#options.serverId), connection);
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
        await placeSessions(this.#engine);
      } while (this.#placeAgain);
    })().finally(() => {
      this.#placing = null;
    });
    return this.#placing;
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
    await this.place();
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
    this.#engine.signals.off('committed', this.#onCommitted);
    this.#engine.followers.signals.off('watched', this.#onWatched);
    for (const connection of this.connected) connection.close(1001, 'server going away');
    await Promise.allSettled([...this.#working]);
    this.#closed = true;
    for (const connection of this.connected) connection.terminate();
  }

  readonly #onCommitted = (change: Committed): void => {
    const { session } = change;
    if (change.deleted) return this.removeFiles(session.id);
    if (session.wantsRunner && session.runnerId === null) this.#run(this.place());
    const connection = session.runnerId === null ? undefined : this.#connections.get(session.runnerId);
    if (connection === undefined) return;
    if (change.release) this.#release(connection, session);
    else if (session.wantsRunner && !session.releasing)
      this.#run(this.#tell(connection, session, [...change.given, ...change.stopped]), connection);
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
    await joinRunner(database.db, { ...hello, id: connection.id }, this.#options.serverId, this.#options.leaseMs);
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
    const turns = await pendingTurns(this.#engine.database.db, id);
    await this.#tell(
      connection,
      session,
      turns.filter((turn) => turn.epoch === session.epoch),
    );
  }

  /** Opens the session on its runner if this connection has not, gives it turns, and has it stop those that are to be. */
  async #tell(connection: RunnerConnection, session: SessionRecord, turns: TurnRecord[]): Promise<void> {
    const { id, epoch } = session;
    const { database, followers, policies } = this.#engine;
    // Read before it counts as opened: whoever comes meanwhile must not give a turn of a session nobody has told of.
    const agents = connection.holds(id, epoch) ? [] : await listAgents(database.db, id);
    if (connection.opens(id, epoch)) {
      connection.send(openOrder(session, policies[session.pattern], agents, this.#options.tokens.make(id, epoch)));
      if (followers.isWatched(id)) connection.send({ type: 'watch', session: id, epoch, on: true });
    }
    for (const turn of turns) {
      const begun = turn.attempt === 1 ? [] : await toolCallsOf(database.db, id, turn.id);
      if (connection.gives(id, turn.id, turn.attempt)) connection.send(turnOrder(session, turn, begun));
      if (turn.stopRequested && connection.stops(id, turn.id))
        connection.send({ type: 'interrupt', session: id, epoch, turn: turn.id });
    }
  }

  #release(connection: RunnerConnection, session: SessionRecord): void {
    const { id, epoch, paused: keepTurns } = session;
    connection.send({ type: 'release', session: id, epoch, graceMs: RELEASE_GRACE_MS, keepTurns });
  }

  async #keep(connection: RunnerConnection): Promise<void> {
    const { serverId, leaseMs } = this.#options;
    if (await keepRunner(this.#engine.database.db, connection.runner, connection.leaving ? null : serverId, leaseMs))
      return connection.send({ type: 'heartbeat' });
    connection.replaced();
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
      return takeRefusal(this.#engine, connection.id, session, epoch, message.code, message.message);
    await takeBatch(this.#engine, connection.id, session, epoch, message.batch, message.items as Item[]);
    connection.send({ type: 'ack', session, epoch, batch: message.batch });
  }
}
