/**
 * The server's side of the runner protocol: who is connected, what is placed on whom, what is told to whom.
 *
 * It only carries out what is committed. Which session belongs to which runner, and which turns were given to it, is in
 * the database; so a connection that breaks loses nothing, and whatever a runner turns out not to know is said again.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type FromRunner, type Item, PROTOCOL_VERSION } from '@rigger/runner/protocol';
import { WebSocketServer } from 'ws';
import type { SessionTokens } from '../gateway/tokens.ts';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import { changeSession } from '../sessions/change.ts';
import type { Committed, Engine } from '../sessions/engine.ts';
import { RELEASE_GRACE_MS } from '../sessions/lifecycle.ts';
import { Fenced, loseRunner, takeBatch, takeRefusal, takeRelease } from '../sessions/reports.ts';
import { toolCallsOf } from '../store/events.ts';
import { claimSessions, heldSessions, keepRunner } from '../store/runners.ts';
import { existingSessions, findSession, listAgents } from '../store/sessions.ts';
import { pendingTurns } from '../store/turns.ts';
import { parseFrame, RunnerConnection } from './connection.ts';
import { openOrder, turnOrder } from './orders.ts';

export interface HubOptions {
  engine: Engine;
  tokens: SessionTokens;
  leaseMs: number;
  /** What a runner has to show. */
  token: string;
  /** A runner's connection is gone. */
  onDisconnected?(runner: string): void;
}

