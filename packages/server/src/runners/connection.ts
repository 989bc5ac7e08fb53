import { type ClientHttp2Session, connect } from 'node:http2';
import { ByteChannel, FILES_FEATURE, type FromRunner, type FromServer } from '@rigger/runner/protocol';
import type { WebSocket } from 'ws';
import type { HeldSession } from '../store/runners.ts';

type Hello = Extract<FromRunner, { type: 'hello' }>;

/** What was said of a session: under which lease, which turns it was given or told to stop, which answers, which snapshot was asked for. */
interface Told {
  epoch: number;
  turns: Set<string>;
  stopped: Set<string>;
  answers: Set<string>;
  asked: string | null;
}

/** One runner's connection, and what has been said over it. */
export class RunnerConnection {
  readonly id: string;
  readonly hello: Hello;
  readonly singleUse: boolean;
  readonly #socket: WebSocket;
  /** Sessions opened over this connection, with their lease, the turns given to it and those it was told to stop. */
  readonly #sessions = new Map<string, Told>();
  readonly #queues = new Map<string, Promise<void>>();

  /** @param singleUse whether it serves one session and ends with it, as a pod's runner. */
  constructor(socket: WebSocket, hello: Hello, singleUse = false) {
    this.singleUse = singleUse;
    this.id = hello.runner;
    this.hello = hello;
    this.#socket = socket;
    this.bytes = new ByteChannel(socket);
    this.bytes.on('error', () => {});
    for (const held of hello.sessions)
      this.#sessions.set(held.session, {
        epoch: held.epoch,
        turns: new Set(held.turns),
        stopped: new Set(),
        answers: new Set(),
        asked: null,
      });
  }

  /** The bytes beside the words of the protocol, over which it serves files. */
  readonly bytes: ByteChannel;
  #files: ClientHttp2Session | null = null;

  /** An HTTP/2 client of what it serves; null for one that serves nothing. */
  get files(): ClientHttp2Session | null {
    if (!this.hello.features.includes(FILES_FEATURE) || this.bytes.destroyed) return null;
    if (this.#files === null || this.#files.closed || this.#files.destroyed) {
      this.#files = connect('http://runner', { createConnection: () => this.bytes });
      this.#files.on('error', () => {});
    }
    return this.#files;
  }

  /** It has said that it is about to end. */
  leaving = false;
  /** When it was last heard of, in milliseconds of this process. */
  heardAt = performance.now();

  /** The process at the other end, as the database knows it. */
  get runner(): { id: string; instance: string } {
    return { id: this.id, instance: this.hello.instance };
  }

  /** Breaks a connection over which nothing comes any more. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** Another process has joined under its id: two would take each other's sessions in turn. */
  replaced(): void {
    this.send({
      type: 'goodbye',
      code: 'replaced',
      message: `Another process has joined as ${this.id}. Give every runner an id of its own (--id, RIGGER_RUNNER_ID).`,
    });
    this.close(1008, 'replaced by another process');
  }

  send(message: FromServer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  get load(): number {
    return this.#sessions.size / this.hello.capacity;
  }

  /** The lease under which it has the session open, or null. */
  epochOf(session: string): number | null {
    return this.#sessions.get(session)?.epoch ?? null;
  }

  holds(session: string, epoch: number): boolean {
    return this.#sessions.get(session)?.epoch === epoch;
  }

  /** True the first time: the session is then to be opened. */
  opens(session: string, epoch: number): boolean {
    if (this.holds(session, epoch)) return false;
    this.#sessions.set(session, { epoch, turns: new Set(), stopped: new Set(), answers: new Set(), asked: null });
    return true;
  }

  /** True the first time that this attempt of a turn is given. */
  gives(session: string, turn: string, attempt: number): boolean {
    const turns = this.#sessions.get(session)?.turns;
    const key = `${turn}#${attempt}`;
    if (turns === undefined || turns.has(key)) return false;
    turns.add(key);
    return true;
  }

  /** Whether it has been told all that it ought to know of a session. */
  knows(held: Pick<HeldSession, 'id' | 'epoch' | 'given' | 'answered'>): boolean {
    const known = this.#sessions.get(held.id);
    if (known?.epoch !== held.epoch) return false;
    return held.given.every((turn) => known.turns.has(turn)) && held.answered.every((one) => known.answers.has(one));
  }

  /** True the first time that a turn is to be stopped. */
  stops(session: string, turn: string): boolean {
    const stopped = this.#sessions.get(session)?.stopped;
    if (stopped === undefined || stopped.has(turn)) return false;
    stopped.add(turn);
    return true;
  }

  /** True the first time that the answer to a request for permission is told. */
  answers(session: string, permission: string): boolean {
    const answers = this.#sessions.get(session)?.answers;
    if (answers === undefined || answers.has(permission)) return false;
    answers.add(permission);
    return true;
  }

  /** True the first time that a snapshot is asked for. */
  asks(session: string, snapshot: string): boolean {
    const told = this.#sessions.get(session);
    if (told === undefined || told.asked === snapshot) return false;
    told.asked = snapshot;
    return true;
  }

  /** The lease of this epoch is over; a newer one is not. */
  forget(session: string, epoch: number): void {
    if (this.holds(session, epoch)) this.#sessions.delete(session);
  }

  /** Runs what concerns one session in the order in which it came, and different sessions side by side. */
  inOrder(session: string, work: () => Promise<void>): Promise<void> {
    const mine = (this.#queues.get(session) ?? Promise.resolve()).then(work);
    const settled = mine
      .catch(() => {})
      .finally(() => {
        if (this.#queues.get(session) === settled) this.#queues.delete(session);
      });
    this.#queues.set(session, settled);
    return mine;
  }
}