export class RunnerHub {
  readonly #options: HubOptions;
  readonly #engine: Engine;
  readonly #connections = new Map<string, RunnerConnection>();
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 * 1024 });
  readonly #working = new Set<Promise<unknown>>();
  readonly #awaiting: (() => void)[] = [];
  /** Turns to be stopped: said again with the turn, should the word have come before it. */
  readonly #interrupts = new Set<string>();
  #placing: Promise<void> | null = null;
  #placeAgain = false;
  #closing = false;
  #draining = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#engine.signals.on('committed', this.#onCommitted);
    this.#engine.signals.on('watched', this.#onWatched);
  }

  /** Runners connected to this server. */
  get connected(): RunnerConnection[] {
    return [...this.#connections.values()];
  }

  /** Resolves once any runner is connected. */
  whenConnected(): Promise<void> {
    return this.#connections.size > 0 ? Promise.resolve() : new Promise((resolve) => this.#awaiting.push(resolve));
  }

  /** Takes an upgrade request to the runners' socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.headers.authorization !== `Bearer ${this.#options.token}`) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      let connection: RunnerConnection | null = null;
      webSocket.on('error', (error) => this.#engine.log.warn({ error: error.message }, 'A runner connection failed'));
      webSocket.on('close', () => {
        if (connection === null || this.#connections.get(connection.id) !== connection) return;
        this.#connections.delete(connection.id);
        if (this.#closing || this.#draining) return;
        this.#engine.log.warn(
          { runner: connection.id },
          'A runner disconnected; its sessions wait for it until its lease ends',
        );
        this.#options.onDisconnected?.(connection.id);
      });
      webSocket.on('message', (data) => {
        const frame = parseFrame(data);
        if ('problem' in frame) {
          this.#engine.log.error(
            { runner: connection?.id, problem: frame.problem },
            'A runner said something that is not in the protocol',
          );
          return webSocket.close(1002, 'not in the protocol');
        }
        if (frame.message.type === 'hello') {
          if (frame.message.protocol !== PROTOCOL_VERSION) {
            webSocket.send(
              JSON.stringify({
                type: 'goodbye',
                code: 'protocol_version',
                message: `This server speaks version ${PROTOCOL_VERSION} of the protocol.`,
              }),
            );
            return webSocket.close(1002, 'protocol version');
          }
          connection = new RunnerConnection(webSocket, frame.message);
          this.#run(this.#welcome(connection), connection);
        } else if (connection !== null) this.#take(connection, frame.message);
      });
    });
  }

  /** Gives waiting sessions to connected runners, the least loaded first. One at a time; a call during it makes another round. */
  place(): Promise<void> {
    if (this.#draining) return Promise.resolve();
    if (this.#placing !== null) {
      this.#placeAgain = true;
      return this.#placing;
    }
    this.#placing = (async () => {
      do {
        this.#placeAgain = false;
        for (const connection of this.connected.sort((a, b) => a.load - b.load)) {
          const claims = await claimSessions(this.#engine.database.db, connection.id);
          await Promise.all(claims.map((claimed) => this.#unlessGone(this.#announce(connection, claimed))));
        }
      } while (this.#placeAgain);
    })().finally(() => {
      this.#placing = null;
    });
    return this.#placing;
  }

  /**
   * Says again what a connected runner ought to know and was not told, as when the answer to a commit was lost: leases that
   * its connection does not have, and turns that were given and not passed on.
   */
  async reconcile(): Promise<void> {
    if (this.#draining) return;
    for (const connection of this.connected) {
      for (const held of await heldSessions(this.#engine.database.db, connection.id))
        if (!connection.holds(held.id, held.epoch)) await this.#sync(connection, held.id);
    }
    await this.place();
  }

  async #announce(connection: RunnerConnection, claimed: { id: string; epoch: number }): Promise<void> {
    await changeSession(this.#engine, claimed.id, async (change) => {
      change.log('session.placed', {
        runner: connection.id,
        epoch: claimed.epoch,
        isolation: change.session.isolation,
      });
      change.dispatch();
    });
  }

  /** Asks the session's runner to stop these turns. */
  interrupt(session: SessionRecord, turns: string[]): void {
    const connection = session.runnerId === null ? undefined : this.#connections.get(session.runnerId);
    for (const turn of turns) {
      this.#interrupts.add(turn);
      connection?.send({ type: 'interrupt', session: session.id, epoch: session.epoch, turn });
    }
  }

  /** Tells the runners to end, for a server that ends for good. */
  shutDownRunners(): void {
    this.#draining = true;
    for (const connection of this.connected) connection.send({ type: 'shutdown' });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#engine.signals.off('committed', this.#onCommitted);
    this.#engine.signals.off('watched', this.#onWatched);
    for (const connection of this.connected) connection.close(1001, 'server going away');
    await Promise.allSettled([...this.#working]);
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
  }

  readonly #onCommitted = (change: Committed): void => {
    const { session } = change;
    for (const turn of change.ended) this.#interrupts.delete(turn.id);
    if (change.deleted)
      for (const connection of this.connected) connection.send({ type: 'remove_files', session: session.id });
    if (session.wantsRunner && session.runnerId === null) this.#run(this.place());
    const connection = session.runnerId === null ? undefined : this.#connections.get(session.runnerId);
    if (connection === undefined) return;
    if (change.release) this.#release(connection, session);
    else if (session.wantsRunner && !session.releasing)
      this.#run(this.#tell(connection, session, change.given), connection);
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
        if (this.#closing || this.#draining) return;
        this.#engine.log.error(
          { runner: connection?.id, error },
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
    this.#connections.get(connection.id)?.close(1008, 'replaced by a newer connection');
    await this.#keep(connection);
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
      connection.send({ type: 'watch', session: id, epoch: session.epoch, on: this.#engine.isWatched(id) });
    const turns = await pendingTurns(this.#engine.database.db, id);
    await this.#tell(
      connection,
      session,
      turns.filter((turn) => turn.epoch === session.epoch),
    );
  }

  /** Opens the session on its runner if this connection has not, and gives it turns. */
  async #tell(connection: RunnerConnection, session: SessionRecord, turns: TurnRecord[]): Promise<void> {
    const { id, epoch } = session;
    // Read before it counts as opened: whoever comes meanwhile must not give a turn of a session nobody has told of.
    const agents = connection.holds(id, epoch) ? [] : await listAgents(this.#engine.database.db, id);
    if (connection.opens(id, epoch)) {
      connection.send(
        openOrder(session, this.#engine.policies[session.pattern], agents, this.#options.tokens.make(id, epoch)),
      );
      if (this.#engine.isWatched(id)) connection.send({ type: 'watch', session: id, epoch, on: true });
    }
    for (const turn of turns) {
      const begun = turn.attempt === 1 ? [] : await toolCallsOf(this.#engine.database.db, id, turn.id);
      if (!connection.gives(id, turn.id, turn.attempt)) continue;
      connection.send(turnOrder(session, turn, begun));
      if (this.#interrupts.has(turn.id)) connection.send({ type: 'interrupt', session: id, epoch, turn: turn.id });
    }
  }

  #release(connection: RunnerConnection, session: SessionRecord): void {
    connection.send({ type: 'release', session: session.id, epoch: session.epoch, graceMs: RELEASE_GRACE_MS });
  }

  #keep(connection: RunnerConnection): Promise<void> {
    return keepRunner(this.#engine.database.db, { ...connection.hello, id: connection.id }, this.#options.leaseMs);
  }

  async #unlessGone(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      if (error instanceof Fenced || (error as { code?: string }).code === 'session_not_found') return false;
      throw error;
    }
  }

  #take(connection: RunnerConnection, message: Exclude<FromRunner, { type: 'hello' }>): void {
    if (message.type === 'heartbeat') {
      this.#run(
        this.#keep(connection).then(() => connection.send({ type: 'heartbeat' })),
        connection,
      );
      return;
    }
    const { session, epoch } = message;
    if (message.type === 'delta') {
      const { agent, turn: turnId, data } = message;
      if (connection.holds(session, epoch)) this.#engine.broadcast(session, { type: 'sdk.delta', agent, turnId, data });
      return;
    }
    const work = async () => {
      const taken = await this.#unlessGone(this.#commit(connection, message));
      if (!taken) connection.send({ type: 'fenced', session, epoch });
      if (message.type !== 'batch' || !taken) connection.forget(session, epoch);
    };
    this.#run(connection.inOrder(session, work), connection);
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
